"""How far the history of a shop has been read: rows that a run picks up where the last one stopped. (Flows.)"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.intake import tables
from plugin.intake.rules import visible_since
from plugin.intake.tables import Backfill, Reconciled

KINDS = ("products", "orders", "customers")
CHANGING = (*KINDS, "costs")
"""What is read again by ``updated_at``. Stock needs no kind of its own: an adjustment counts as an update of the product."""
NEW, RUNNING, LOADING, FINISHED, FAILED, STOPPED = "new", "running", "loading", "finished", "failed", "stopped"
OVERLAP = timedelta(minutes=60)
MOST_RUNS = 5


def begin(session: Session, shop_id: ShopId, *, scopes: str, now: datetime) -> None:
    """A shop has (again) become a tenant: read its products and its orders, as far back as it lets us."""
    for kind in KINDS:
        _begin(session, shop_id, kind, since=visible_since(scopes, now) if kind == "orders" else None, now=now)
    for kind in CHANGING:
        reconciled(session, shop_id, kind, upto=now, found=0)


def widen(session: Session, shop_id: ShopId, *, scopes: str, now: datetime) -> bool:
    """The shop has let us read all its orders since: read those that we could not see. False if there is nothing new to see."""
    row = session.get(Backfill, (shop_id, "orders"))
    if row is None or not row.limited or visible_since(scopes, now) is not None:
        return False
    _begin(session, shop_id, "orders", since=None, now=now)
    return True


def _begin(session: Session, shop_id: ShopId, kind: str, *, since: datetime | None, now: datetime) -> None:
    row = session.get(Backfill, (shop_id, kind)) or Backfill(shop_id=shop_id, kind=kind)
    row.state, row.operation_id, row.url, row.lines_done, row.runs = NEW, None, None, 0, 0
    row.objects_total = row.finished_at = row.error = None
    row.limited, row.since, row.started_at = since is not None, since, now
    session.add(row)
    session.flush()


def stop(session: Session, shop_id: ShopId, kind: str) -> Backfill:
    """The merchant wants no more of it now: what is read stays, and how far it came. What Shopify collects it collects to the end.

    Raises NotFound.
    """
    row = tables.backfill(session, shop_id, kind, lock=True)
    if row.state in (NEW, RUNNING, LOADING):
        row.state = STOPPED
        session.flush()
    return row


def go_on(session: Session, shop_id: ShopId, kind: str) -> Backfill:
    """Take up again what was stopped or had failed, from where it came to. Raises NotFound."""
    row = tables.backfill(session, shop_id, kind, lock=True)
    if row.state == STOPPED:
        row.state = LOADING if row.url else RUNNING if row.operation_id else NEW
    elif row.state == FAILED:
        row.state, row.runs = NEW, 0
    session.flush()
    return row


def running(row: Backfill, operation_id: str) -> None:
    """Shopify is collecting."""
    row.operation_id, row.url, row.lines_done, row.runs = operation_id, None, 0, row.runs + 1
    _come_to(row, RUNNING)


def loading(row: Backfill, url: str | None, total: int, now: datetime) -> None:
    """The file is ready; no file means there was nothing."""
    row.objects_total, row.url, row.error = total, url, None
    if url is None:
        row.state, row.finished_at = FINISHED, now
    else:
        _come_to(row, LOADING)


def loaded(row: Backfill, lines_done: int) -> None:
    row.lines_done = lines_done


def finished(row: Backfill, now: datetime) -> None:
    row.state, row.finished_at, row.url, row.error = FINISHED, now, None, None


def again(row: Backfill, error: str) -> None:
    """This run came to nothing; another is started, a few times."""
    row.error, row.operation_id, row.url = error[:500], None, None
    _come_to(row, FAILED if row.runs >= MOST_RUNS else NEW)


def _come_to(row: Backfill, state: str) -> None:
    """The next state, unless the merchant stopped it meanwhile."""
    if row.state != STOPPED:
        row.state = state


def reconciled(session: Session, shop_id: ShopId, kind: str, *, upto: datetime, found: int) -> None:
    """Everything that changed before ``upto`` has been read; ``found`` were news to us."""
    row = session.get(Reconciled, (shop_id, kind)) or Reconciled(shop_id=shop_id, kind=kind, found=0)
    row.upto, row.found = upto, row.found + found
    session.add(row)
    session.flush()


def read_from(session: Session, shop_id: ShopId, kind: str) -> datetime | None:
    """Where the next reconciliation starts: with an overlap, since changes become visible late. None before the first backfill."""
    row = session.get(Reconciled, (shop_id, kind))
    return row.upto - OVERLAP if row else None

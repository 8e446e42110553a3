"""A merchant's offers while nobody else sees them: drafts, copies, what is put away; and who did it (``note``).

``by`` is the id of the staff member (``web.state.staff``), None where no person of the shop did it. ``revision`` is what the caller
looked at; None does not ask. What somebody else changed meanwhile raises Stale, and nothing is written then.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.desk import versions as made
from plugin.errors import Refused
from plugin.offers import tables
from plugin.offers.rules import model, plain
from plugin.offers.rules.checks import check
from plugin.offers.rules.standing import Kind
from plugin.offers.tables import Offer, OfferChange

LONGEST_TITLE = 80


class Stale(Refused):
    """Somebody else changed the offer since the caller looked."""

    def __init__(self) -> None:
        super().__init__("stale", "Somebody else has changed this offer meanwhile.", key="offers.refused_stale")


def save_offer(session: Session, shop_id: ShopId, wish: model.Offer, *, currency: str, now: datetime, offer_id: UUID | None = None,
               by: str | None = None, revision: int | None = None) -> Offer:
    """Keep a draft of the next version; what is published stays in force. The wish's own id and number do not matter.

    Raises Refused("offer") with the first fault, Stale, or NotFound.
    """
    if offer_id is None:
        return _new(session, shop_id, wish, currency=currency, now=now, by=by)
    row = seen(session, shop_id, offer_id, revision)
    wish = check(replace(wish, id=row.id, number=row.number), currency)
    if wish.kind != row.kind:
        raise Refused("offer", "An offer keeps its kind.", key="offers.refused_kind")
    row.draft = plain.dump(wish)
    if row.state == "draft":
        row.title = wish.title
    note(session, row, "saved", now, by=by, terms=row.draft)
    return row


def duplicate(session: Session, shop_id: ShopId, offer_id: UUID, *, title: str, currency: str, now: datetime,
              by: str | None = None) -> Offer:
    """A draft that says the same without dates, under ``title``. Raises NotFound."""
    wish = newest(session, shop_id, tables.offer(session, shop_id, offer_id))
    return _new(session, shop_id, replace(wish, title=title[:LONGEST_TITLE], schedule=model.Schedule()), currency=currency, now=now,
                by=by)


def discard(session: Session, shop_id: ShopId, offer_id: UUID, *, now: datetime, by: str | None = None,
            revision: int | None = None) -> Offer:
    """Forget the changes that are not published; the history keeps them. Raises NotFound, Stale, or Refused("nothing_new")."""
    row = seen(session, shop_id, offer_id, revision)
    gone = made.drop_draft(row, key="offers.refused_nothing_new")
    note(session, row, "discarded", now, by=by, terms=gone)
    return row


def reopen(session: Session, shop_id: ShopId, offer_id: UUID, *, now: datetime, by: str | None = None) -> Offer:
    """The draft that was discarded last is one again. Raises NotFound, or Refused("nothing_new")."""
    row, last = seen(session, shop_id, offer_id, None), tables.last_change(session, shop_id, offer_id, "discarded")
    if last is None:
        raise Refused("nothing_new", "Nothing was discarded.", key="offers.refused_nothing_new")
    row.draft = last.terms
    note(session, row, "saved", now, by=by, terms=last.terms)
    return row


def archive(session: Session, shop_id: ShopId, offer_id: UUID, *, now: datetime, by: str | None = None,
            revision: int | None = None) -> Offer:
    """Put it away: out of the list, never deleted, since orders are judged by it. Raises NotFound, Stale, or Refused("live")."""
    row = seen(session, shop_id, offer_id, revision)
    if row.state in ("live", "archived"):
        raise Refused("live", "An offer that is switched on must be paused first.", key="offers.refused_live")
    note(session, row, "archived", now, by=by, state="archived")
    return row


def bring_back(session: Session, shop_id: ShopId, offer_id: UUID, *, now: datetime, by: str | None = None) -> Offer:
    """Take it out of the archive: paused, or a draft if it never ran. Raises NotFound, or Refused("not_archived")."""
    row = seen(session, shop_id, offer_id, None)
    ran = tables.last_version(session, shop_id, offer_id) is not None
    note(session, row, "restored", now, by=by, state=made.back_to(row, ran=ran, key="offers.refused_not_archived"))
    return row


def newest(session: Session, shop_id: ShopId, row: Offer) -> model.Offer:
    """What the form shows: the draft, else what was published last."""
    drafted = row.drafted()
    if drafted is not None:
        return drafted
    last = tables.last_version(session, shop_id, row.id)
    if last is None:
        raise Refused("nothing_new", "This offer says nothing.", key="offers.refused_nothing_new")
    return last.offer()


def seen(session: Session, shop_id: ShopId, offer_id: UUID, revision: int | None) -> Offer:
    """The offer, locked. Raises NotFound, or Stale if it is not the one that the caller looked at."""
    row = tables.offer(session, shop_id, offer_id, lock=True)
    if revision is not None and row.revision != revision:
        raise Stale
    return row


def note(session: Session, row: Offer, kind: Kind, now: datetime, *, by: str | None, state: str | None = None, number: int | None = None,
         terms: dict[str, object] | None = None) -> None:
    """Write down who did what, and move the offer to ``state`` if one is given."""
    row.changed_at = now
    made.note(session, row, OfferChange(shop_id=row.shop_id, id=new_id(), offer_id=row.id, kind=kind, at=now, staff=by, was=row.state,
                                        number=number, terms=terms), state)


def _new(session: Session, shop_id: ShopId, wish: model.Offer, *, currency: str, now: datetime, by: str | None) -> Offer:
    wish = check(replace(wish, id=new_id(), number=tables.next_number(session, shop_id)), currency)
    row = Offer(shop_id=shop_id, id=wish.id, number=wish.number, kind=wish.kind, title=wish.title, state="draft", draft=plain.dump(wish),
                made_at=now, changed_at=now, revision=0)
    session.add(row)
    session.flush()
    note(session, row, "created", now, by=by, terms=row.draft)
    return row

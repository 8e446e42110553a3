"""Putting rules into force as versions for good, now or on a day to come; pausing, taking back, undoing.

What was published is never changed, save for ``until``. Orders are judged by the version under which their visit or code was made.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.outbox import flows as outbox
from plugin.referrals import tables, wording
from plugin.referrals.flows import pool, programmes
from plugin.referrals.rules import Version, dated_takes, from_plain
from plugin.referrals.rules.standing import Done, Undo, came_into_force, undo
from plugin.referrals.rules.versions import Stored
from plugin.referrals.tables import Programme, ProgrammeVersion

GRACE = timedelta(minutes=15)
"""How long advocates are not told of a change: time to take it back unseen."""
LOOKED_BACK = 50
SOURCE = "referrals"
"""Whose takes these are."""


def publish(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime, by: str | None = None,
            revision: int | None = None, restoring: dict[str, Any] | None = None) -> Version:
    """Put the draft into force as a new version (a paused programme without a draft comes back as it was); rules that start on a day
    to come take over on that day. ``restoring``: put these terms into force instead, and leave the draft alone.

    Raises NotFound, Stale, Refused("nothing_new") where there is nothing to publish, Refused("over") for what has ended already, and
    ``wording.Silent`` where the customer terms would leave something unsaid.
    """
    programme = programmes.seen(session, shop_id, programme_id, revision)
    back = programme.draft is None and restoring is None
    plain = to_publish(session, shop_id, programme, restoring)
    since = max(now, _checked(plain_version(plain), now).starts_at or now)
    _make_room(session, shop_id, programme_id, since, now)
    row = _put_into_force(session, programme, plain, since, now)
    programme.name, programme.draft = plain["name"], programme.draft if restoring else None
    programmes.note(session, programme, "scheduled" if since > now else "resumed" if back else "published", now, by=by,
                    state="live", number=row.number, terms=plain)
    tell_margin(session, shop_id, now)
    return row.version()


def tell_margin(session: Session, shop_id: ShopId, now: datetime) -> None:
    """What programmes may take of an order from now on, where the margin guard and whoever else gives discounts look for it."""
    margin.publish(session, shop_id, SOURCE, dated_takes(tables.coming(session, shop_id, now)), now=now)


def before_pause(session: Session, shop_id: ShopId, programme_id: UUID) -> dict[str, Any]:
    """The terms under which a paused programme ran. Raises NotFound, or Refused("nothing_new") for one that is not paused."""
    return _came_back(session, shop_id, tables.programme(session, shop_id, programme_id))


def to_publish(session: Session, shop_id: ShopId, programme: Programme, restoring: dict[str, Any] | None = None) -> dict[str, Any]:
    """The stored terms that ``publish`` would put into force. Raises Refused("nothing_new")."""
    return restoring or programme.draft or _came_back(session, shop_id, programme)


def pause(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime, by: str | None = None, reason: str = "",
          revision: int | None = None) -> Programme:
    """No new visits, claims or advocates; what was shared before keeps its terms. A change that was scheduled becomes a draft.

    Raises NotFound, Stale, or Refused("not_live") if it does not run.
    """
    programme = programmes.seen(session, shop_id, programme_id, revision)
    row = tables.current(session, shop_id, programme_id, now)
    if row is None:
        raise Refused("not_live", "This programme is not running.", key="programmes.refused.not_live")
    _take_back(session, shop_id, programme, now)
    row.until = now
    programmes.note(session, programme, "paused", now, by=by, state="paused", reason=reason.strip(), number=row.number)
    tell_margin(session, shop_id, now)
    return programme


def withdraw(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime, by: str | None = None,
             revision: int | None = None) -> Programme:
    """Take back what is scheduled: it becomes a draft again, and what is in force stays. Raises NotFound, Stale, Refused.

    Where advocates were told of it already, what is in force goes on as a new version, of which they are told too.
    """
    programme = programmes.seen(session, shop_id, programme_id, revision)
    gone = _take_back(session, shop_id, programme, now)
    if gone is None:
        raise Refused("not_scheduled", "Nothing is scheduled.", key="programmes.refused.not_scheduled")
    running = tables.current(session, shop_id, programme_id, now)
    if running is not None:
        running.until = None
        if gone.told_at or gone.told_to:
            gone.told_at, running.until = gone.told_at or now, now
            _put_into_force(session, programme, running.terms, now, now)
    ran = _ran(session, shop_id, programme_id)
    programmes.note(session, programme, "withdrawn", now, by=by, state="live" if running else "paused" if ran else "draft",
                    number=gone.number, terms=gone.terms)
    tell_margin(session, shop_id, now)
    return programme


def undoing(session: Session, shop_id: ShopId, programme_id: UUID) -> Undo | None:
    """What undoing the newest change would do; None where nothing can be undone."""
    done = tables.changes(session, shop_id, programme_id, limit=LOOKED_BACK)
    return undo([Done(one.kind, one.was) for one in done], len(_ran(session, shop_id, programme_id)))


def before_last(session: Session, shop_id: ShopId, programme_id: UUID) -> dict[str, Any]:
    """The terms that were in force before those that are now. Raises Refused("nothing_before")."""
    ran = _ran(session, shop_id, programme_id)
    if len(ran) < 2:
        raise Refused("nothing_before", "There is no version before this one.", key="programmes.refused.nothing_before")
    return ran[1].terms


def _came_back(session: Session, shop_id: ShopId, programme: Programme) -> dict[str, Any]:
    ran = _ran(session, shop_id, programme.id)
    if programme.state != "paused" or not ran:
        raise Refused("nothing_new", "There is no change to publish.", key="programmes.refused.nothing_new")
    return ran[0].terms


def _ran(session: Session, shop_id: ShopId, programme_id: UUID) -> list[ProgrammeVersion]:
    """What came into force, newest first."""
    return [one for one in tables.history(session, shop_id, programme_id) if came_into_force(one.version())]


def _put_into_force(session: Session, programme: Programme, terms: dict[str, Any], since: datetime, now: datetime) -> ProgrammeVersion:
    shop_id = ShopId(programme.shop_id)
    last = tables.last_version(session, shop_id, programme.id)
    row = ProgrammeVersion(shop_id=shop_id, id=new_id(), programme_id=programme.id, number=last.number + 1 if last else 1, terms=terms,
                           since=since, until=None)
    session.add(row)
    session.flush()
    pool.refill(session, shop_id, row.version(), now=now)
    if last is not None:
        outbox.put(session, shop_id, "terms_announce", row.id, now=now, not_before=now + GRACE)
    return row


def _checked(version: Version, now: datetime) -> Version:
    if version.ends_at is not None and version.ends_at <= now:
        raise Refused("over", "These rules have ended already.", key="programmes.refused.over")
    wording.insist(version)
    return version


def _make_room(session: Session, shop_id: ShopId, programme_id: UUID, since: datetime, now: datetime) -> None:
    """What is scheduled never begins; what is in force ends when the new version begins."""
    waiting = tables.upcoming(session, shop_id, programme_id, now)
    if waiting is not None:
        waiting.until = waiting.since
    running = tables.current(session, shop_id, programme_id, now)
    if running is not None:
        running.until = since


def _take_back(session: Session, shop_id: ShopId, programme: Programme, now: datetime) -> ProgrammeVersion | None:
    waiting = tables.upcoming(session, shop_id, programme.id, now)
    if waiting is not None:
        waiting.until = waiting.since
        programme.draft = programme.draft or waiting.terms
    return waiting


def plain_version(terms: dict[str, Any]) -> Version:
    """Stored rules as a version without a place in the history, to be judged before they are published."""
    nobody = UUID(int=0)
    return from_plain(Stored(nobody, nobody, 0, None, None), terms)

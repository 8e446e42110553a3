"""The merchant's rules while nobody else sees them: drafts, copies, what is put away; and who did it (``note``).

``by`` is the id of the staff member (``web.state.staff``), None where no person of the shop did it. ``revision`` is what the caller
looked at; None does not ask. What somebody else changed meanwhile raises Stale, and nothing is written then.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.desk import versions as made
from plugin.errors import Refused, TryAgain
from plugin.messaging.filters import zone
from plugin.referrals import rules, tables
from plugin.referrals.rules import Version, from_plain
from plugin.referrals.rules.filling import Values, dated
from plugin.referrals.rules.standing import Kind
from plugin.referrals.rules.versions import Stored
from plugin.referrals.tables import Programme, ProgrammeChange
from plugin.shops import tables as shops

LONGEST_NAME, LONGEST_REASON = 80, 300


class Stale(Refused):
    """Somebody else changed the programme since the caller looked. ``programme`` is how it stands now."""

    def __init__(self, programme: Programme) -> None:
        super().__init__("stale", "Somebody else has changed this programme meanwhile.", key="programmes.refused.stale")
        self.programme = programme


def draft(session: Session, shop_id: ShopId, values: Values, now: datetime, *, by: str | None = None) -> Programme:
    """A new programme as a draft, for whoever proposes one: nothing is published, the merchant sees it in the form.

    ``values``: form fields as ``rules.filling.suggested(name, currency)`` makes them (texts; amounts like "5.00" in the shop's
    currency, rates like "10", days like "2027-01-01" that begin where the shop is). Raises Faulty with every fault, or TryAgain
    while the shop's currency is not known.
    """
    shop = shops.get(session, shop_id)
    if not shop.currency:
        raise TryAgain("the shop's currency is not known yet", shop=str(shop_id))
    return save_programme(session, shop_id, dated(values, zone(shop.timezone)), currency=shop.currency, now=now, by=by)


def save_programme(session: Session, shop_id: ShopId, form: rules.forms.Form, *, currency: str, now: datetime,
                   programme_id: UUID | None = None, by: str | None = None, revision: int | None = None) -> Programme:
    """Keep a draft of the next version; what is published stays in force. Raises Faulty with every fault, Stale, or NotFound."""
    wanted = rules.read_form(form, currency=currency, now=now)
    if programme_id is None:
        return _new(session, shop_id, rules.to_plain(wanted), now, by)
    programme = seen(session, shop_id, programme_id, revision)
    programme.draft = rules.to_plain(wanted)
    if programme.state == "draft":
        programme.name = wanted.name
    note(session, programme, "saved", now, by=by, terms=programme.draft)
    return programme


def duplicate(session: Session, shop_id: ShopId, programme_id: UUID, *, name: str, now: datetime, by: str | None = None) -> Programme:
    """A draft with the same rules and no dates, under ``name``. Raises NotFound."""
    version = newest(session, shop_id, tables.programme(session, shop_id, programme_id))
    copy = replace(version, name=name[:LONGEST_NAME], starts_at=None, ends_at=None)
    return _new(session, shop_id, rules.to_plain(copy), now, by)


def discard(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime, by: str | None = None,
            revision: int | None = None) -> Programme:
    """Forget the changes that are not published; the history keeps them. Raises NotFound, Stale, or Refused("nothing_new")."""
    programme = seen(session, shop_id, programme_id, revision)
    gone = made.drop_draft(programme, key="programmes.refused.nothing_new")
    note(session, programme, "discarded", now, by=by, terms=gone)
    return programme


def reopen(session: Session, shop_id: ShopId, programme_id: UUID, change_id: UUID, *, now: datetime, by: str | None = None) -> Programme:
    """What the history kept becomes the draft again. Raises NotFound, or Refused for an entry without rules."""
    programme = seen(session, shop_id, programme_id, None)
    kept = tables.change(session, shop_id, programme_id, change_id).terms
    if kept is None or programme.state == "archived":
        raise Refused("no_terms", "There is nothing here that could be opened.", key="programmes.refused.no_terms")
    programme.draft = kept
    note(session, programme, "opened", now, by=by, terms=kept)
    return programme


def reopen_discarded(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime, by: str | None = None) -> Programme:
    """The draft that was discarded last is one again. Raises NotFound, or Refused("no_terms")."""
    last = tables.last_change(session, shop_id, programme_id, "discarded")
    if last is None:
        raise Refused("no_terms", "There is nothing here that could be opened.", key="programmes.refused.no_terms")
    return reopen(session, shop_id, programme_id, last.id, now=now, by=by)


def archive(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime, by: str | None = None,
            revision: int | None = None) -> Programme:
    """Put it away: out of the lists, never deleted, since orders are judged by it. Raises NotFound, Stale, or Refused("live")."""
    programme = seen(session, shop_id, programme_id, revision)
    row = tables.current(session, shop_id, programme_id, now)
    over = row is not None and (row.version().ends_at or now) < now
    if programme.state == "archived" or tables.upcoming(session, shop_id, programme_id, now) or (row is not None and not over):
        raise Refused("live", "A programme that runs or is scheduled must be paused first.", key="programmes.refused.live")
    if row is not None:
        row.until = now
    note(session, programme, "archived", now, by=by, state="archived")
    return programme


def bring_back(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime, by: str | None = None) -> Programme:
    """Take it out of the archive: paused, or a draft if it never ran. Raises NotFound, or Refused("not_archived")."""
    programme = seen(session, shop_id, programme_id, None)
    ran = tables.last_version(session, shop_id, programme_id) is not None
    note(session, programme, "restored", now, by=by, state=made.back_to(programme, ran=ran, key="programmes.refused.not_archived"))
    return programme


def newest(session: Session, shop_id: ShopId, programme: Programme) -> Version:
    """The draft, else what was published last."""
    if programme.draft is not None:
        return drafted(programme)
    last = tables.last_version(session, shop_id, programme.id)
    assert last is not None, "a programme without a draft was published"
    return last.version()


def drafted(programme: Programme) -> Version:
    """Raises Refused("nothing_new") where there is no draft."""
    if programme.draft is None:
        raise Refused("nothing_new", "There is no change to publish.", key="programmes.refused.nothing_new")
    return from_plain(Stored(programme.id, programme.id, 0, None, None), programme.draft)


def seen(session: Session, shop_id: ShopId, programme_id: UUID, revision: int | None) -> Programme:
    """The programme, locked, if nobody changed it since ``revision``. Raises NotFound or Stale."""
    programme = tables.programme(session, shop_id, programme_id, lock=True)
    if revision is not None and revision != programme.revision:
        raise Stale(programme)
    return programme


def note(session: Session, programme: Programme, kind: Kind, now: datetime, *, by: str | None, state: str | None = None, reason: str = "",
         number: int | None = None, terms: dict[str, Any] | None = None) -> None:
    """Into the history; ``state``: where the programme now stands, if that changes."""
    shop_id = ShopId(programme.shop_id)
    made.note(session, programme, ProgrammeChange(
        shop_id=shop_id, id=new_id(), programme_id=programme.id, kind=kind, at=now, staff=by, reason=reason[:LONGEST_REASON],
        was=programme.state, number=number, terms=terms), state)


def _new(session: Session, shop_id: ShopId, terms: dict[str, Any], now: datetime, by: str | None) -> Programme:
    programme = Programme(shop_id=shop_id, id=new_id(), state="draft", made_at=now, name=terms["name"], draft=terms, revision=0)
    session.add(programme)
    note(session, programme, "created", now, by=by, terms=terms)
    return programme

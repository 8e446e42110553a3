"""What was done to a programme: who, when, what changed; what the draft would change; what can be undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, request
from sqlalchemy.orm import Session

from plugin import clock
from plugin.messaging.filters import zone
from plugin.referrals import flows, tables, wording
from plugin.referrals.flows.programmes import drafted
from plugin.referrals.rules import Version
from plugin.referrals.rules.clauses import differences
from plugin.referrals.rules.filling import filled, readable
from plugin.referrals.rules.standing import Standing, Undo, came_into_force, standing
from plugin.referrals.tables import Programme, ProgrammeChange
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import here, locale_of, page, translator
from plugin.web.state import staff

LIST = "/app/programmes"
SHOWN, PAGE = 5, 25


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. ``who`` in words; ``fields``: (field, before, after) as they stand in the form, where the rules changed."""

    id: UUID
    kind: str
    at: datetime
    who: str
    reason: str
    number: int | None
    fields: tuple[tuple[str, str, str], ...]
    can_open: bool


@dataclass(frozen=True, slots=True)
class Record:
    """All that a programme's page tells of it. ``running`` and ``coming`` are versions; ``changes`` what publishing the draft would
    change in the customer terms, ``readers`` how many advocates would be told; ``starts_at``: when the draft would come into force."""

    standing: Standing
    running: Version | None
    coming: Version | None
    changes: tuple[wording.Said, ...]
    readers: int
    starts_at: datetime | None
    undo: Undo | None
    entries: tuple[Entry, ...]
    more: str | None


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(f"{LIST}/<uuid:programme_id>/history")(history)


@embedded
def history(shop: Shop, session: Session, programme_id: UUID) -> str:
    """Everything that was done, newest first, each with what it changed side by side."""
    programme = tables.programme(session, shop.id, programme_id)
    before = _uuid(request.args.get("before", ""))
    rows = tables.changes(session, shop.id, programme_id, before=before, limit=PAGE + 1)
    following = here(f"{LIST}/{programme_id}/history", before=rows[PAGE - 1].id) if len(rows) > PAGE else None
    return page("programmes/history.html", shop=shop, programme=programme, entries=_entries(shop, rows)[:PAGE], following=following)


def record(session: Session, shop: Shop, programme: Programme) -> Record:
    now, known = clock.now(), versions(session, shop, programme)
    running, coming = _running(known, now) if programme.state == "live" else None, _coming(known, now)
    reference = running or next((one for one in known if came_into_force(one)), None)
    rows = tables.changes(session, shop.id, programme.id, limit=SHOWN + 1)
    draft = drafted(programme) if programme.draft is not None else None
    changed = differences(reference, draft) if reference is not None and draft is not None else ()
    concerned = any(one.to_advocates for one in changed)
    starts = draft.starts_at if draft is not None and draft.starts_at is not None and draft.starts_at > now else None
    return Record(standing(programme.state, known, now), running, coming, tuple(wording.said(one, locale_of(shop)) for one in changed),
                  tables.count_advocates(session, shop.id, programme.id) if concerned else 0, starts,
                  flows.undoing(session, shop.id, programme.id), _entries(shop, rows)[:SHOWN],
                  here(f"{LIST}/{programme.id}/history") if len(rows) > SHOWN else None)


def versions(session: Session, shop: Shop, programme: Programme) -> list[Version]:
    """Everything that was published, newest first."""
    return [row.version() for row in tables.history(session, shop.id, programme.id)]


def collision(session: Session, shop: Shop, programme: Programme, say: Callable[..., str]) -> dict[str, str]:
    """Who was faster, and what to do now."""
    [last] = tables.changes(session, shop.id, programme.id, limit=1)
    return {"heading": say("programmes.collision", who=_who(last.staff, say)), "text": say("programmes.collision_what")}


def _running(known: Sequence[Version], now: datetime) -> Version | None:
    return next((one for one in known if one.since and one.since <= now and (one.until is None or now < one.until)), None)


def _coming(known: Sequence[Version], now: datetime) -> Version | None:
    return next((one for one in known if one.since and one.since > now and one.until is None), None)


def _entries(shop: Shop, rows: Sequence[ProgrammeChange]) -> tuple[Entry, ...]:
    """Each is compared with the next older one that has rules; what was published, with what was published before."""
    say = translator(shop)
    told = []
    for place, row in enumerate(rows):
        older = next((one for one in rows[place + 1:] if one.terms is not None and (row.number is None or one.number is not None)), None)
        told.append(Entry(row.id, row.kind, row.at, _who(row.staff, say), row.reason, row.number, _fields(shop, older, row),
                          row.terms is not None))
    return tuple(told)


def _fields(shop: Shop, older: ProgrammeChange | None, row: ProgrammeChange) -> tuple[tuple[str, str, str], ...]:
    """What differs, as the form writes it."""
    if older is None or older.terms is None or row.terms is None or older.terms == row.terms:
        return ()
    before, after = (filled(flows.plain_version(terms), zone(shop.timezone)) for terms in (older.terms, row.terms))
    return tuple((name, readable(before[name]), readable(after[name])) for name in after if before[name] != after[name])


def _who(member: str | None, say: Callable[..., str]) -> str:
    """Shopify tells apps an id and no name; your own you know."""
    if member is None:
        return say("programmes.who_tandem")
    return say("programmes.who_you") if member == staff() else say("programmes.who_staff", id=member)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

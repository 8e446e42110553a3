"""Where an offer stands and what was done to it: who, when, and what it then said in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.offers import flows, tables
from plugin.offers.admin.wording import sentence
from plugin.offers.flows.configuring import wall
from plugin.offers.rules.model import Schedule
from plugin.offers.rules.standing import Standing, Undo, standing
from plugin.offers.tables import Offer, OfferChange, OfferVersion
from plugin.offers.tables.offers import read
from plugin.shops.tables import Shop
from plugin.web.shell import translator
from plugin.web.state import staff


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. ``who`` in words; ``words``: what the offer said then."""

    kind: str
    at: datetime
    who: str
    number: int | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """All that an offer's page tells of it. ``running``: the version that is switched on."""

    standing: Standing
    running: OfferVersion | None
    schedule: Schedule
    undo: Undo | None
    entries: tuple[Entry, ...]


def record(session: Session, shop: Shop, row: Offer) -> Record:
    running = tables.in_force(session, shop.id).get(row.id)
    schedule = running.offer().schedule if running else Schedule()
    return Record(standing(row.state, schedule, wall(session, shop.id, clock.now())), running, schedule,
                  flows.undoing(session, ShopId(shop.id), row.id), _entries(session, shop, tables.changes(session, shop.id, row.id)))


def _entries(session: Session, shop: Shop, rows: Sequence[OfferChange]) -> tuple[Entry, ...]:
    return tuple(Entry(one.kind, one.at, who(shop, one.staff), one.number, sentence(session, shop, read(one.terms)) if one.terms else None)
                 for one in rows)


def who(shop: Shop, member: str | None) -> str:
    """Shopify tells apps an id and no name; your own you know."""
    say = translator(shop)
    if member is None:
        return say("programmes.who_tandem")
    return say("programmes.who_you") if member == staff() else say("programmes.who_staff", id=member)

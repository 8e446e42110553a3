"""Making and changing segments, and looking who would belong to one and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.offers.flows import collecting, marking
from plugin.offers.flows.offers import newest
from plugin.offers.rules.segments import Condition, Customer, Verdict, check, dump, judge, needs
from plugin.offers.tables import in_force, of_shop
from plugin.offers.tables import segments as tables
from plugin.offers.tables.segments import Segment, SegmentChange
from plugin.people import tables as people

LONGEST_NAME, SHOWN, LOOKED_AT, AT_ONCE = 80, 12, 5_000, 500


@dataclass(frozen=True, slots=True)
class Member:
    """``name``: the first name, where we may know it."""

    customer: Customer
    verdict: Verdict
    name: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """``count`` of ``looked`` customers belong; ``more``: the shop has others that were not looked at."""

    count: int
    looked: int
    more: bool
    members: tuple[Member, ...]


def save_segment(session: Session, shop_id: ShopId, name: str, conditions: Sequence[Condition], *, now: datetime,
                 segment_id: UUID | None = None, by: str | None = None) -> Segment:
    """Make a segment, or say anew whom it holds; customers' marks follow. Raises NotFound, Refused("name"), Refused("segment"),
    Refused("full")."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused("name", "A segment has a name of at most 80 letters.", key="audience.refused_name")
    said = dump(check(conditions))
    row = tables.segment(session, shop_id, segment_id, lock=True) if segment_id else _new(session, shop_id, now)
    row.name, row.conditions, row.changed_at, row.revision = name, said, now, row.revision + 1
    session.add(row)
    session.add(SegmentChange(shop_id=shop_id, id=new_id(), segment_id=row.id, at=now, staff=by, name=name, conditions=said))
    session.flush()
    collecting.segment_saved(session, shop_id, now)
    marking.again(session, shop_id, now)
    return row


def remove_segment(session: Session, shop_id: ShopId, segment_id: UUID, *, now: datetime, by: str | None = None) -> None:
    """Nobody belongs to it any more; what it said stays in its history. Raises NotFound, Refused("used") with the offers that ask for
    it."""
    row = tables.segment(session, shop_id, segment_id, lock=True)
    used = [offer.title for offer in of_shop(session, shop_id) if str(segment_id) in newest(session, shop_id, offer).audience.segments]
    used += [one.offer().title for one in in_force(session, shop_id).values() if str(segment_id) in one.offer().audience.segments]
    if used:
        raise Refused("used", "Offers ask for this segment.", key="audience.refused_used", names=sorted(set(used)))
    row.removed_at = now
    session.add(SegmentChange(shop_id=shop_id, id=new_id(), segment_id=row.id, at=now, staff=by, name=row.name, conditions=[]))
    session.flush()


def look(session: Session, shop_id: ShopId, conditions: Sequence[Condition], now: datetime) -> Look:
    """Who belongs now, and why; a large shop's customers are looked at up to a number. Raises Refused("segment")."""
    wanted, count, looked, after = check(conditions), 0, 0, ""
    members: list[tuple[Customer, Verdict]] = []
    about = needs(wanted)
    while looked < LOOKED_AT:
        ids = tables.customer_ids(session, shop_id, after=after, limit=AT_ONCE)
        gone = people.forgotten(session, shop_id, ids)
        for known in tables.customers(session, shop_id, [one for one in ids if one not in gone], about).values():
            verdict = judge(wanted, known, now)
            count += verdict.inside
            if verdict.inside and len(members) < SHOWN:
                members.append((known, verdict))
        looked += len(ids) - len(gone)
        if len(ids) < AT_ONCE:
            return Look(count, looked, more=False, members=_named(session, shop_id, members))
        after = ids[-1]
    return Look(count, looked, more=True, members=_named(session, shop_id, members))


def _named(session: Session, shop_id: ShopId, members: Sequence[tuple[Customer, Verdict]]) -> tuple[Member, ...]:
    names = people.first_names(session, shop_id, [customer.id for customer, _ in members])
    return tuple(Member(customer, verdict, names.get(customer.id)) for customer, verdict in members)


def _new(session: Session, shop_id: ShopId, now: datetime) -> Segment:
    number = tables.next_segment(session, shop_id)
    if number > tables.LAST_NUMBER:
        raise Refused("full", "The shop has had too many segments.", key="audience.refused_full")
    return Segment(shop_id=shop_id, id=new_id(), number=number, name="", conditions=[], made_at=now, changed_at=now, revision=0)

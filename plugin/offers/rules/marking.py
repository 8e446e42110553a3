"""The marks that a customer has of themselves: segments, caps that are reached, offers from which they are held out. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plugin.offers.rules.compiled import CAPPED, HELD_OUT
from plugin.offers.rules.model import Cap, Offer
from plugin.offers.rules.segments import Condition, Customer, Needs, judge, needs

MOST = 150
"""What the discount Function reads of one customer's marks, with room for those of the cart."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What live offers ask of a customer: ``segments`` by their numbers, caps and held-out shares by the offer's number. ``codes``: the
    Function is there, so it can refuse a customer's own codes."""

    segments: Mapping[int, tuple[Condition, ...]]
    caps: Mapping[int, Cap]
    held: Mapping[int, int]
    codes: bool = False

    @property
    def needs(self) -> Needs:
        """What must be known of a customer for the segments."""
        return needs(one for conditions in self.segments.values() for one in conditions)

    @property
    def everybody(self) -> bool:
        """May any customer have a mark?"""
        return bool(self.segments or self.caps or self.held)


@dataclass(frozen=True, slots=True)
class Marked:
    """``marks``: numbers, then the codes that are the customer's own. ``until``: when time alone may change them."""

    marks: tuple[int | str, ...]
    until: datetime | None


def asked(offers: Iterable[Offer], segments: Mapping[str, tuple[int, tuple[Condition, ...]]]) -> Asked:
    """``segments``: number and conditions by id."""
    offers = tuple(offers)
    wanted = sorted({one for offer in offers for one in offer.audience.segments if one in segments})
    return Asked(dict(segments[one] for one in wanted), {offer.number: offer.audience.cap for offer in offers if offer.audience.cap},
                 {offer.number: offer.audience.holdout_bp for offer in offers if offer.audience.holdout_bp}, bool(offers))


@dataclass(frozen=True, slots=True)
class Facts:
    """``uses``: by offer's number, when the customer's orders that stand used it. ``held``: offers from which the customer is held out.
    ``codes``: those that are theirs to give away."""

    known: Customer
    uses: Mapping[int, Sequence[datetime]] = field(default_factory=dict)
    held: Collection[int] = ()
    codes: Sequence[str] = ()


def marked(asks: Asked, facts: Facts, now: datetime) -> Marked:
    verdicts = {number: judge(conditions, facts.known, now) for number, conditions in asks.segments.items()}
    ends = {number: end for number, cap in asks.caps.items() if (end := reached_until(cap, facts.uses.get(number, ()), now)) is not None}
    marks = {number for number, verdict in verdicts.items() if verdict.inside} | {CAPPED + number for number in ends}
    marks |= {HELD_OUT + number for number in facts.held if number in asks.held}
    turns = [verdict.until for verdict in verdicts.values() if verdict.until] + list(ends.values())
    return Marked((*sorted(marks)[-MOST:], *(facts.codes if asks.codes else ())), min(turns, default=None))


def reached_until(cap: Cap, uses: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when the cap is reached: the use that must grow old first. None if it is not reached."""
    span = timedelta(days=cap.days)
    within = sorted(moment for moment in uses if moment + span > now)
    return within[len(within) - cap.times] + span if len(within) >= cap.times else None

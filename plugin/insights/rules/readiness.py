"""Is the shop ready for referrals? People recommend what they like; before that, a programme only pays for disappointment. Pure.

Each sign is a rate or an average with a limit. *Good*: enough was counted and the figure is on the right side of its limit. *Bad*: its
whole 95 % interval is on the wrong side. *Unclear*: in between. *Missing*: too few to say. The limits are rules of thumb, shown beside:

    refunds    at most 30 % of orders had something refunded (apparel, the worst category, is near that)
    repeat     at least 15 % of customers came back
    survey     at least 40 % would be very disappointed without the product (Sean Ellis's test, with at least 40 answers)
    reviews    at least 4.0 of 5 stars; bad below 3.5
    baseline   at least 5 % of those asked came by a friend already; never bad, since few shops ask
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from plugin.insights.rules.intervals import ENOUGH, Rate, rate

Name = Literal["refunds", "repeat", "survey", "reviews", "baseline"]
State = Literal["good", "bad", "unclear", "missing"]
Verdict = Literal["ready", "not_yet", "no_data"]

MOST_REFUNDS_BP, LEAST_REPEAT_BP, LEAST_MISSING_BP, LEAST_BASELINE_BP = 3000, 1500, 4000, 500
STAR = 100
GOOD_STARS, BAD_STARS, MOST_STARS = 400, 350, 500
ENOUGH_ANSWERS, ENOUGH_REVIEWS = 40, 10
OWN: tuple[Name, ...] = ("refunds", "repeat")
SAID: tuple[Name, ...] = ("survey", "reviews", "baseline")


@dataclass(frozen=True, slots=True)
class Facts:
    """``refunds`` of orders, ``repeat`` of customers, ``baseline`` of those asked how they heard of the shop. ``survey``: answers that
    would be very disappointed; ``stars`` in hundredths over ``reviews``. None: the merchant has not told."""

    refunds: Rate
    repeat: Rate
    survey: Rate | None
    stars: int | None
    reviews: int | None
    baseline: Rate


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason. ``rate`` or ``stars`` is the figure, ``n`` what it is built on, ``needed`` how many it takes to say anything."""

    name: Name
    state: State
    n: int
    needed: int
    rate: Rate | None = None
    stars: int | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    verdict: Verdict
    signs: tuple[Sign, ...]

    @property
    def against(self) -> tuple[Name, ...]:
        return tuple(sign.name for sign in self.signs if sign.state == "bad")


def readiness(facts: Facts) -> Readiness:
    """Anything bad: not yet. Ready: both of the shop's own figures are good, and at least one of what customers say. Else no data."""
    signs = (
        _rated("refunds", facts.refunds, most_bp=MOST_REFUNDS_BP), _rated("repeat", facts.repeat, least_bp=LEAST_REPEAT_BP),
        _rated("survey", facts.survey or rate(0, 0), least_bp=LEAST_MISSING_BP, needed=ENOUGH_ANSWERS),
        _reviewed(facts.stars, facts.reviews or 0), _never_bad(_rated("baseline", facts.baseline, least_bp=LEAST_BASELINE_BP)))
    return Readiness(_verdict(signs), signs)


def blocks(told: Readiness, overridden: Collection[str]) -> bool:
    """Whether a launch must wait: not ready, for a reason that nobody has overridden."""
    return told.verdict == "not_yet" and not set(told.against) <= set(overridden)


def _verdict(signs: Sequence[Sign]) -> Verdict:
    if any(sign.state == "bad" for sign in signs):
        return "not_yet"
    good = {sign.name for sign in signs if sign.state == "good"}
    return "ready" if good.issuperset(OWN) and good.intersection(SAID) else "no_data"


def _rated(name: Name, told: Rate, *, least_bp: int | None = None, most_bp: int | None = None, needed: int = ENOUGH) -> Sign:
    low, high = (0 if least_bp is None else least_bp), (10_000 if most_bp is None else most_bp)
    state: State = "unclear"
    if told.n < needed:
        state = "missing"
    elif low <= told.value_bp <= high:
        state = "good"
    elif told.high_bp < low or told.low_bp > high:
        state = "bad"
    return Sign(name, state, told.n, needed, rate=told)


def _reviewed(stars: int | None, reviews: int) -> Sign:
    state: State = "unclear"
    if stars is None or reviews < ENOUGH_REVIEWS:
        state = "missing"
    elif stars >= GOOD_STARS:
        state = "good"
    elif stars < BAD_STARS:
        state = "bad"
    return Sign("reviews", state, reviews, ENOUGH_REVIEWS, stars=stars)


def _never_bad(sign: Sign) -> Sign:
    return Sign(sign.name, "unclear", sign.n, sign.needed, rate=sign.rate) if sign.state == "bad" else sign

"""Which customers a segment holds: conditions on what we know of them, all of which must hold. Pure.

A condition is one line, "orders least 3" or "country any GB IE". Days are whole days of 24 hours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from plugin.errors import Refused
from plugin.people.rules import folded

Fact = Literal["orders", "spent", "average", "days_since_last", "days_since_first", "country", "bought", "tagged", "friends", "referred"]
How = Literal["least", "most", "any", "none"]
FACTS: tuple[Fact, ...] = get_args(Fact)
COUNTED: frozenset[Fact] = frozenset({"orders", "spent", "average", "days_since_last", "days_since_first", "friends", "referred"})
"""Numbers; ``spent`` and ``average`` in minor units of the shop's currency. All others are words."""
FOLDED: frozenset[Fact] = frozenset({"bought", "tagged"})
"""Words that are compared folded; ``country`` has codes."""
MOST_CONDITIONS, MOST_WORDS, LONGEST_WORD, LARGEST = 6, 50, 80, 10**12
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of a customer: paid orders that stand, what they brought in (minor units), when; the countries they were sent to.
    ``bought``: titles, vendors, types, tags and collections of the goods that they kept, folded. ``tags``: what the shop tagged them with,
    as it is written. ``friends``: paid orders that stand and that they brought; ``referred``: those of their own that somebody brought."""

    id: str
    orders: int = 0
    spent: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    countries: frozenset[str] = frozenset()
    bought: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()
    friends: int = 0
    referred: int = 0


@dataclass(frozen=True, slots=True)
class Needs:
    """What some conditions must know beyond the orders. ``bought``: the words, folded, by which goods are named."""

    bought: frozenset[str] = frozenset()
    tagged: bool = False
    friends: bool = False
    referred: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """``least`` and ``most`` compare a number; ``any`` asks for one of the words, ``none`` for none of them."""

    fact: Fact
    how: How
    number: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """``why``: of each condition, what the customer's own value is (of what they bought, only what it names) and whether it holds.
    ``until``: when time alone may change it."""

    inside: bool
    why: tuple[tuple[Condition, int | tuple[str, ...] | None, bool], ...]
    until: datetime | None = None


def judge(conditions: Sequence[Condition], known: Customer, now: datetime) -> Verdict:
    """Does the customer belong to the segment now, and why? A fact that is not known (no order yet) fulfils nothing."""
    why = tuple((one, value, _holds(one, value)) for one in conditions for value in [_value(one, known, now)])
    turns = [moment for one in conditions if (moment := _turn(one, known)) is not None and moment > now]
    return Verdict(all(holds for _, _, holds in why), why, min(turns, default=None))


def needs(conditions: Iterable[Condition]) -> Needs:
    conditions = tuple(conditions)
    facts = {one.fact for one in conditions}
    return Needs(frozenset(folded(word) for one in conditions if one.fact == "bought" for word in one.words),
                 "tagged" in facts, "friends" in facts, "referred" in facts)


def check(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Raises Refused("segment") with the place of the first that cannot be."""
    if not 1 <= len(conditions) <= MOST_CONDITIONS:
        raise _refused(0)
    for at, one in enumerate(conditions):
        counted = one.fact in COUNTED
        if one.fact not in FACTS or counted != (one.how in ("least", "most")) or one.how not in get_args(How):
            raise _refused(at)
        if counted and (one.words or not 0 <= one.number <= LARGEST):
            raise _refused(at)
        if not counted and (one.number or not _sound(one.words)):
            raise _refused(at)
    return tuple(conditions)


def _sound(words: Sequence[str]) -> bool:
    return 1 <= len(words) <= MOST_WORDS and all(0 < len(word) <= LONGEST_WORD for word in words)


def dump(conditions: Iterable[Condition]) -> list[dict[str, Any]]:
    """As it is kept."""
    return [{"fact": one.fact, "how": one.how, "number": one.number, "words": list(one.words)} for one in conditions]


def load(told: Iterable[Mapping[str, Any]]) -> tuple[Condition, ...]:
    """What ``dump`` wrote."""
    return tuple(Condition(one["fact"], one["how"], int(one["number"]), tuple(one["words"])) for one in told)


def _value(one: Condition, known: Customer, now: datetime) -> int | tuple[str, ...] | None:
    fact = one.fact
    if fact == "bought":
        return tuple(word for word in one.words if folded(word) in known.bought)
    if fact == "tagged":
        return known.tags
    if fact in ("orders", "spent", "friends", "referred"):
        number: int = getattr(known, fact)
        return number
    if fact == "average":
        return known.spent // known.orders if known.orders else None
    if fact == "country":
        return tuple(sorted(known.countries))
    since = known.last_at if fact == "days_since_last" else known.first_at
    return max(0, (now - since) // DAY) if since else None


def _holds(one: Condition, value: int | tuple[str, ...] | None) -> bool:
    if isinstance(value, tuple):
        same = folded if one.fact in FOLDED else str
        return {same(word) for word in value}.isdisjoint(same(word) for word in one.words) == (one.how == "none")
    if value is None:
        return False
    return value >= one.number if one.how == "least" else value <= one.number


def _turn(one: Condition, known: Customer) -> datetime | None:
    """When a number of days passes the edge."""
    since = {"days_since_last": known.last_at, "days_since_first": known.first_at}.get(one.fact)
    if since is None:
        return None
    return since + DAY * (one.number if one.how == "least" else one.number + 1)


def _refused(at: int) -> Refused:
    return Refused("segment", f"Condition {at + 1} cannot be.", key="audience.refused_condition", number=at + 1)

"""The customer terms of a version, clause by clause. Pure: the same fields that judge an order make the clauses, so they cannot disagree.

A clause names the text that says it (``terms.clause.<key>`` of the catalogue) and the values in it; ``referrals.wording`` says it in a
language. Every rule field that is set must be covered by some clause (``uncovered``), or the version is not published.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from plugin.referrals.rules.pool import CLAIM_LIFE
from plugin.referrals.rules.versions import Version

NO_RULES = frozenset({"id", "programme_id", "number", "name", "since", "until"})
RULES = tuple(one.name for one in fields(Version) if one.name not in NO_RULES)


@dataclass(frozen=True, slots=True)
class Clause:
    """``topic`` stays the same from version to version; ``key`` chooses the text; ``values`` are what stands in it: money, days
    (``count``), moments, reward terms, sets of codes. ``covers``: the rule fields that it tells. ``to_advocates``: a change of it
    concerns who already shares."""

    topic: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    covers: frozenset[str] = frozenset()
    to_advocates: bool = True

    def same_as(self, other: "Clause") -> bool:
        """Does it say the same?"""
        return (self.key, dict(self.values)) == (other.key, dict(other.values))


@dataclass(frozen=True, slots=True)
class Difference:
    """One topic that reads otherwise: what was said (None: nothing) and what is said now (None: nothing any more)."""

    topic: str
    before: Clause | None
    after: Clause | None

    @property
    def to_advocates(self) -> bool:
        return any(one is not None and one.to_advocates for one in (self.before, self.after))


def clauses(version: Version) -> tuple[Clause, ...]:
    """Everything that a customer must know of this version, in reading order."""
    return tuple(clause for make in _MAKERS for clause in make(version))


def uncovered(version: Version, told: Iterable[Clause]) -> tuple[str, ...]:
    """The rule fields that are set and that no clause tells."""
    covered = frozenset[str]().union(*(clause.covers for clause in told))
    return tuple(name for name in RULES if is_set(getattr(version, name)) and name not in covered)


def is_set(value: object) -> bool:
    """A field that limits or promises something; no limit is None or an empty set."""
    return value is not None and value not in (frozenset(), ())


def differences(before: Version, after: Version) -> tuple[Difference, ...]:
    """What the terms of ``after`` say otherwise, in their reading order; what is said no more comes last."""
    old, new = ({one.topic: one for one in clauses(version)} for version in (before, after))
    changed = [Difference(topic, old.get(topic), clause) for topic, clause in new.items()
               if topic not in old or not clause.same_as(old[topic])]
    return (*changed, *(Difference(topic, clause, None) for topic, clause in old.items() if topic not in new))


def rewards_later(version: Version) -> bool:
    """Whether anybody gets something after the order: the advocate, or a friend who gets store credit."""
    return version.advocate.kind != "none" or version.friend.kind == "store_credit"


def _taking_part(version: Version) -> Iterator[Clause]:
    yield Clause("who", f"who_{version.enrol}", covers=frozenset({"enrol"}), to_advocates=False)
    yield Clause("own", "own")
    yield Clause("honest", "honest")


def _rewards(version: Version) -> Iterator[Clause]:
    friend, advocate = version.friend, version.advocate
    kind = "nothing" if friend.kind == "none" else "code" if friend.is_code else "credit"
    yield Clause("friend", f"friend_{kind}", {} if kind == "nothing" else {"friend_gets": friend}, frozenset({"friend"}))
    if friend.is_code:
        yield Clause("code_life", "code_life", {"count": CLAIM_LIFE.days}, to_advocates=False)
    if advocate.kind == "none":
        yield Clause("advocate", "advocate_nothing", covers=frozenset({"advocate"}))
    else:
        key = "advocate_share" if advocate.kind == "store_credit" and advocate.amount is None else "advocate"
        yield Clause("advocate", key, {"advocate_gets": advocate}, frozenset({"advocate"}))
    yield from _asked(version)


def _asked(version: Version) -> Iterator[Clause]:
    """What an order must hold for the advocate's reward, and how it grows. What is given back no longer counts."""
    if version.bundles:
        yield Clause("bundles", "bundles", {"bundles": version.bundles}, frozenset({"bundles"}))
    if version.basket is not None:
        yield Clause("basket", "basket", {"basket": version.basket}, frozenset({"basket"}))
    if version.steps:
        yield Clause("steps", "steps", {"steps": version.heights()}, frozenset({"steps"}))


def _orders(version: Version) -> Iterator[Clause]:
    yield Clause("new_only", "new_only" if version.new_only else "everybody", covers=frozenset({"new_only"}))
    if version.minimum is not None:
        yield Clause("minimum", "minimum", {"minimum": version.minimum}, frozenset({"minimum"}))
    yield Clause("window", "window", {"count": version.window.days}, frozenset({"window"}))
    yield Clause("model", f"model_{version.model}", covers=frozenset({"model"}))
    if version.countries:
        yield Clause("countries", "countries", {"countries": version.countries}, frozenset({"countries"}))
    if version.currencies:
        yield Clause("currencies", "currencies", {"currencies": version.currencies}, frozenset({"currencies"}))


def _giving(version: Version) -> Iterator[Clause]:
    """When rewards come. Where nobody gets any, one sentence covers what would only concern them."""
    if not rewards_later(version):
        yield Clause("hold", "no_rewards", covers=frozenset({"hold", "expiry"}))
        return
    key = "hold" if version.hold.days else "hold_none"
    yield Clause("hold", key, {"count": version.hold.days} if version.hold.days else {}, frozenset({"hold"}))
    if version.expiry is None:
        yield Clause("expiry", "expiry_none", covers=frozenset({"expiry"}))
    else:
        yield Clause("expiry", "expiry", {"count": version.expiry.days}, frozenset({"expiry"}))
    if version.advocate.kind != "none":
        yield Clause("margin", "margin")
    yield Clause("back", "back")
    yield Clause("review", "review")


def _caps(version: Version) -> Iterator[Clause]:
    if version.cap is not None and version.cap_period is not None:
        yield Clause("cap", "cap_period", {"count": version.cap, "days": version.cap_period.days}, frozenset({"cap", "cap_period"}))
    elif version.cap is not None:
        yield Clause("cap", "cap", {"count": version.cap}, frozenset({"cap"}))


def _beside(version: Version) -> Iterator[Clause]:
    """Store credit pays, whatever else takes off; a code stands beside what it was told to stand beside."""
    if not (version.friend.is_code or version.advocate.is_code):
        yield Clause("combines", "combines_no_code", covers=frozenset({"combines"}), to_advocates=False)
    elif version.combines:
        yield Clause("combines", "combines", {"kinds": version.combines}, frozenset({"combines"}), version.advocate.is_code)
    else:
        yield Clause("combines", "combines_none", covers=frozenset({"combines"}), to_advocates=version.advocate.is_code)


def _time(version: Version) -> Iterator[Clause]:
    if version.starts_at is not None:
        yield Clause("starts", "starts", {"starts_at": version.starts_at}, frozenset({"starts_at"}))
    if version.ends_at is not None:
        yield Clause("ends", "ends", {"ends_at": version.last_day()}, frozenset({"ends_at"}))


def _always(version: Version) -> Iterator[Clause]:
    """What holds for every programme: the version that judges, how changes are told, whose data is kept."""
    yield from (Clause(key, key) for key in ("changes", "ending", "privacy", "questions"))


_MAKERS: tuple[Callable[[Version], Iterator[Clause]], ...] = (
    _taking_part, _rewards, _orders, _giving, _caps, _beside, _time, _always)

"""Versions of a programme: what they promise and how they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from plugin.attribution.rules import Model, Terms
from plugin.margin.rules.earning import Height
from plugin.money import Money
from plugin.rewards.rules import RewardTerms

Enrol = Literal["after_order", "everyone", "invited"]
STEPS = "abc"
"""Places in the form for larger baskets."""
DISCOUNT_CLASSES = frozenset({"order", "product", "shipping"})


@dataclass(frozen=True, slots=True, order=True)
class Bundle:
    """An offer by its id, with the title under which customers know it."""

    offer_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Version:
    """One published (or drafted) state of a programme. Never changed once published, save for ``until``."""

    id: UUID
    programme_id: UUID
    number: int
    name: str
    advocate: RewardTerms
    friend: RewardTerms
    minimum: Money | None
    new_only: bool
    window: timedelta
    model: Model
    hold: timedelta
    expiry: timedelta | None
    cap: int | None
    cap_period: timedelta | None
    combines: frozenset[str]
    countries: frozenset[str]
    currencies: frozenset[str]
    starts_at: datetime | None
    ends_at: datetime | None
    enrol: Enrol
    since: datetime | None = None
    until: datetime | None = None
    bundles: frozenset[Bundle] = frozenset()
    """The advocate's reward is for orders with any of these; none asks for none."""
    basket: Money | None = None
    """What remains of the goods must come to this for the advocate's reward."""
    steps: tuple[Height, ...] = ()
    """From larger baskets on the advocate's reward is higher; of its own kind, smallest first."""

    def terms(self) -> Terms:
        """What attribution may know of it."""
        return Terms(version_id=self.id, programme_id=self.programme_id, window=self.window, model=self.model,
                     minimum=self.minimum, new_only=self.new_only, cap=self.cap, cap_period=self.cap_period,
                     countries=self.countries, currencies=self.currencies, starts_at=self.starts_at, ends_at=self.ends_at,
                     since=self.since, until=self.until)

    def last_day(self) -> datetime | None:
        """The last moment before the end: people read on which day something ends as the last one on which it holds."""
        return self.ends_at - timedelta(microseconds=1) if self.ends_at else None

    def heights(self) -> tuple[tuple[Height, RewardTerms], ...]:
        """Each step with what it gives."""
        return tuple((step, RewardTerms(self.advocate.kind, step.basis_points, step.amount)) for step in self.steps)

    def advocate_for(self, goods: Money) -> RewardTerms:
        """What the advocate gets of a basket of this worth, if it has what is asked for."""
        reached = [terms for step, terms in self.heights() if step.least.currency == goods.currency and goods.amount >= step.least.amount]
        return reached[-1] if reached else self.advocate

    def gives_code(self) -> bool:
        """True where a friend takes a discount code; store credit and nothing need none."""
        return self.friend.is_code

    def open_at(self, now: datetime) -> bool:
        """In force and within its dates."""
        in_force = self.since is not None and self.since <= now and (self.until is None or now < self.until)
        return in_force and (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


def to_plain(version: Version) -> dict[str, Any]:
    """The stored shape: JSON with seconds, minor units and ISO times."""
    return {
        "name": version.name, "advocate": _plain_reward(version.advocate), "friend": _plain_reward(version.friend),
        "minimum": _plain_money(version.minimum), "new_only": version.new_only, "window": _seconds(version.window),
        "model": version.model, "hold": _seconds(version.hold), "expiry": _seconds(version.expiry), "cap": version.cap,
        "cap_period": _seconds(version.cap_period), "combines": sorted(version.combines),
        "countries": sorted(version.countries), "currencies": sorted(version.currencies),
        "starts_at": _iso(version.starts_at), "ends_at": _iso(version.ends_at), "enrol": version.enrol,
        "bundles": [[one.offer_id, one.title] for one in sorted(version.bundles)], "basket": _plain_money(version.basket),
        "steps": [{"least": _plain_money(one.least), "basis_points": one.basis_points, "amount": _plain_money(one.amount)}
                  for one in version.steps],
    }


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a version's row says it stands."""

    id: UUID
    programme_id: UUID
    number: int
    since: datetime | None
    until: datetime | None


def from_plain(stored: Stored, plain: Mapping[str, Any]) -> Version:
    """The inverse of ``to_plain``. What is read here was validated when it was saved."""
    return Version(
        id=stored.id, programme_id=stored.programme_id, number=stored.number, since=stored.since, until=stored.until,
        name=plain["name"], advocate=_reward(plain["advocate"]), friend=_reward(plain["friend"]),
        minimum=_money(plain["minimum"]), new_only=plain["new_only"], window=timedelta(seconds=plain["window"]),
        model=cast(Model, plain["model"]), hold=timedelta(seconds=plain["hold"]), expiry=_span(plain["expiry"]), cap=plain["cap"],
        cap_period=_span(plain["cap_period"]), combines=frozenset(plain["combines"]), countries=frozenset(plain["countries"]),
        currencies=frozenset(plain["currencies"]), starts_at=_time(plain["starts_at"]), ends_at=_time(plain["ends_at"]),
        enrol=cast(Enrol, plain["enrol"]), bundles=frozenset(Bundle(id, title) for id, title in plain["bundles"]),
        basket=_money(plain["basket"]), steps=tuple(_step(one) for one in plain["steps"]))


def _step(plain: Mapping[str, Any]) -> Height:
    least = plain["least"]
    return Height(Money(least["amount"], least["currency"]), plain["basis_points"], _money(plain["amount"]))


def _plain_reward(reward: RewardTerms) -> dict[str, Any]:
    return {"kind": reward.kind, "basis_points": reward.basis_points, "amount": _plain_money(reward.amount)}


def _reward(plain: Mapping[str, Any]) -> RewardTerms:
    return RewardTerms(kind=plain["kind"], basis_points=plain["basis_points"], amount=_money(plain["amount"]))


def _plain_money(money: Money | None) -> dict[str, Any] | None:
    return None if money is None else {"amount": money.amount, "currency": money.currency}


def _money(plain: Mapping[str, Any] | None) -> Money | None:
    return None if plain is None else Money(plain["amount"], plain["currency"])


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _span(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

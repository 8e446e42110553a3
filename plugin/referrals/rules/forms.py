"""What a merchant types into a programme, read into a version; every fault is reported at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar, cast, get_args
from uuid import UUID

from babel import Locale

from plugin.attribution.rules import Model
from plugin.errors import Refused
from plugin.margin.rules.earning import Height
from plugin.money import Money, exponent
from plugin.referrals.rules.growing import read_steps
from plugin.referrals.rules.versions import DISCOUNT_CLASSES, STEPS, Bundle, Enrol, Version
from plugin.rewards.rules import RewardKind, RewardTerms

Form = Mapping[str, str | Sequence[str] | None]
Value = TypeVar("Value")
NOBODY = UUID(int=0)
MOST_FRIEND_RATE = 5000  # half the order; more is a gift to coupon sites
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "QO"})
_COUNTRIES = frozenset(str(code) for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))) - _NO_COUNTRIES
_BUNDLE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (\S.{0,79})")
MOST_BUNDLES = 20
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One field and what is wrong with it. ``reason`` is the stable word, ``text`` plain English."""

    field: str
    reason: str
    text: str


class Faulty(Refused):
    """The form cannot be a version; ``faults`` lists all reasons."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("programme", " ".join(fault.text for fault in faults))
        self.faults = tuple(faults)


def read_form(form: Form, *, currency: str, now: datetime) -> Version:
    """A version without ids from form fields (days, decimal amounts of ``currency``, comma-separated lists, ISO dates).

    Raises Faulty with every fault.
    """
    reader = _Reader(form, currency)
    version = _read(reader)
    faults = [*reader.faults, *([] if version is None else _contradictions(version, currency, now))]
    if version is None or faults:
        raise Faulty(faults)
    return version


@dataclass
class _Reader:
    """Reads one field after the other and remembers what was wrong."""

    form: Form
    currency: str
    faults: list[Fault] = field(default_factory=list)

    def text(self, name: str) -> str:
        value = self.form.get(name)
        return (value if isinstance(value, str) else "").strip()

    def listed(self, name: str) -> frozenset[str]:
        value = self.form.get(name) or ()
        parts = re.split(r"[\s,;]+", value) if isinstance(value, str) else value
        return frozenset(part.strip() for part in parts if part.strip())

    def fault(self, name: str, reason: str, text: str) -> None:
        self.faults.append(Fault(name, reason, text))

    def attempt(self, name: str, read: Callable[[], Value]) -> Value | None:
        try:
            return read()
        except Refused as refused:
            self.fault(name, refused.reason, refused.message)
            return None

    def whole(self, name: str, default: int | None, *, least: int, most: int) -> int | None:
        text = self.text(name)
        if not text:
            return default
        if re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) and least <= int(text) <= most:
            return int(text)
        self.fault(name, "range", f"{name.replace('_', ' ').capitalize()} must be a whole number from {least} to {most}.")
        return default

    def one_of(self, name: str, allowed: Sequence[str], default: str) -> str:
        text = self.text(name) or default
        if text not in allowed:
            self.fault(name, "choice", f"{name.replace('_', ' ').capitalize()} must be one of {', '.join(allowed)}.")
        return text if text in allowed else default

    def subset(self, name: str, allowed: frozenset[str], what: str) -> frozenset[str]:
        given = self.listed(name)
        if given - allowed:
            self.fault(name, "choice", f"{', '.join(sorted(given - allowed))[:80]} is no {what}.")
        return given & allowed

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text) if text else None
        except ValueError:
            self.fault(name, "date", f"{name.replace('_', ' ').capitalize()} is not a date.")
            return None
        return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment

    def money(self, name: str) -> Money | None:
        text = self.text(name)
        return self.attempt(name, lambda: _amount(text, self.currency)) if text else None

    def reward(self, side: str) -> RewardTerms | None:
        kind = cast(RewardKind, self.one_of(f"{side}_kind", get_args(RewardKind), "none"))
        value, name = self.text(f"{side}_value"), f"{side}_value"
        if kind in ("free_shipping", "none"):
            return RewardTerms(kind)
        if kind == "percentage" or (kind == "store_credit" and value.endswith("%")):
            return self.attempt(name, lambda: RewardTerms(kind, basis_points=_basis_points(value)))
        return self.attempt(name, lambda: RewardTerms(kind, amount=Money.typed(value, self.currency)))


def _amount(text: str, currency: str) -> Money:
    amount = Money.typed(text, currency)
    if amount.amount < 0:
        raise Refused("money", f"{text[:20]!r} is below zero.")
    return amount


def _basis_points(text: str) -> int:
    found = _PERCENT.fullmatch(text)
    if not found or not text.isascii():
        raise Refused("percent", f"{text[:20]!r} is not a percentage.")
    return int(Decimal(f"{found[1]}.{found[2] or 0}").scaleb(2))


def _days(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(days=count)


def _read(reader: _Reader) -> Version | None:
    advocate, friend = reader.reward("advocate"), reader.reward("friend")
    name = reader.text("name")
    if not 1 <= len(name) <= 80 or not name.isprintable():
        reader.fault("name", "name", "The programme needs a name of at most 80 characters.")
    window, hold = reader.whole("window_days", 30, least=1, most=365), reader.whole("hold_days", 14, least=0, most=120)
    rest = {
        "minimum": reader.money("minimum"), "expiry": _days(reader.whole("expiry_days", None, least=1, most=3650)),
        "cap": reader.whole("cap", None, least=1, most=100_000), "cap_period": _days(reader.whole("cap_days", None, least=1, most=3650)),
        "combines": reader.subset("combines", DISCOUNT_CLASSES, "kind of discount"),
        "countries": reader.subset("countries", _COUNTRIES, "country code"), "currencies": _currencies(reader),
        "starts_at": reader.moment("starts_at"), "ends_at": reader.moment("ends_at"), "bundles": _bundles(reader),
        "basket": reader.money("basket"), "steps": _steps(reader, advocate) if advocate else ()}
    model = cast(Model, reader.one_of("model", get_args(Model), "last_visit"))
    enrol = cast(Enrol, reader.one_of("enrol", get_args(Enrol), "after_order"))
    if advocate is None or friend is None:
        return None
    return Version(id=NOBODY, programme_id=NOBODY, number=0, name=name, advocate=advocate, friend=friend,
                   new_only=reader.text("new_only") not in ("", "off", "no", "0", "false"), window=timedelta(days=window or 30),
                   model=model, hold=timedelta(days=14 if hold is None else hold), enrol=enrol, **rest)  # type: ignore[arg-type]


def _steps(reader: _Reader, advocate: RewardTerms) -> tuple[Height, ...]:
    typed = [(letter, reader.text(f"from_{letter}"), reader.text(f"worth_{letter}")) for letter in STEPS]
    found, wrong = read_steps(typed, advocate, reader.currency)
    for name, reason, text in wrong:
        reader.fault(name, reason, text)
    return found


def _bundles(reader: _Reader) -> frozenset[Bundle]:
    """Each as its offer's id and title, with a space between."""
    given = reader.form.get("bundles") or ()
    found = [_BUNDLE.fullmatch(one) for one in ([given] if isinstance(given, str) else given)]
    if not all(found) or len(found) > MOST_BUNDLES:
        reader.fault("bundles", "choice", f"Choose at most {MOST_BUNDLES} of the offers that are listed.")
        return frozenset()
    return frozenset(Bundle(one[1], one[2]) for one in found if one)


def _currencies(reader: _Reader) -> frozenset[str]:
    given = reader.listed("currencies")
    for code in sorted(given):
        reader.attempt("currencies", lambda code=code: exponent(code))  # type: ignore[misc]
    return given


def _asked_in_vain(version: Version) -> bool:
    return version.advocate.kind == "none" and bool(version.bundles or version.basket or version.steps)


def _contradictions(version: Version, currency: str, now: datetime) -> list[Fault]:
    found = [
        ("advocate_kind", "nothing", "Somebody must get something.", version.advocate.kind == version.friend.kind == "none"),
        ("friend_value", "too_much", "A friend's discount is at most half the order.",
         version.friend.kind == "percentage" and (version.friend.basis_points or 0) > MOST_FRIEND_RATE),
        ("minimum", "too_small", "The minimum order must be at least twice the friend's discount.", _minimum_too_small(version)),
        ("advocate_kind", "in_vain", "Nobody gets the reward that this asks something for.", _asked_in_vain(version)),
        ("cap_days", "alone", "A cap's period needs a cap.", version.cap_period is not None and version.cap is None),
        ("ends_at", "order", "The programme would end before it starts.",
         bool(version.starts_at and version.ends_at and version.ends_at <= version.starts_at)),
        ("ends_at", "past", "The programme would be over already.", version.ends_at is not None and version.ends_at <= now),
        ("currencies", "currency", f"Orders of this shop are booked in {currency}: name it or name none.",
         bool(version.currencies) and currency not in version.currencies),
    ]
    return [Fault(name, reason, text) for name, reason, text, wrong in found if wrong]


def _minimum_too_small(version: Version) -> bool:
    given = version.friend.amount
    if version.friend.kind != "fixed" or given is None:
        return False
    return version.minimum is None or version.minimum.amount < 2 * given.amount

"""What stands in a programme's form: of a version that exists, or sensible values for a new one. The inverse of ``forms``. Pure."""

import re
from datetime import datetime, timedelta, tzinfo

from plugin.money import Money, exponent
from plugin.referrals.rules.versions import STEPS, Version
from plugin.rewards.rules import RewardTerms

Values = dict[str, str | list[str]]
"""Field → what is written in it; lists where several may be chosen."""

FIELDS = ("name", "advocate_kind", "advocate_value", "friend_kind", "friend_value", "minimum", "new_only", "window_days", "model",
          "hold_days", "expiry_days", "cap", "cap_days", "combines", "countries", "currencies", "starts_at", "ends_at", "enrol",
          "bundles", "basket", *(f"{part}_{letter}" for letter in STEPS for part in ("from", "worth")))
SEVERAL = frozenset({"combines", "bundles"})


DAYS = ("starts_at", "ends_at")


def dated(values: Values, zone: tzinfo) -> Values:
    """The same with days as moments: a day begins in ``zone``. What is no day stays as it was typed."""
    return {**values, **{name: _moment(str(values.get(name) or ""), zone) for name in DAYS}}


def _moment(day: str, zone: tzinfo) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day.strip(), re.ASCII):
        return day
    try:
        return datetime.fromisoformat(day.strip()).replace(tzinfo=zone).isoformat()
    except ValueError:
        return day


def suggested(name: str, currency: str) -> Values:
    """A programme that suits most shops: 10 % for the friend, a code worth about five euros for the advocate."""
    digits = exponent(currency)
    worth = Money(5 * 10**digits if digits else 500, currency)
    return {**dict.fromkeys(FIELDS, ""), "bundles": [], "name": name, "advocate_kind": "fixed", "advocate_value": worth.text(),
            "friend_kind": "percentage", "friend_value": "10", "new_only": "yes", "window_days": "30", "model": "last_visit",
            "hold_days": "14", "combines": ["product", "shipping"], "enrol": "after_order"}


def readable(value: str | list[str]) -> str:
    """What a field holds, for people to read: of a bundle its title."""
    return value if isinstance(value, str) else ", ".join(one.partition(" ")[2] or one for one in value)


def filled(version: Version, zone: tzinfo) -> Values:
    """The fields of ``version``; days begin in ``zone``."""
    return {
        "name": version.name, "advocate_kind": version.advocate.kind, "advocate_value": _reward(version.advocate),
        "friend_kind": version.friend.kind, "friend_value": _reward(version.friend),
        "minimum": version.minimum.text() if version.minimum else "", "new_only": "yes" if version.new_only else "",
        "window_days": _days(version.window), "model": version.model, "hold_days": _days(version.hold),
        "expiry_days": _days(version.expiry), "cap": str(version.cap or ""), "cap_days": _days(version.cap_period),
        "combines": sorted(version.combines), "countries": ", ".join(sorted(version.countries)),
        "currencies": ", ".join(sorted(version.currencies)), "starts_at": _day(version.starts_at, zone),
        "ends_at": _day(version.ends_at, zone), "enrol": version.enrol,
        "bundles": [f"{one.offer_id} {one.title}" for one in sorted(version.bundles)],
        "basket": version.basket.text() if version.basket else "", **_steps(version)}


def _steps(version: Version) -> Values:
    places = dict(zip(STEPS, version.heights(), strict=False))
    return {name: text for letter in STEPS for name, text in (
        (f"from_{letter}", places[letter][0].least.text() if letter in places else ""),
        (f"worth_{letter}", _reward(places[letter][1]) if letter in places else ""))}


def _reward(terms: RewardTerms) -> str:
    if terms.amount is not None:
        return terms.amount.text()
    if terms.basis_points is None:
        return ""
    rate = f"{terms.basis_points // 100}.{terms.basis_points % 100:02}".rstrip("0").rstrip(".")
    return rate + ("%" if terms.kind == "store_credit" else "")


def _days(span: timedelta | None) -> str:
    return "" if span is None else str(span.days)


def _day(at: datetime | None, zone: tzinfo) -> str:
    return "" if at is None else at.astimezone(zone).date().isoformat()

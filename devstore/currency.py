"""Amounts are integers in the currency's minor unit; this file turns them into Shopify's texts and back."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "XAF": 0, "XOF": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}
KNOWN = frozenset(
    {"GBP", "EUR", "USD", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "MXN", "BRL", "INR", *_DIGITS}
)


def digits(currency: str) -> int:
    """How many decimal places the currency has."""
    return _DIGITS.get(currency, 2)


def text(amount: int, currency: str) -> str:
    """REST and webhook form, and the GraphQL scalar ``Money``: ``1230`` GBP is ``12.30``, JPY is ``1230``."""
    places = digits(currency)
    if places == 0:
        return str(amount)
    sign, whole = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{whole // 10**places}.{whole % 10**places:0{places}d}"


def decimal(amount: int, currency: str) -> str:
    """GraphQL ``MoneyV2.amount``: at least one decimal, no trailing zeros after it: ``12.3``, ``1230.0``."""
    shown = text(amount, currency)
    if "." not in shown:
        return f"{shown}.0"
    whole, _, part = shown.partition(".")
    return f"{whole}.{part.rstrip('0') or '0'}"


def parse(shown: str | int, currency: str) -> int:
    """Minor units of a decimal text. Raises ValueError when it is no number or has more digits than the currency."""
    try:
        value = Decimal(str(shown)).scaleb(digits(currency))
    except InvalidOperation:
        raise ValueError(f"{shown!r} is not an amount") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise ValueError(f"{shown} has more decimals than {currency} allows")
    return int(value)


def half_up(numerator: int, denominator: int) -> int:
    """Integer division rounded half away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))


def convert(amount: int, source: str, target: str, rate: Decimal) -> int:
    """``amount`` of source in the target's minor units at ``rate`` target per source, half up."""
    value = Decimal(amount).scaleb(digits(target) - digits(source)) * rate
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


def split(total: int, weights: list[int]) -> list[int]:
    """``total`` in parts proportional to ``weights``, by largest remainder; the parts sum to ``total`` exactly."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts

"""Money as integer minor units of its currency's own exponent (JPY 0, EUR 2, KWD 3; Unicode CLDR via Babel).

Rounding has one rule, half up away from zero, and one home: ``Money.parse`` and ``Money.percent``.
Splits are by largest remainder, so they always sum to the whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from babel.core import get_global
from babel.numbers import format_currency, get_currency_symbol

from plugin.errors import Refused

LARGEST = 10**15
_DECIMAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,9})?")


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """Digits after the point, e.g. 2 for EUR. Raises Refused for a code that is not an ISO 4217 currency in CLDR."""
    if not re.fullmatch(r"[A-Z]{3}", currency) or currency not in get_global("all_currencies"):
        raise Refused("currency", f"{currency!r} is not a currency code.")
    fractions = get_global("currency_fractions")
    digits: int = fractions.get(currency, fractions["DEFAULT"])[0]
    return ISO_DIGITS.get(currency, digits)


# Where CLDR's digits (what people write) differ from ISO 4217's (what banks book, and Shopify with them).
ISO_DIGITS = {code: 2 for code in ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL", "SOS", "SYP", "YER")} | {"IQD": 3}


def half_up(value: Fraction) -> int:
    """Round to the nearest integer, halves away from zero."""
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return magnitude if value >= 0 else -magnitude


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """``amount`` in minor units of ``currency``. Adding two currencies is refused."""

    amount: int
    currency: str

    @classmethod
    def parse(cls, text: str | None, currency: str) -> "Money":
        """From Shopify's decimal text ("12.50"). More digits than the currency has are rounded half up.

        Raises Refused for anything but ASCII digits with one point, and beyond ±10^15 minor units.
        """
        if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
            raise Refused("money", f"{str(text)[:40]!r} is not an amount of money.")
        amount = int((Decimal(text).scaleb(exponent(currency))).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        if abs(amount) > LARGEST:
            raise Refused("money", f"{text[:40]} is beyond what we book.")
        return cls(amount, currency)

    @classmethod
    def typed(cls, text: str, currency: str) -> "Money":
        """From what a person writes: "12.50" or "12,50". Raises Refused as ``parse`` does, and for digits that the currency does not
        have: what "0.001" pounds were meant to be, only its writer knows."""
        plain = text.strip().replace(",", ".")
        if len(plain.partition(".")[2].rstrip("0")) > exponent(currency):
            raise Refused("money", f"{text[:40]!r} has more digits than {currency}.")
        return cls.parse(plain, currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    def text(self) -> str:
        """Shopify's decimal text with exactly the currency's digits: "12.50", "1200", "1.500"."""
        return f"{self.decimal():.{exponent(self.currency)}f}"

    def decimal(self) -> Decimal:
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def display(self, locale: str) -> str:
        """For people, in their locale: "€12.50", "12,50 €". Never hides a digit that is booked."""
        place = locale.replace("-", "_")
        written = format_currency(self.decimal(), self.currency, locale=place, decimal_quantization=False)
        symbol = get_currency_symbol(self.currency, locale=place)
        # Between letters written from the right a symbol with Latin ones ("UK£") would fall apart: a directional isolate holds it.
        return written.replace(symbol, f"\u2066{symbol}\u2069") if "\u200f" in written and symbol.upper() != symbol.lower() else written

    def percent(self, basis_points: int) -> "Money":
        """``basis_points`` hundredths of a percent of this amount, rounded half up (1500 = 15 %)."""
        return Money(half_up(Fraction(self.amount * basis_points, 10_000)), self.currency)

    def share(self, part: int, whole: int) -> "Money":
        """``part/whole`` of this amount, rounded half up; zero when the whole is zero."""
        return Money(half_up(Fraction(self.amount * part, whole)) if whole else 0, self.currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Parts in proportion to non-negative ``weights``, summing exactly to the whole (largest remainder, earliest first)."""
        total = sum(weights)
        if total <= 0:
            return [Money(0, self.currency) for _ in weights]
        sign, magnitude = (1, self.amount) if self.amount >= 0 else (-1, -self.amount)
        parts = [magnitude * weight // total for weight in weights]
        remainders = sorted(range(len(weights)), key=lambda i: (-(magnitude * weights[i] % total), i))
        for i in remainders[: magnitude - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise Refused("currency", f"{self.currency} and {other.currency} do not add up.")
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

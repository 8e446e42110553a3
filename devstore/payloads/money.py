"""Amounts as webhooks show them: text, and a set of shop money and presentment money."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from devstore.currency import convert, text


@dataclass(frozen=True, slots=True)
class Purse:
    """Shop currency, the currency shown to the buyer, and the rate between them."""

    currency: str
    shown: str
    rate: str = "1"

    def text(self, amount: int) -> str:
        return text(amount, self.currency)

    def shown_amount(self, amount: int) -> int:
        return amount if self.currency == self.shown else convert(amount, self.currency, self.shown, Decimal(self.rate))

    def set(self, amount: int, shown: int | None = None) -> dict[str, Any]:
        """``shown``: the presentment money, where it is known better than by the rate."""
        shown = self.shown_amount(amount) if shown is None else shown
        return {
            "shop_money": {"amount": text(amount, self.currency), "currency_code": self.currency},
            "presentment_money": {"amount": text(shown, self.shown), "currency_code": self.shown},
        }

    def pair(self, name: str, amount: int, shown: int | None = None) -> dict[str, Any]:
        """``name`` as text and ``name_set`` as the set."""
        return {name: self.text(amount), f"{name}_set": self.set(amount, shown)}

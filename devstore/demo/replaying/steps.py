"""What a replay does, step by step, and the account of the file's rows."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

Good = tuple[str, int]
"""Stock code and price in pence: one variant of one product."""


@dataclass(frozen=True, slots=True)
class Part:
    """A shopper's part in the simulated referrals. ``follows``: the advocate whose link brought them; ``consents``: to
    being remembered by the store's script; ``spends``: looks for a reward of their own before paying."""

    shares: bool = False
    follows: str | None = None
    consents: bool = False
    spends: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """One order. ``shopper`` is the customer's number, or the invoice's for a guest; ``kept``: its id is needed later."""

    invoice: str
    at: datetime
    shopper: str
    guest: bool
    country: str
    goods: dict[Good, int]
    part: Part = Part()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """One cancelled invoice: what goes back, by the invoice that it was bought with."""

    invoice: str
    at: datetime
    shopper: str
    goods: dict[str, dict[Good, int]]


Step = Sale | Back


@dataclass
class Rows:
    """Every row of the file is used, left out (behind ``--orders``) or refused. ``changed``: used rows whose price was rounded."""

    given: int
    used: int = 0
    left_out: int = 0
    changed: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def complete(self) -> bool:
        return self.given == self.used + self.left_out + self.refused.total()


@dataclass(frozen=True)
class Plan:
    """``prices``: stock code → every price that is asked for it; ``titles``: stock code → what the file calls it most often."""

    steps: list[Step]
    rows: Rows
    prices: dict[str, list[int]]
    titles: dict[str, str]

    @property
    def sales(self) -> list[Sale]:
        return [step for step in self.steps if isinstance(step, Sale)]

    @property
    def refunds(self) -> int:
        """One for each order that a cancelled invoice touches."""
        return sum(len(step.goods) for step in self.steps if isinstance(step, Back))

    @property
    def customers(self) -> dict[str, str]:
        """Number → country of everybody who is no guest."""
        return {sale.shopper: sale.country for sale in self.sales if not sale.guest}

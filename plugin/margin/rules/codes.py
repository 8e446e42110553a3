"""What the shop's own discounts would take, and beside what they may stand. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from plugin.margin.rules.takes import DiscountClass, Take
from plugin.money import Money

GOODS: tuple[DiscountClass, ...] = ("product", "order")
"""Classes that touch the margin of goods; shipping does not."""


@dataclass(frozen=True, slots=True)
class ShopDiscount:
    """``code`` None: automatic. ``classes``, ``combines``: of "product", "order", "shipping". Of ``rate_bp`` and ``amount`` (of an order
    of at least ``minimum``) one is known, or none where what it takes cannot be told beforehand."""

    id: str
    title: str
    code: str | None
    classes: frozenset[str]
    combines: frozenset[str]
    rate_bp: int | None = None
    amount: Money | None = None
    minimum: Money | None = None

    def take(self) -> Take | None:
        """What the guard counts; None where that cannot be told, or where it takes nothing from goods."""
        own = next((one for one in GOODS if one in self.classes), None)
        if own is None or (self.rate_bp is None and self.amount is None):
            return None
        return Take(programme=self.title, kind="code", rate_bp=self.rate_bp, amount=self.amount, own_class=own, combines=self.combines,
                    minimum=self.minimum)

    def barred(self, ours: Iterable[str]) -> frozenset[str]:
        """Which of its classes must not stand beside discounts of ours, which have these classes: those on goods, if it lets one of
        ours stand beside it."""
        return self.classes.intersection(GOODS) if self.combines.intersection(ours) else frozenset()

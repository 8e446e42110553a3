"""What a visitor may take along from a landing page: a bundle of goods at its price. Pure."""

from dataclasses import dataclass

from plugin.money import Money


@dataclass(frozen=True, slots=True)
class Good:
    """``count`` units; ``before`` and ``after``: what all of them cost without and with the offer."""

    title: str
    image: str | None
    count: int
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Bundle:
    """``number``: the offer's. ``cart``: as Shopify's cart permalinks write goods, ``VARIANT:QUANTITY,…``. ``title``: the offer's, as
    the checkout shows it; ``place``: which of several bundles of one offer."""

    number: int
    goods: tuple[Good, ...]
    cart: str
    title: str = ""
    place: int = 0

    @property
    def key(self) -> str:
        """By which a page's button names it."""
        return f"{self.number}-{self.place}" if self.place else str(self.number)

    @property
    def before(self) -> Money:
        return Money(sum(one.before.amount for one in self.goods), self.goods[0].before.currency)

    @property
    def after(self) -> Money:
        return Money(sum(one.after.amount for one in self.goods), self.goods[0].after.currency)

    @property
    def saved(self) -> Money:
        return Money(self.before.amount - self.after.amount, self.before.currency)

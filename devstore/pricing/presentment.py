"""A cart shown in another currency. As at Shopify a Function sees that currency's amounts and says what comes off in them; the order
keeps what was said, beside its worth in the shop's own currency, in which everything else here is counted."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from devstore.currency import convert, digits
from devstore.functions.deciding import Given
from devstore.functions.inputs import Facts
from devstore.pricing.values import Priced, PricedLine, PricedShipping
from devstore.state.presented import taken_there
from devstore.state.shops import Shop


@dataclass(frozen=True, slots=True)
class Exchange:
    """``rate``: how much of ``shown`` one unit of the shop's currency buys, as decimal text."""

    own: str
    shown: str
    rate: str

    def there(self, amount: int) -> int:
        return convert(amount, self.own, self.shown, Decimal(self.rate))

    def back(self, amount: int, most: int) -> int:
        """In the shop's currency, half up; what is something there is something here."""
        if not amount:
            return 0
        value = Decimal(amount).scaleb(digits(self.own) - digits(self.shown)) / Decimal(self.rate)
        return min(most, max(1, int(value.to_integral_value(rounding=ROUND_HALF_UP))))


def exchange(shop: Shop, shown: str | None) -> Exchange | None:
    """None for what is shown in the shop's own currency."""
    return Exchange(shop.currency, shown, shop.rates[shown]) if shown and shown != shop.currency and shown in shop.rates else None


def shown_facts(facts: Facts, money: Exchange | None) -> Facts:
    """What the Function is told."""
    if money is None:
        return facts
    lines = [replace(line, price=money.there(line.price)) for line in facts.lines]
    shipping = None if facts.shipping is None else money.there(facts.shipping)
    return replace(facts, lines=lines, shipping=shipping, rate=money.rate, currency=money.shown)


def counted(given: Given, lines: list[PricedLine], money: Exchange | None, shipping: int) -> Given:
    """What the Function gave, in the shop's currency."""
    if money is None:
        return given
    off = [money.back(amount, line.subtotal) for amount, line in zip(given.lines, lines, strict=True)]
    whole = sum(line.subtotal for line in lines)
    return replace(given, lines=off, order=money.back(given.order, whole), shipping=money.back(given.shipping, shipping))


def presented(priced: Priced, money: Exchange | None) -> Priced:
    """In the currency that is shown: each price rounded by itself, lines and totals made of those (``state.presented``)."""
    if money is None:
        return priced
    shipping = _shipping(priced.shipping, money) if priced.shipping else None
    lines = [_line(line, money) for line in priced.lines]
    applications = [replace(one, value=money.there(one.value)) if one.value_type == "fixed_amount" else one for one in priced.applications]
    return replace(priced, currency=money.shown, lines=lines, shipping=shipping, applications=applications,
                   store_credit=money.there(priced.store_credit))  # fmt: skip


def _line(line: PricedLine, money: Exchange) -> PricedLine:
    price = money.there(line.price)
    taken = taken_there(line.allocations, price * line.quantity, money.there)
    return replace(line, price=price, tax=money.there(line.tax), allocations=taken)


def _shipping(shipping: PricedShipping, money: Exchange) -> PricedShipping:
    price = money.there(shipping.price)
    return replace(shipping, price=price, tax=money.there(shipping.tax), allocations=taken_there(shipping.allocations, price, money.there))

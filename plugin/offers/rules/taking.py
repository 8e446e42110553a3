"""What offers would take from an order's margin, in the words of the margin guard. Pure.

``inside`` says which goods a set reaches; it knows vendors, tags and what the mirror knows besides.
"""

from collections.abc import Callable, Iterable, Sequence

from plugin.margin.rules import WHOLE, Good, Take
from plugin.margin.rules.guard import Place, gift_take
from plugin.money import Money
from plugin.offers.rules.model import Benefit, Goods, Offer

Inside = Callable[[Goods], tuple[Good, ...]]
BOTH = frozenset({"product", "order", "shipping"})


def carried(offer: Offer) -> bool:
    """Do other goods pay for what it gives? (The same question as ``compiled.carried``.)"""
    return offer.kind == "gift" or (bool(offer.parts) and not offer.whole and any(part.benefit is None for part in offer.parts))


def trimmed(offer: Offer) -> bool:
    """Is what it takes from goods trimmed line by line?"""
    return offer.own_class == "product" and not carried(offer)


def wanted(offer: Offer, good: Good) -> int:
    """The most basis points that it would take from a unit of this good, and that caps can trim. A bundle's price or amount may all
    fall upon one good; and of what an amount in another currency is in the shop's, nobody knows here: it may be all of the price."""
    if not trimmed(offer):
        return 0
    if offer.whole:
        return _rate(offer.whole, good) if offer.whole.worth == "percent" else WHOLE
    benefits = [part.benefit for part in offer.parts if part.benefit] + [step.benefit for step in offer.steps]
    if any(_abroad(one.amounts) for one in benefits):
        return WHOLE
    return max((_rate(one, good) for one in benefits), default=0)


def unweighed(offer: Offer) -> str | None:
    """The field with amounts in other currencies that no floor can be held against: what it takes is not trimmed line by line, and how
    much these are in the shop's own currency is only known at the checkout. None where the guard can say what it takes."""
    benefits = [offer.benefit, *(part.benefit for part in offer.parts)]
    if (carried(offer) or offer.own_class == "order") and any(_abroad(one.amounts) for one in benefits if one):
        return "benefit"
    rated = offer.benefit is not None and not offer.benefit.amounts
    measured = offer.kind == "gift" or (offer.own_class == "order" and not rated)
    return "basket" if measured and _abroad(offer.basket.amounts) else None


def places(offer: Offer, inside: Inside) -> tuple[Place, ...]:
    """Of a carried bundle: what is paid in full, and what is given for it. Empty for every other offer."""
    if not carried(offer) or offer.kind == "gift":
        return ()
    return tuple(_place(inside(part.goods), part.count, part.benefit) for part in offer.parts)


def takes(offers: Iterable[Offer], inside: Inside, currency: str) -> list[Take]:
    """Of gifts, and of offers on the basket: the dearest rate and the dearest amount, of which one order has
    one, and all that stack."""
    offers = list(offers)
    found = [_gift(offer, inside, currency) for offer in offers if offer.kind == "gift"]
    baskets = [offer for offer in offers if offer.own_class == "order" and offer.benefit]
    rates = [offer for offer in baskets if not offer.stacks and offer.benefit and not offer.benefit.amounts]
    amounts = [offer for offer in baskets if not offer.stacks and offer not in rates]
    dearest = [max(some, key=_weight) for some in (rates, amounts) if some]
    return [one for one in found if one] + [_basket(offer) for offer in baskets if offer.stacks or offer in dearest]


def _gift(offer: Offer, inside: Inside, currency: str) -> Take | None:
    """Measured by a quantity, the goal is that many of the cheapest goods."""
    part, basket = offer.parts[0], offer.basket
    goods, measured = inside(part.goods), inside(basket.goods)
    least = basket.amounts[0].amount if basket.amounts else basket.quantity * min((good.price for good in measured), default=0)
    if not goods:
        return None
    if least <= 0:
        return Take(programme=offer.title, kind="gift", rate_bp=WHOLE)
    return gift_take(offer.title, goods, count=part.count, goal=Money(least, currency))


def _basket(offer: Offer) -> Take:
    benefit, basket = offer.benefit, offer.basket
    amount = benefit.amounts[0] if benefit and benefit.amounts else None
    return Take(programme=offer.title, kind="basket", rate_bp=benefit.basis_points if benefit and not amount else None, amount=amount,
                combines=BOTH, minimum=basket.amounts[0] if basket.amounts and not _abroad(basket.amounts) else None)


def _weight(offer: Offer) -> tuple[int, int]:
    benefit = offer.benefit
    if benefit is None:
        return (0, 0)
    return benefit.basis_points, benefit.amounts[0].amount if benefit.amounts else 0


def _place(goods: Sequence[Good], count: int, benefit: Benefit | None) -> Place:
    if benefit is None:
        return Place(tuple(goods), count)
    if benefit.worth in ("percent", "free"):
        return Place(tuple(goods), count, rate_bp=benefit.basis_points or WHOLE)
    amount = benefit.amounts[0].amount
    return Place(tuple(goods), count, amount=amount) if benefit.worth == "amount" else Place(tuple(goods), count, price=amount)


def _rate(benefit: Benefit, good: Good) -> int:
    if benefit.worth in ("percent", "free"):
        return benefit.basis_points or WHOLE
    amount = benefit.amounts[0].amount
    off = amount if benefit.worth == "amount" else good.price - amount
    return min(WHOLE, max(0, -(-off * WHOLE // good.price))) if good.price > 0 else 0


def _abroad(amounts: Sequence[Money]) -> bool:
    """Is it fixed in other currencies than the shop's, which is the first?"""
    return len(amounts) > 1

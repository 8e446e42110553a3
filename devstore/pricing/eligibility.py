"""Whether a discount may be used with this cart, by this buyer, now: the first reason against it, in Shopify's order."""

from dataclasses import dataclass
from datetime import datetime

from devstore.pricing.values import Candidate, PricedLine
from devstore.state.discounts import Discount, Items, RedeemCode


@dataclass(frozen=True, slots=True)
class Basket:
    """``country`` and ``shipping`` are None before the buyer is known."""

    lines: list[PricedLine]
    now: datetime
    customer_id: int | None = None
    country: str | None = None
    shipping: int | None = None


def entitled(items: Items, line: PricedLine) -> bool:
    if items.all:
        return True
    return (
        line.product_id in items.products or line.variant_id in items.variants or any(one in items.collections for one in line.collections)
    )


def refusal(candidate: Candidate, basket: Basket) -> str | None:
    """None if it may apply, else a stable word."""
    discount, code = candidate.discount, candidate.code
    if not discount.active(basket.now):
        return "not_active"
    return (_used_up(discount, code, basket) if code else None) or _wrong_buyer(discount, basket) or _too_little(discount, basket)


def _used_up(discount: Discount, code: RedeemCode, basket: Basket) -> str | None:
    """Limits count per redeem code, not for the whole discount."""
    if discount.usage_limit is not None and code.used >= discount.usage_limit:
        return "used_up"
    if discount.once_per_customer and basket.customer_id is not None and basket.customer_id in code.customers:
        return "already_used"
    return None


def _wrong_buyer(discount: Discount, basket: Basket) -> str | None:
    if discount.customers is not None and basket.customer_id not in discount.customers:
        return "not_for_customer"
    if discount.countries is not None and basket.country is not None and basket.country not in discount.countries:
        return "wrong_country"
    if discount.maximum_shipping is not None and basket.shipping is not None and basket.shipping > discount.maximum_shipping:
        return "shipping_too_dear"
    return None


def _too_little(discount: Discount, basket: Basket) -> str | None:
    """Minimums look at the entitled goods before any discount."""
    items = discount.bxgy.buys if discount.bxgy else discount.items
    lines = [line for line in basket.lines if entitled(items, line)]
    if not lines:
        return "not_entitled"
    if discount.minimum_subtotal is not None and sum(line.subtotal for line in lines) < discount.minimum_subtotal:
        return "minimum_subtotal"
    if discount.minimum_quantity is not None and sum(line.quantity for line in lines) < discount.minimum_quantity:
        return "minimum_quantity"
    return None

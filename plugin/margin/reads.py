"""The shop's own discounts as Shopify tells of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from plugin.margin.rules.codes import GOODS, ShopDiscount
from plugin.money import Money
from plugin.shopify import gid


def read_discount(node: Mapping[str, Any]) -> ShopDiscount | None:
    """A node of ``discounts_listed``. None for one of which nothing is told, such as free shipping."""
    told = node["discount"]
    if "title" not in told:
        return None
    codes = told.get("codes", {}).get("nodes", [])
    rate_bp, amount = _value(told.get("customerGets", {}).get("value") or {})
    least = (told.get("minimumRequirement") or {}).get("greaterThanOrEqualToSubtotal")
    return ShopDiscount(
        id=gid.digits(node["id"]), title=told["title"], code=codes[0]["code"] if codes else None,
        classes=frozenset(one.lower() for one in told["discountClasses"]),
        combines=frozenset(one for one in GOODS if told["combinesWith"][f"{one}Discounts"]),
        rate_bp=rate_bp, amount=amount, minimum=_money(least) if least else None)


def _value(told: Mapping[str, Any]) -> tuple[int | None, Money | None]:
    """The wire tells a rate as a fraction of one. An amount off each item may be any share of a basket, so it cannot be told."""
    if "percentage" in told:
        return int((Decimal(str(told["percentage"])) * 10_000).to_integral_value("ROUND_CEILING")), None
    if "amount" in told and not told["appliesOnEachItem"]:
        return None, _money(told["amount"])
    return None, None


def _money(told: Mapping[str, Any]) -> Money:
    return Money.parse(told["amount"], told["currencyCode"])

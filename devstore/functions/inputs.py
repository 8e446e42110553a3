"""A cart as a Function may see it: Shopify's own graph, asked by the extension's query. Amounts in the shop's currency."""

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from graphql import ExecutionResult, execute

from devstore import gid
from devstore.currency import decimal
from devstore.functions.query import Query, check_lists
from devstore.functions.running import Failed
from devstore.functions.schema import schema
from devstore.pricing.values import PricedLine
from devstore.state.discounts import Discount
from devstore.state.markets import market_of
from devstore.state.people import Customer
from devstore.state.shops import Shop

LARGEST_METAFIELD = 10_000
Node = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What is known when the cart is priced. ``properties``: of each line, as the shopper's form sent them. ``applied``: codes, folded,
    whose discounts the cart has already; no Function can refuse those. ``shipping``: what all deliveries cost; ``parcels``: each of them,
    where the cart goes in several. ``recurring``: keys of lines that are bought by subscription."""

    shop: Shop
    lines: list[PricedLine]
    now: datetime
    codes: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    properties: dict[str, dict[str, str]] = field(default_factory=dict)
    customer: Customer | None = None
    country: str | None = None
    shipping: int | None = None
    rate: str = "1.0"
    """Of the cart's currency per one of the shop's; devstore prices in the shop's own."""
    currency: str | None = None
    applied: frozenset[str] = frozenset()
    parcels: tuple[int, ...] = ()
    recurring: frozenset[str] = frozenset()

    @property
    def deliveries(self) -> dict[str, int]:
        """By its group's id what each costs; nothing while that is not known."""
        costs = self.parcels or (() if self.shipping is None else (self.shipping,))
        return {gid.make("CartDeliveryGroup", number): cost for number, cost in enumerate(costs, 1)}

    @property
    def money(self) -> str:
        return self.currency or self.shop.currency


def line_id(line: PricedLine) -> str:
    return f"gid://shopify/CartLine/{uuid.uuid5(uuid.NAMESPACE_OID, line.key)}"


def variables(facts: Facts, discount: Discount, place: tuple[str, str] | None) -> dict[str, Any]:
    """The query's variables, out of the discount's metafield; nothing without it. Raises Failed when it is no JSON object."""
    found = _metafield(facts, *_owners(discount))(None, place[1], place[0]) if place else None
    given = found["jsonValue"] if found else {}
    if not isinstance(given, dict):
        raise Failed("The metafield of the variables holds no JSON object.")
    check_lists(given)
    return given


def make(query: Query, facts: Facts, discount: Discount, given: dict[str, Any]) -> bytes:
    """The input, as JSON without spaces. Raises Failed when the query cannot be executed with these variables."""
    names = {one.variable.name.value for part in query.document.definitions for one in getattr(part, "variable_definitions", None) or ()}
    done = execute(schema(), query.document, _root(facts, discount), variable_values={k: v for k, v in given.items() if k in names})
    if not isinstance(done, ExecutionResult) or done.errors:
        raise Failed(f"The input query failed: {done.errors if isinstance(done, ExecutionResult) else done}")
    return json.dumps(done.data, separators=(",", ":"), ensure_ascii=False).encode()


def _root(facts: Facts, discount: Discount) -> Node:
    own = {code.casefold() for code in discount.codes.values()}
    return {
        "presentmentCurrencyRate": facts.rate,
        "triggeringDiscountCode": next((code for code in facts.codes if code.casefold() in own), None),
        "enteredDiscountCodes": [{"code": code, "rejectable": code.casefold() not in facts.applied} for code in facts.codes],
        "discount": {"discountClasses": [one.upper() for one in discount.classes], "metafield": _metafield(facts, *_owners(discount))},
        "shop": {"metafield": _metafield(facts, gid.make("Shop", facts.shop.id)), "localTime": _local(facts)},
        "localization": {"country": {"isoCode": facts.country or facts.shop.country_code}, "language": {"isoCode": "EN"},
                         "market": _market(facts)},
        "cart": _cart(facts),
    }


def _market(facts: Facts) -> Node:
    """Shops that no fixture gave a market are in one all the same: every input has one."""
    found = market_of(facts.shop, facts.country or facts.shop.country_code)
    return {"id": gid.make("Market", found.id), "handle": found.handle} if found else {"id": gid.make("Market", 1), "handle": "primary"}


def _owners(discount: Discount) -> tuple[str, str]:
    own = "DiscountCodeNode" if discount.method == "code" else "DiscountAutomaticNode"
    return gid.make(own, discount.id), gid.make("DiscountNode", discount.id)


def _metafield(facts: Facts, *owners: str) -> Callable[..., Node | None]:
    """The resolver of ``metafield``. A value of more than 10,000 bytes is left out, as at Shopify."""

    def read(_info: object, key: str, namespace: str = "$app") -> Node | None:
        found = next((one for owner in owners if (one := facts.shop.metafields.get(owner, {}).get(f"{namespace}.{key}"))), None)
        if found is None or len(found.value.encode()) > LARGEST_METAFIELD:
            return None
        shown = json.loads(found.value) if found.kind == "json" or found.kind.startswith("list.") else found.value
        return {"value": found.value, "type": found.kind, "jsonValue": shown}

    return read


def _local(facts: Facts) -> Node:
    now = facts.now.astimezone(ZoneInfo(facts.shop.timezone)).replace(tzinfo=None)
    return {
        "date": now.date().isoformat(),
        "dateTimeAfter": lambda _info, dateTime: now >= datetime.fromisoformat(dateTime),
        "dateTimeBefore": lambda _info, dateTime: now < datetime.fromisoformat(dateTime),
    }


def _attribute(given: dict[str, str]) -> Callable[..., Node | None]:
    return lambda _info, key=None: {"key": key, "value": given[key]} if key in given else None


def _money(facts: Facts, amount: int) -> Node:
    return {"amount": decimal(amount, facts.money), "currencyCode": facts.money}


def _cart(facts: Facts) -> Node:
    whole = _money(facts, sum(line.subtotal for line in facts.lines))
    return {
        "attribute": _attribute(facts.attributes),
        "cost": {"subtotalAmount": whole, "totalAmount": whole},
        "buyerIdentity": {"email": facts.customer.email, "isAuthenticated": True, "customer": _customer(facts, facts.customer)}
        if facts.customer else None,
        "deliveryGroups": [_group(facts, *one) for one in facts.deliveries.items()],
        "lines": [_line(facts, line) for line in facts.lines],
    }


def _customer(facts: Facts, one: Customer) -> Node:
    return {"id": gid.make("Customer", one.id), "email": one.email, "numberOfOrders": len(one.orders), **_tags(one.tags),
            "metafield": _metafield(facts, gid.make("Customer", one.id))}


def _tags(own: Iterable[str]) -> Node:
    known = {tag.casefold() for tag in own}
    return {
        "hasTags": lambda _info, tags: [{"tag": tag, "hasTag": tag.casefold() in known} for tag in tags],
        "hasAnyTag": lambda _info, tags: any(tag.casefold() in known for tag in tags),
    }


def _group(facts: Facts, name: str, cost: int) -> Node:
    option = {"handle": "option-1", "title": "Shipping", "code": "shipping", "cost": _money(facts, cost),
              "deliveryMethodType": "SHIPPING"}
    return {"id": name, "groupType": "ONE_TIME_PURCHASE", "cartLines": [{"id": line_id(line)} for line in facts.lines],
            "deliveryOptions": [option], "selectedDeliveryOption": option}


def _line(facts: Facts, line: PricedLine) -> Node:
    whole = _money(facts, line.subtotal)
    return {
        "id": line_id(line),
        "quantity": line.quantity,
        "attribute": _attribute(facts.properties.get(line.key, {})),
        "cost": {"amountPerQuantity": _money(facts, line.price), "subtotalAmount": whole, "totalAmount": whole},
        "sellingPlanAllocation": {"__typename": "SellingPlanAllocation"} if line.key in facts.recurring else None,
        "merchandise": _variant(facts, line),
    }


def _variant(facts: Facts, line: PricedLine) -> Node:
    product, variant = facts.shop.products[line.product_id], facts.shop.variants[line.variant_id]
    inside = {gid.make("Collection", one) for one in product.collections}
    asked = {
        "inCollections": lambda _info, ids: [{"collectionId": one, "isMember": one in inside} for one in ids],
        "inAnyCollection": lambda _info, ids: not inside.isdisjoint(ids),
    }
    return {
        "__typename": "ProductVariant", "id": gid.make("ProductVariant", variant.id), "sku": variant.sku,
        "requiresShipping": variant.requires_shipping,
        "product": {"id": gid.make("Product", product.id), "handle": product.handle, "vendor": product.vendor, "productType": product.kind,
                    "isGiftCard": product.kind.casefold() == "gift card", **asked, **_tags(product.tags)},
    }

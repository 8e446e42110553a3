"""A case of the engine's tests as a shop of the development store, so that the Function sees it through its own query."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from devstore.functions.deciding import Given, decide, run_target
from devstore.functions.extension import Extension, extensions
from devstore.functions.inputs import Facts, line_id
from devstore.functions.running import Ran
from devstore.pricing.values import PricedLine
from devstore.state.discounts import Discount
from devstore.state.people import Customer
from devstore.state.products import Product, Variant
from devstore.state.shops import Metafield, Shop
from plugin.offers.rules import pages
from plugin.offers.rules.cart import Line, Outcome
from plugin.offers.rules.compiled import GIFT_CARD, SUBSCRIPTION
from plugin.offers.rules.evaluation import evaluate
from tests.offers.cast import Case

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HANDLE = "tandem-discount"
CLASSES = ["product", "order", "shipping"]


def extension() -> Extension:
    return extensions()[HANDLE]


@dataclass(frozen=True)
class Stage:
    """``case`` with the ids that the lines have at the checkout."""

    case: Case
    facts: Facts
    discount: Discount

    def said(self) -> Given:
        return decide(extension(), self.discount, self.facts)

    def told(self) -> Outcome:
        return evaluate(self.case.offers, self.case.lines, self.case.context)

    def ran(self) -> Ran:
        return run_target(extension(), extension().targets[0], self.discount, self.facts)


def staged(case: Case, *, key: str = "", country: str = "GB", tags: tuple[str, ...] = ()) -> Stage:
    """``tags``: of the customer, who is there if there are any."""
    shop = Shop(1, "north", "north.myshopify.com", "North", "sam@north.test", "EUR", NOW, NOW, timezone="UTC")
    priced = [_place(shop, line, case) for line in case.lines]
    discount = Discount(7, "automatic", "app", "Offers", NOW, NOW, NOW, function=HANDLE, classes=CLASSES)
    discount.classes = [one for one in CLASSES if one in case.context.classes]
    _configure(shop, case, key)
    properties = {line.id: {"_offer": str(line.chosen)} for line in case.lines if line.chosen}
    customer = Customer(1, NOW, NOW, tags=list(tags)) if tags else None
    context = case.context
    facts = Facts(shop, priced, NOW + timedelta(days=context.passed), properties=properties, customer=customer, country=country,
                  shipping=context.shipping, rate=context.rate, currency=context.currency)
    lines = tuple(replace(line, id=line_id(at)) for line, at in zip(case.lines, priced, strict=True))
    return Stage(replace(case, lines=lines), facts, discount)


def _place(shop: Shop, line: Line, case: Case) -> PricedLine:
    """Puts the line's product on the shelf. What is known of a product is the same on all its lines."""
    product = shop.products.setdefault(line.product, Product(line.product, "Goods", f"goods-{line.product}", NOW, NOW))
    product.kind = "Gift card" if line.marks & GIFT_CARD else ""
    product.collections = [one for at, one in enumerate(case.offers.collections) if line.marks >> at & 1]
    product.tags = [one for at, one in enumerate(case.offers.tags) if line.marks >> 4 + at & 1]
    if line.marks & SUBSCRIPTION:
        raise ValueError("the development store sells no subscriptions")
    shop.variants.setdefault(line.variant, Variant(line.variant, line.product, line.variant, "Default Title", line.price))
    return PricedLine(line.id, line.product, line.variant, line.price, line.quantity)


def _configure(shop: Shop, case: Case, key: str) -> None:
    made = pages.pages(case.offers, key=key, made=int(NOW.strftime("%Y%m%d%H%M")))
    owner = "gid://shopify/DiscountAutomaticNode/7"
    texts = {"config_0": made[0], "variables": json.dumps(pages.variables(case.offers))}
    shop.metafields[owner] = {f"$app.{name}": Metafield(1, owner, "$app", name, "json", text, NOW, NOW) for name, text in texts.items()}

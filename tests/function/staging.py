"""A case of the engine's tests as a shop of the development store, so that the Function sees it through its own query."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from devstore.functions.deciding import Given, decide, run_target
from devstore.functions.extension import Extension, extensions
from devstore.functions.inputs import Facts, line_id, make, variables
from devstore.functions.running import Ran
from devstore.pricing.values import PricedLine
from devstore.state.discounts import Discount
from devstore.state.people import Customer
from devstore.state.products import Product, Variant
from devstore.state.shops import Metafield, Shop
from plugin.attribution.rules.proofs import ATTRIBUTE, signed
from plugin.offers.rules import pages
from plugin.offers.rules.cart import Context, Line, Outcome
from plugin.offers.rules.compiled import CUSTOMER_TAGS, GIFT_CARD, SUBSCRIPTION, Compiled, spelt
from plugin.offers.rules.conditions import CLASS_OF
from plugin.offers.rules.evaluation import evaluate
from tests.offers.cast import Case

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HANDLE = "tandem-discount"
CLASSES = ["product", "order", "shipping"]
DISCOUNT = "gid://shopify/DiscountAutomaticNode/7"
CUSTOMER = "gid://shopify/Customer/1"
KEY = "0123456789abcdef0123456789abcdef"
REFUSAL = 'This code is yours: it is for "friends" …'


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

    def input(self) -> bytes:
        """Of the target that looks at lines."""
        place = extension().variables
        return make(extension().targets[0].query, self.facts, self.discount, variables(self.facts, self.discount, place))

    def ran(self) -> Ran:
        return run_target(extension(), extension().targets[0], self.discount, self.facts)


def staged(case: Case) -> Stage:
    """What the engine is told about the shopper comes to the Function by the road of each: tags, codes, metafield, signed attribute."""
    shop = Shop(1, "north", "north.myshopify.com", "North", "sam@north.test", spelt(case.offers.currency), NOW, NOW, timezone="UTC")
    priced = [_place(shop, line, case) for line in case.lines]
    discount = Discount(7, "automatic", "app", "Offers", NOW, NOW, NOW, function=HANDLE)
    discount.classes = [one for one in CLASSES if one in case.context.classes]
    told = pages.pages(_told(case), key="0" * 32 + KEY, code_key=KEY, made=_digits(NOW), refusal=REFUSAL)
    keep(shop, DISCOUNT, {f"config_{at}": json.loads(page) for at, page in enumerate(told)} | {"variables": pages.variables(case.offers)})
    lines = tuple(replace(line, id=line_id(at)) for line, at in zip(case.lines, priced, strict=True))
    return Stage(replace(case, lines=lines), _facts(shop, priced, case), discount)


def _told(case: Case) -> Compiled:
    """A discount has the classes of its offers; so what is of another class is not in its configuration."""
    return replace(case.offers, rules=tuple(rule for rule in case.offers.rules if CLASS_OF[rule.mechanic] in case.context.classes))


def _facts(shop: Shop, priced: list[PricedLine], case: Case) -> Facts:
    context = case.context
    properties = {line.id: {"_offer": str(line.chosen)} for line in case.lines if line.chosen}
    codes = [f"{prefix.swapcase()}-7K" for prefix, mark in case.offers.codes if mark in context.marks]
    rest = context.marks - {mark for _, mark in case.offers.codes}
    customer = _customer(shop, case, {mark for mark in rest if mark <= CUSTOMER_TAGS or mark % 2})
    attributes = _attributes({mark for mark in rest if mark > CUSTOMER_TAGS and mark % 2 == 0})
    recurring = frozenset(line.id for line in case.lines if line.marks & SUBSCRIPTION)
    return Facts(shop, priced, _moment(case), codes, attributes, properties, customer, context.country or "GB", context.shipping,
                 context.rate, context.currency, recurring=recurring)


def _customer(shop: Shop, case: Case, marks: set[int]) -> Customer | None:
    """Nobody is logged in where nothing is known of them."""
    if not marks:
        return None
    tags = [tag for at, tag in enumerate(case.offers.customer_tags, 1) if at in marks]
    keep(shop, CUSTOMER, {"marks": sorted(mark for mark in marks if mark > CUSTOMER_TAGS)})
    return Customer(1, NOW, NOW, tags=tags)


def _attributes(marks: set[int]) -> dict[str, str]:
    return {ATTRIBUTE: signed(marks, NOW.replace(tzinfo=None) + timedelta(days=1), KEY)} if marks else {}


def _moment(case: Case) -> datetime:
    """Just after as many switches as have passed."""
    passed = case.context.passed
    return datetime.strptime(str(case.offers.switches[passed - 1]), "%Y%m%d%H%M").replace(tzinfo=UTC) if passed else NOW


def _digits(moment: datetime) -> int:
    return int(moment.strftime("%Y%m%d%H%M"))


def _place(shop: Shop, line: Line, case: Case) -> PricedLine:
    """Puts the line's product on the shelf. What is known of a product is the same on all its lines."""
    product = shop.products.setdefault(line.product, Product(line.product, "Goods", f"goods-{line.product}", NOW, NOW))
    product.kind = "Gift card" if line.marks & GIFT_CARD else ""
    product.collections = [one for at, one in enumerate(case.offers.collections) if line.marks >> at & 1]
    shop.variants.setdefault(line.variant, Variant(line.variant, line.product, line.variant, "Default Title", line.price))
    return PricedLine(line.id, line.product, line.variant, line.price, line.quantity)


def keep(shop: Shop, owner: str, values: dict[str, Any]) -> None:
    """Metafields of the app, as JSON."""
    home = shop.metafields.setdefault(owner, {})
    for name, value in values.items():
        home[f"$app.{name}"] = Metafield(1, owner, "$app", name, "json", json.dumps(value, separators=(",", ":")), NOW, NOW)


def within(case: Case, **context: Any) -> Case:  # noqa: ANN401 - what a context holds
    told: Context = replace(case.context, **context)
    return replace(case, context=told)

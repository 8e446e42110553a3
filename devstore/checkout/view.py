"""What the templates show: lines and totals as printed text, and the words of the checkout."""

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from devstore.pricing.presentment import exchange, presented
from devstore.pricing.values import Priced
from devstore.state.orders import Order
from devstore.state.presented import presented as order_presented
from devstore.storefront import drops
from devstore.storefront.shopper import Shopper
from devstore.theme.locales import Locales
from devstore.theme.money import show, with_currency

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def texts() -> Locales:
    return Locales(HERE / "locales")


@dataclass(frozen=True)
class Words:
    """`say('checkout.title')` in the page's language."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        return texts().translate(key, self.language, values)


@dataclass(frozen=True)
class LineShown:
    title: str
    variant: str
    quantity: int
    picture: str
    before: str
    price: str
    savings: list[str]


@dataclass(frozen=True)
class Row:
    """One line of the totals: `kind` is "", "saving", "strong" or "note"."""

    label: str
    amount: str
    kind: str = ""


@dataclass(frozen=True)
class Summary:
    lines: list[LineShown]
    rows: list[Row]
    codes: list[tuple[str, str]]


def printed(seen: Shopper, minor: int) -> str:
    return seen.money.plain(seen.shown(minor))


def summary_of_price(seen: Shopper, priced: Priced, say: Words) -> Summary:
    """A cart at the checkout. `codes`: the code and what is wrong with it ("" when it applies)."""
    priced = presented(priced, exchange(seen.shop, seen.currency))
    money, lines = partial(show, currency=priced.currency), []
    for line in priced.lines:
        product = seen.shop.products[line.product_id]
        variant = seen.shop.variants[line.variant_id]
        name = "" if drops.default_only(product) else variant.title
        savings = [f"{priced.applications[one.application].title} (−\u2060{money(one.amount)})" for one in line.allocations]
        before = money(line.subtotal) if line.discounted != line.subtotal else ""
        picture = drops.picture_path(product, None if not name else variant)
        lines.append(LineShown(product.title, name, line.quantity, picture, before, money(line.discounted), savings))
    codes = [(one.code, "" if one.applies else one.words or say(f"verdict.{one.reason or 'other'}")) for one in priced.verdicts]
    return Summary(lines, _rows_of_price(priced, say), codes)


def _rows_of_price(priced: Priced, say: Words) -> list[Row]:
    money = partial(show, currency=priced.currency)
    rows = [Row(say("checkout.subtotal"), money(priced.subtotal))]
    if priced.shipping:
        rows.append(Row(say("checkout.shipping_line"), _or_free(priced.shipping.discounted, priced.currency, say)))
    if not priced.taxes_included and priced.tax:
        rows.append(Row(say("checkout.taxes"), money(priced.tax)))
    rows.append(Row(say("checkout.total"), with_currency(priced.total, priced.currency), "strong"))
    if priced.taxes_included and priced.tax:
        rows.append(Row(say("checkout.included", amount=money(priced.tax)), "", "note"))
    if priced.store_credit:
        rows.append(Row(say("checkout.credit_used"), "−" + money(priced.store_credit), "saving"))
        rows.append(Row(say("checkout.due"), money(priced.due), "strong"))
    return rows


def summary_of_order(seen: Shopper, order: Order, say: Words) -> Summary:
    """An order as it stands now: what was bought, and what was given back."""
    order = order_presented(order)
    money, lines = partial(show, currency=order.currency), []
    for line in order.lines:
        product = seen.shop.products.get(line.product_id or 0)
        picture = (
            drops.picture_path(product, seen.shop.variants.get(line.variant_id or 0) if line.variant_title else None) if product else ""
        )
        whole = line.price * line.quantity
        savings = [f"{order.applications[one.application].title} (−\u2060{money(one.amount)})" for one in line.allocations]
        before = money(whole) if line.discounted != whole else ""
        lines.append(
            LineShown(line.title, line.variant_title or "", line.quantity, picture, before, money(line.discounted), savings)
        )
    added = [line for line in order.lines if line.added_by_edit]
    goods, tax = order.subtotal + sum(line.discounted for line in added), order.tax + sum(line.tax for line in added)
    rows = [Row(say("checkout.subtotal"), money(goods))]
    if order.shipping_lines:
        rows.append(Row(say("checkout.shipping_line"), _or_free(order.shipping, order.currency, say)))
    if not order.taxes_included and tax:
        rows.append(Row(say("checkout.taxes"), money(tax)))
    total = goods + order.shipping + (0 if order.taxes_included else tax)
    rows.append(Row(say("checkout.total"), with_currency(total, order.currency), "strong"))
    if order.taxes_included and tax:
        rows.append(Row(say("checkout.included", amount=money(tax)), "", "note"))
    credit = sum(one.amount for one in order.transactions if one.gateway == "shopify_store_credit" and one.kind == "sale")
    if credit:
        rows.append(Row(say("checkout.credit_used"), "−" + money(credit), "saving"))
    if order.refunded:
        rows.append(Row(say("order.refunded"), "−" + money(order.refunded), "saving"))
    return Summary(lines, rows, [])


def _or_free(minor: int, currency: str, say: Words) -> str:
    return show(minor, currency) if minor else say("checkout.free")

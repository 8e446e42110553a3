"""The AJAX API's picture of a cart. Amounts are hundredths of the shown currency, in which each price is rounded by itself."""

from functools import partial
from typing import Any

from devstore.currency import text
from devstore.pricing.presentment import exchange, presented
from devstore.pricing.values import Priced, PricedLine
from devstore.state.carts import Cart, CartLine
from devstore.state.orders import Application
from devstore.storefront import drops
from devstore.storefront.shopper import Shopper
from devstore.theme.money import hundredths

Json = dict[str, Any]


def cart_json(seen: Shopper, cart: Cart, priced: Priced) -> Json:
    """Shopify's `/cart.js`. ``priced`` is in the shop's currency."""
    priced = in_currency(seen, priced)
    items = [item_json(seen, line, priced) for line in cart.lines if _has(priced, line.key)]
    shown = partial(hundredths, currency=priced.currency)
    return {
        "token": cart.token,
        "note": cart.note,
        "attributes": cart.attributes,
        "original_total_price": shown(priced.items_subtotal),
        "total_price": shown(priced.subtotal),
        "total_discount": shown(priced.items_subtotal - priced.subtotal),
        "total_weight": 0,
        "item_count": sum(line.quantity for line in priced.lines),
        "items": items,
        "requires_shipping": any(line.requires_shipping for line in priced.lines),
        "currency": seen.currency,
        "items_subtotal_price": shown(sum(line.subtotal - line_level(line, priced) for line in priced.lines)),
        "cart_level_discount_applications": _cart_level(priced),
        "discount_codes": [{"code": verdict.code, "applicable": verdict.applies} for verdict in priced.verdicts],
    }


def in_currency(seen: Shopper, priced: Priced) -> Priced:
    """What the visitor is shown."""
    return presented(priced, exchange(seen.shop, seen.currency))


def item_json(seen: Shopper, line: CartLine, whole: Priced) -> Json:
    """``whole`` is in the currency that is shown."""
    priced, shown = _priced(whole, line.key), partial(hundredths, currency=whole.currency)
    product = seen.shop.product_of(line.variant_id)
    variant = seen.shop.variants[line.variant_id]
    own = line_level(priced, whole)
    final_line = priced.subtotal - own
    picture = drops.picture_path(product, None if drops.default_only(product) else variant)
    title = product.title if drops.default_only(product) else f"{product.title} - {variant.title}"
    single = shown(final_line) // priced.quantity
    return {
        "id": variant.id,
        "variant_id": variant.id,
        "key": line.key,
        "quantity": priced.quantity,
        "properties": line.properties,
        "title": title,
        "price": shown(priced.price),
        "original_price": shown(priced.price),
        "presentment_price": text(priced.price, whole.currency),
        "discounted_price": single,
        "final_price": single,
        "line_price": shown(priced.subtotal),
        "original_line_price": shown(priced.subtotal),
        "final_line_price": shown(final_line),
        "total_discount": shown(own),
        "line_level_total_discount": shown(own),
        "discounts": [{"amount": shown(one.amount), "title": whole.applications[one.application].title} for one in priced.allocations],
        "line_level_discount_allocations": _line_level_allocations(priced, whole),
        "sku": variant.sku,
        "grams": 0,
        "vendor": product.vendor,
        "taxable": variant.taxable,
        "product_id": product.id,
        "product_has_only_default_variant": drops.default_only(product),
        "gift_card": False,
        "url": seen.url(f"/products/{product.handle}?variant={variant.id}"),
        "url_to_remove": seen.url(f"/cart/change?id={line.key}&quantity=0"),
        "featured_image": {"aspect_ratio": 1, "alt": title, "height": 400, "width": 400, "url": f"http://{seen.host}{picture}"},
        "image": f"http://{seen.host}{picture}",
        "handle": product.handle,
        "requires_shipping": variant.requires_shipping,
        "product_type": product.kind,
        "product_title": product.title,
        "product_description": product.html,
        "variant_title": None if drops.default_only(product) else variant.title,
        "variant_options": [variant.title],
        "options_with_values": [{"name": "Title", "value": variant.title}],
    }


def line_level(line: PricedLine, whole: Priced) -> int:
    """What product discounts take from the line; order discounts are shown below the lines."""
    return sum(one.amount for one in line.allocations if not _order_wide(whole.applications[one.application]))


def _order_wide(application: Application) -> bool:
    return application.allocation_method == "across" and application.target_selection == "all"


def _line_level_allocations(line: PricedLine, whole: Priced) -> list[Json]:
    return [
        {"amount": hundredths(one.amount, whole.currency), "discount_application": _application(whole, one.application)}
        for one in line.allocations
        if not _order_wide(whole.applications[one.application])
    ]


def _cart_level(whole: Priced) -> list[Json]:
    wide = [index for index, one in enumerate(whole.applications) if _order_wide(one) and one.target_type == "line_item"]
    return [_application(whole, index) for index in wide]


def _application(whole: Priced, index: int) -> Json:
    one = whole.applications[index]
    total = sum(each.amount for line in whole.lines for each in line.allocations if each.application == index)
    fixed = one.value_type == "fixed_amount"
    return {
        "type": one.kind,
        "key": f"{one.kind}-{index}",
        "title": one.title,
        "description": None,
        "value": text(one.value, whole.currency) if fixed else text(one.value, "GBP"),
        "value_type": one.value_type,
        "allocation_method": one.allocation_method,
        "target_selection": one.target_selection,
        "target_type": one.target_type,
        "created_at": None,
        "total_allocated_amount": hundredths(total, whole.currency),
    }


def _has(priced: Priced, key: str) -> bool:
    return any(line.key == key for line in priced.lines)


def _priced(priced: Priced, key: str) -> PricedLine:
    return next(line for line in priced.lines if line.key == key)

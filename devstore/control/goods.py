"""Shops, products, customers, discounts of the merchant's own, store credit."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from devstore.clock import read
from devstore.control.asking import Asked, Bad, asked, customer_of, found, number, store
from devstore.control.showing import customer_shown, product_shown, shop_shown
from devstore.currency import KNOWN
from devstore.seeds import NewShop, new_shop
from devstore.state import collecting, discounting, stocking
from devstore.state.carts import Buyer
from devstore.state.crediting import Credit
from devstore.state.discounts import Bxgy, Discount, Items, Value
from devstore.state.people import Address, Customer
from devstore.state.products import Collection, Product
from devstore.state.shops import Shop

goods = Blueprint("goods", __name__)
_COUNTRIES = {"GB": "United Kingdom", "DE": "Germany", "FR": "France", "JP": "Japan", "US": "United States", "KW": "Kuwait"}
_STATES = ("open", "frozen", "locked", "closed", "forbidden")


@goods.post("/shops")
def make_shop() -> ResponseReturnValue:
    """``handle``, ``name``, ``currency``, ``plan``, ``tax_ppm``, ``taxes_included``, ``shipping``, ``rates``, ``country_code``,
    ``bare``."""
    given = asked()
    currency = given.text("currency", "GBP")
    if currency not in KNOWN:
        raise Bad(f"currency must be one of {', '.join(sorted(KNOWN))}.")
    handle = given.text("handle")
    country = given.text("country_code", "GB")
    wanted = NewShop(
        handle,
        given.text("name", handle.title()),
        currency,
        country,
        _COUNTRIES.get(country, country),
        plan=given.text("plan", "basic"),
        tax_ppm=given.int("tax_ppm", 200_000),
        taxes_included=given.flag("taxes_included", True),
        shipping=given.int("shipping", 499),
        rates=tuple(given.read("rates", dict, {}).items()),
        bare=given.flag("bare", False),
    )
    try:
        with store().action():
            return jsonify(shop_shown(new_shop(store(), wanted))), 201
    except ValueError as error:
        raise Bad(str(error)) from None


@goods.patch("/shops/<name>")
def change_shop(name: str) -> ResponseReturnValue:
    """``name``, ``plan``, ``state`` (open | frozen 402 | locked 423 | closed 404 | forbidden 403), ``store_credit_at_checkout``."""
    given, shop = asked(), store().shop(name)
    if given.text("state", shop.state) not in _STATES:
        raise Bad(f"state must be one of {', '.join(_STATES)}.")
    with store().action():
        shop.name, shop.plan = given.text("name", shop.name), given.text("plan", shop.plan)
        shop.state = given.text("state", shop.state)
        shop.store_credit_at_checkout = given.flag("store_credit_at_checkout", shop.store_credit_at_checkout)
        stocking.shop_changed(store(), shop)
    return jsonify(shop_shown(shop))


@goods.post("/products")
def make_products() -> ResponseReturnValue:
    """One product (``shop``, ``title``, ``price``, ``cost`` …) or many (``shop``, ``products``: […]). Prices in minor units."""
    given = asked()
    shop = given.shop
    if "products" not in given.fields:
        return jsonify(product_shown(store().new_product(shop, _product(given)))), 201
    made = [store().new_product(shop, _product(one)) for one in given.items("products")]
    return jsonify(products=[product_shown(one) for one in made]), 201


def _product(given: Asked) -> stocking.NewProduct:
    variants = [_variant(one) for one in given.items("variants")] or [_variant(given)]
    return stocking.NewProduct(
        given.text("title"),
        variants,
        handle=given.text("handle", ""),
        vendor=given.text("vendor", ""),
        kind=given.text("kind", ""),
        html=given.text("html", ""),
        image=given.text("image", None),
        tags=given.read("tags", list, []),
        collections=[number(one) for one in given.read("collections", list, [])],
    )


def _variant(given: Asked) -> stocking.NewVariant:
    """``variant`` is its title; a product of one variant needs none."""
    numbers = {"cost": given.int("cost", None), "compare_at": given.int("compare_at", None), "stock": given.int("stock", 1000)}
    title, tracked = given.text("variant", "Default Title"), given.flag("tracked", True)
    return stocking.NewVariant(given.int("price"), title, given.text("sku", ""), tracked=tracked, **numbers)


def _found_product(text: str) -> tuple[Shop, Product]:
    return found("product", text, lambda shop: shop.products)


@goods.patch("/products/<number_>")
def change_product(number_: str) -> ResponseReturnValue:
    """``title``, ``status``, ``tags``, ``price``, ``cost``, ``stock`` (of every variant, unless ``variant_id`` names one)."""
    given, (shop, product) = asked(), _found_product(number_)
    wanted = number(given.fields["variant_id"]) if given.fields.get("variant_id") else None
    variants = [one for one in product.variants if wanted in (None, one.id)]
    with store().action():
        product.title, product.status = given.text("title", product.title), given.text("status", product.status)
        product.tags = [str(one) for one in given.read("tags", list, product.tags)]
        for variant in variants:
            variant.price = given.int("price", variant.price)
            if "cost" in given.fields:
                stocking.set_cost(store(), shop, variant, given.int("cost", None))
            if "stock" in given.fields:
                stocking.set_stock(store(), shop, variant, given.int("stock"))
        stocking.product_changed(store(), shop, product)
    return jsonify(product_shown(product))


@goods.delete("/products/<number_>")
def delete_product(number_: str) -> ResponseReturnValue:
    shop, product = _found_product(number_)
    with store().action():
        stocking.delete_product(store(), shop, product)
    return "", 204


@goods.post("/collections")
def make_collection() -> ResponseReturnValue:
    """``shop``, ``title``, ``products`` (ids) or ``tag`` (it gathers what has it)."""
    given = asked()
    shop, title = given.shop, given.text("title")
    with store().action():
        made = collecting.new_collection(store(), shop, title, stocking.slug(title), tag=given.text("tag", None))
        if made.tag is None:
            collecting.collection_changed(store(), shop, made, [number(one) for one in given.read("products", list, [])])
    return jsonify(_collection_shown(shop, made)), 201


@goods.patch("/collections/<number_>")
def change_collection(number_: str) -> ResponseReturnValue:
    """``title``, ``products``: all that are in it from now on."""
    given, (shop, one) = asked(), _found_collection(number_)
    with store().action():
        one.title = given.text("title", one.title)
        products = [number(each) for each in given.read("products", list, [])] if "products" in given.fields else None
        collecting.collection_changed(store(), shop, one, products)
    return jsonify(_collection_shown(shop, one))


@goods.delete("/collections/<number_>")
def delete_collection(number_: str) -> ResponseReturnValue:
    shop, one = _found_collection(number_)
    with store().action():
        collecting.delete_collection(store(), shop, one)
    return "", 204


def _found_collection(text: str) -> tuple[Shop, Collection]:
    return found("collection", text, lambda shop: shop.collections)


def _collection_shown(shop: Shop, one: Collection) -> dict[str, object]:
    return {"id": str(one.id), "title": one.title, "products": [str(each) for each in collecting.members(shop, one)]}


@goods.post("/customers")
def make_customer() -> ResponseReturnValue:
    """``shop``, ``email``, ``first_name``, ``last_name``, ``tags``, address fields. 409 when the email is taken."""
    given = asked()
    shop, email = given.shop, given.text("email", None)
    if email and shop.customer_by_email(email):
        return jsonify(error=f"{shop.name} knows {email} already."), 409
    made = store().new_customer(shop, Buyer(email, address=address(given), locale=given.text("locale", shop.locale)))
    made.password = given.text("password", None)
    with store().action():
        stocking.tag_customer(store(), shop, made, _tags(given, made))
    return jsonify(customer_shown(made)), 201


def address(given: Asked) -> Address:
    """The address fields of an order or customer."""
    country = given.text("country_code", "")
    return Address(
        given.text("first_name", ""),
        given.text("last_name", ""),
        given.text("address1", "1 High Street" if country else ""),
        city=given.text("city", "Springfield" if country else ""),
        zip=given.text("zip", ""),
        country=_COUNTRIES.get(country, country),
        country_code=country,
        phone=given.text("phone", None),
    )


def _tags(given: Asked, customer: Customer) -> list[str]:
    return [str(one) for one in given.read("tags", list, customer.tags)]


@goods.patch("/customers/<number_>")
def change_customer(number_: str) -> ResponseReturnValue:
    given, (shop, customer) = asked(), customer_of(number_)
    with store().action():
        customer.first_name = given.text("first_name", customer.first_name)
        customer.last_name = given.text("last_name", customer.last_name)
        customer.accepts_marketing = given.flag("accepts_marketing", customer.accepts_marketing)
        if given.fields.get("email"):
            stocking.change_email(store(), shop, customer, given.text("email"))
        else:
            stocking.customer_changed(store(), shop, customer)
        stocking.tag_customer(store(), shop, customer, _tags(given, customer))
    return jsonify(customer_shown(customer))


@goods.delete("/customers/<number_>")
def delete_customer(number_: str) -> ResponseReturnValue:
    shop, customer = customer_of(number_)
    with store().action():
        stocking.delete_customer(store(), shop, customer)
    return "", 204


@goods.post("/customers/<number_>/credit")
def give_credit(number_: str) -> ResponseReturnValue:
    """The merchant's own credit: ``amount`` in minor units, ``expires_at`` optional."""
    given, (shop, customer) = asked(), customer_of(number_)
    expires = given.text("expires_at", None)
    wanted = Credit(given.int("amount"), given.text("currency", shop.currency), read(expires) if expires else None)
    return jsonify(transaction=str(store().credit(shop, customer, wanted).id)), 201


@goods.post("/discounts")
def make_discount() -> ResponseReturnValue:
    """A discount of the merchant's own: ``shop``, ``title``, ``code`` (none: automatic), ``basis_points`` or ``amount``, …"""
    given = asked()
    shop, now = given.shop, store().clock.now()
    code, kind = given.text("code", None), given.text("kind", "basic")
    with store().action():
        made = Discount(store().next_id(), "code" if code else "automatic", kind, given.text("title", code), now, now, now)
        made.value = Value(given.int("basis_points", None), given.int("amount", None), given.flag("each", False))
        made.items = _items(given, "products")
        made.combines = given.read("combines", list, [])
        made.usage_limit, made.once_per_customer = given.int("usage_limit", None), given.flag("once_per_customer", False)
        made.minimum_subtotal, made.minimum_quantity = given.int("minimum_subtotal", None), given.int("minimum_quantity", None)
        if kind == "bxgy":
            made.bxgy = Bxgy(_items(given, "buys"), given.int("get_quantity", 1), given.int("buy_quantity", 1))
        fault = discounting.code_fault(shop, code) if code else None
        if fault:
            raise Bad(fault)
        discounting.create(store(), shop, made, code)
    return jsonify(id=str(made.id)), 201


def _items(given: Asked, name: str) -> Items:
    found: list[Any] = given.read(name, list, [])
    return Items(all=not found, products=[number(one) for one in found])

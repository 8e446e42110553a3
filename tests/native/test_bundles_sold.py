"""A kit as one product in the shop: what pages and reports make of it, and where it is stuck."""

import json
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from devstore.payloads.orders import order_payload
from devstore.state.bundling import left
from devstore.state.carts import Buyer, Cart, CartLine
from devstore.state.products import Variant as StoreVariant
from plugin import clock
from plugin.context import Context
from plugin.mirror.tables import Variant
from plugin.money import Money
from plugin.offers import flows, tables
from plugin.offers.flows import bundles
from plugin.offers.rules.model import Benefit, Goods, Part
from plugin.offers.tables.bundles import listed_at
from plugin.outbox.tables import Delivery
from plugin.shopify import payloads
from plugin.shops.tables import Shop
from tests.native.admin import Admin
from tests.native.bundling import SCOPES, SET, Shopify, admin, carry, changed, grant, made, mirrored, state  # noqa: F401 - a fixture
from tests.offers_admin.conftest import attempt, deliver, kit, publish, published, shop  # noqa: F401 - a fixture
from tests.pipes import bodies
from tests.rules.shelf import MUG, TRAY


def test_pages_offer_it_in_the_place_of_the_parts(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    published(context, shop, SET)
    carry(context)
    [one] = made(admin)
    with context.transaction() as session:
        assert bundles.handles(session, shop.id) == {}
        mirrored(session, shop, one)
        assert bundles.handles(session, shop.id) == {1: ("mug-and-tray", one.variants[0].id)}
        flows.guard_again(session, shop.id, clock.now())
    carry(context)
    fields = {key: field.value for own in admin.shop.metafields.values() for key, field in own.items()}
    told = json.loads(next(value for key, value in fields.items() if key.endswith(".offers")))
    assert told["offers"]["1"]["bundle"] == ["mug-and-tray", one.variants[0].id]


def test_it_is_sold_as_its_components(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """Two of 1 mug and 3 trays at 50.00 less 15.01: the trays' share of 20.99 does not divide by three."""
    wish = replace(SET, whole=Benefit("amount", amounts=(Money(1501, "GBP"),)), parts=(SET.parts[0], Part(SET.parts[1].goods, 3)))
    published(context, shop, wish)
    carry(context)
    [one] = made(admin)
    assert (one.variants[0].price, one.variants[0].stock) == (3499, 2)
    order = admin.store.place_order(admin.shop, Cart("c", [CartLine("a", one.variants[0].id, 2, {"_offer": "1"})]), Buyer(email="a@b.test"))
    assert order.subtotal == 2 * 3499 and [(group.title, group.quantity, group.properties) for group in order.groups] == [
        ("Mug and tray", 2, {"_offer": "1"})]
    parts = [int(f"{MUG}1"), int(f"{TRAY}1")]
    units = {number: sum(line.quantity for line in order.lines if line.variant_id == number) for number in parts}
    assert list(units.values()) == [2, 6] and all(line.group_id == order.groups[0].id for line in order.lines)
    assert [admin.shop.variants[number].stock for number in units] == [5, 1] and one.variants[0].stock == 0
    told = payloads.order(bodies.raw(order_payload(admin.shop, order)))
    assert {line.bundle_id for line in told.lines} == {str(one.id)} and {line.offer for line in told.lines} == {1}


def test_what_it_saved_is_known_as_of_the_order(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """A mug at 20.00 and three trays at 10.00 each for 34.99: 15.01 a bundle, whatever the parts cost later."""
    wish = replace(SET, whole=Benefit("amount", amounts=(Money(1501, "GBP"),)), parts=(SET.parts[0], Part(SET.parts[1].goods, 3)))
    offer_id = published(context, shop, wish)
    carry(context)
    [one] = made(admin)
    order = admin.store.place_order(admin.shop, Cart("c", [CartLine("a", one.variants[0].id, 2, {"_offer": "1"})]), Buyer(email="a@b.test"))
    told = payloads.order(bodies.raw(order_payload(admin.shop, order)))
    sold = clock.now()
    with context.transaction() as session:
        session.get_one(Variant, (shop.id, f"{MUG}1")).amount = 9000
        flows.guard_again(session, shop.id, sold)
    carry(context)
    with context.reading() as session:
        row = tables.bundle_product(session, shop.id, offer_id)
        assert row is not None and [prices for _, prices in row.listed] == [{f"{MUG}1": 2000, f"{TRAY}1": 1000},
                                                                         {f"{MUG}1": 9000, f"{TRAY}1": 1000}]
        listed = listed_at(session, shop.id, sold)
        assert listed == {str(one.id): {f"{MUG}1": 2000, f"{TRAY}1": 1000}}
        assert listed_at(session, shop.id, sold - timedelta(days=1)) == {}
    by_itself = sum(listed[line.bundle_id or ""][line.variant_id or ""] * line.quantity for line in told.lines)
    assert by_itself - sum(line.price.amount * line.quantity for line in told.lines) == 2 * 1501


def test_what_nobody_tries_any_more_is_said_and_tried_again(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    offer_id = published(context, shop, SET)
    deliver(context)
    with context.transaction() as session:
        session.execute(update(Delivery).where(Delivery.kind == "bundle_publish").values(state="dead", error="Shopify was away."))
    with context.transaction() as session:
        row = tables.bundle_product(session, shop.id, offer_id)
        assert row is not None and (row.state, bundles.given_up(session, shop.id, row)) == ("waiting", "Shopify was away.")
        assert bundles.in_trouble(session, shop.id) == {offer_id}
        bundles.again(session, shop.id, offer_id, clock.now())
        assert bundles.in_trouble(session, shop.id) == frozenset()
    carry(context)
    assert state(context, shop, offer_id) == ("live", None) and len(made(admin)) == 1


def test_a_part_may_be_one_of_several_variants(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """The blue mug at 25.00; without its name the mug leaves a choice."""
    mug = admin.shop.products[int(MUG)]
    blue = StoreVariant(int(f"{MUG}9"), mug.id, int(f"{MUG}8"), "Blue", 2500, stock=2)
    mug.variants.append(blue)
    admin.shop.variants[blue.id] = blue
    with context.transaction() as session:
        session.add(Variant(shop_id=shop.id, id=f"{MUG}9", product_id=MUG, position=2, title="Blue", amount=2500, currency="GBP",
                            inventory_item_id=f"{MUG}8", stock=2, updated_at=clock.now()))
    offer_id = published(context, shop, SET)
    carry(context)
    assert not made(admin)
    changed(context, shop, offer_id, replace(SET, parts=(Part(Goods(variants=frozenset({f"{MUG}9"}))), SET.parts[1])))
    [one] = made(admin)
    assert [(part.variant_id, part.quantity) for part in one.components] == [(blue.id, 1), (int(f"{TRAY}1"), 1)]
    assert (one.variants[0].price, left(admin.shop, one.components)) == (2800, 2)

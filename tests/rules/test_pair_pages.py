"""What the shop's pages are told of its pairs: what stands, the whole of it, and again whenever that changes."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.events import product
from plugin import clock
from plugin.context import Context
from plugin.intake.rules import Event
from plugin.mirror import tables as mirror
from plugin.offers import flows
from plugin.offers.flows import Wish
from plugin.offers.rules import pairs as rules
from plugin.offers.rules.pairs import PairTerms
from plugin.outbox.tables import Delivery
from plugin.shops.tables import Shop
from tests.rules.cast import NOON, uid
from tests.rules.pairing import BAG, MUG, TRAY, PairsAtShopify, deliver, saved

HANDLES = {MUG: "mug", TRAY: "tray", BAG: "bag"}


def pair(first: str, second: str, rate: int = 1500) -> PairTerms:
    return PairTerms(uid(1), first, second, rate, frozenset(), "t", NOON)


def placed(*pairs: PairTerms, handles: dict[str, str] = HANDLES) -> dict[str, list[tuple[str, int, int]]]:
    """By product, all metafields together."""
    return {product: choices for shard in rules.placed(pairs, handles).values() for product, choices in shard.items()}


def test_both_products_name_each_other() -> None:
    assert placed(pair(MUG, TRAY)) == {MUG: [("tray", 1500, 1)], TRAY: [("mug", 1500, 0)]}


def test_pairs_that_a_product_leads_come_first_then_the_older() -> None:
    found = placed(pair(BAG, MUG), pair(MUG, TRAY, 1000), pair(MUG, BAG, 500))
    assert found[MUG] == [("tray", 1000, 1), ("bag", 500, 1), ("bag", 1500, 0)]


def test_what_is_gone_is_not_named() -> None:
    assert placed(pair(MUG, TRAY), handles={MUG: "mug"}) == {}


def test_never_more_than_a_page_may_look_up() -> None:
    many = {MUG: "mug", **{str(100 + n): f"p{n}" for n in range(30)}}
    found = placed(*[pair(MUG, str(100 + n)) for n in range(30)], handles=many)
    assert len(found[MUG]) == rules.CHOICES


def test_each_metafield_is_written_also_when_it_is_empty() -> None:
    """Else what stood there before would stay."""
    shards = rules.placed([pair(MUG, TRAY)], HANDLES)
    assert set(shards) == {f"pairs_{n}" for n in range(10)}
    assert set(shards["pairs_1"]) == {MUG} and shards["pairs_0"] == {}


def test_the_pages_follow_the_pair(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    assert shopify.beside(MUG) == []
    deliver(context)
    assert shopify.beside(MUG) == [["tray", 1500, 1]] and shopify.beside(TRAY) == [["mug", 1500, 0]]
    saved(context, stocked_north, Wish(MUG, BAG, 2000), pair_id)
    deliver(context)
    assert (shopify.beside(MUG), shopify.beside(TRAY)) == ([["bag", 2000, 1]], [])
    remove(context, stocked_north, pair_id)
    deliver(context)
    assert shopify.beside(MUG) == []


def remove(context: Context, shop: Shop, pair_id: UUID) -> None:
    with context.transaction() as session:
        flows.remove_pair(session, shop.id, pair_id, now=clock.now())


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_told_again(context: Context, stocked_north: Shop, shopify: PairsAtShopify, when: str) -> None:
    saved(context, stocked_north)
    deliver(context)
    with context.transaction() as session:
        flows.show_again(session, stocked_north.id, clock.now())
    shopify.shown, shopify.fail = {}, when
    assert deliver(context) == 1 and shopify.beside(MUG) == [["tray", 1500, 1]]


def test_a_pair_whose_change_shopify_refused_is_not_shown(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    deliver(context)
    saved(context, stocked_north, Wish(MUG, BAG, 2000), pair_id)
    with context.transaction() as session:
        row = session.scalars(select(Delivery).where(Delivery.kind == "pair_publish", Delivery.state == "waiting")).one()
        flows.failed(session, stocked_north.id, row.subject_id, "no", now=clock.now())
    deliver(context)
    assert shopify.beside(MUG) == []


def test_a_discount_deleted_by_hand_takes_the_pair_off_the_page(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    saved(context, stocked_north)
    deliver(context)
    [gone] = shopify.discounts
    with context.transaction() as session:
        flows.discount_gone(session, stocked_north.id, gone, clock.now())
    deliver(context)
    assert shopify.beside(MUG) == []


def told(session: Session, shop: Shop, product_id: str, **changes: str) -> None:
    """products/update, with a minute between one and the next."""
    row = session.get_one(mirror.Product, (shop.id, product_id))
    body = {"id": int(product_id), "admin_graphql_api_id": f"gid://shopify/Product/{product_id}", "title": row.title, "handle": row.handle,
            "status": "active", "updated_at": (row.updated_at + timedelta(minutes=1)).isoformat(), "image": None,
            "variants": [{"id": int(f"{product_id}1"), "title": "Default", "price": "10.00", "sku": None, "compare_at_price": None,
                          "inventory_item_id": int(f"{product_id}2"), "inventory_quantity": 3}], **changes}
    product(session, shop.id, Event(uid(9), "webhook", "products/update", product_id, NOON, NOON, json.dumps(body).encode()), NOON)


def waiting(session: Session) -> int:
    return len(session.scalars(select(Delivery).where(Delivery.kind == "pairs_show", Delivery.state == "waiting")).all())


def test_a_new_address_is_told_and_a_new_title_is_not(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    saved(context, stocked_north)
    deliver(context)
    with context.transaction() as session:
        told(session, stocked_north, TRAY, title="A better tray")
        told(session, stocked_north, BAG, handle="in-no-pair")
        assert waiting(session) == 0
        told(session, stocked_north, TRAY, handle="a-better-tray")
        assert waiting(session) == 1
    deliver(context)
    assert shopify.beside(MUG) == [["a-better-tray", 1500, 1]]


def test_an_installation_that_began_anew_is_told(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    with context.transaction() as session:
        flows.installed(session, stocked_north.id, clock.now())
        assert waiting(session) == 0
    saved(context, stocked_north)
    deliver(context)
    shopify.shown = {}
    with context.transaction() as session:
        flows.installed(session, stocked_north.id, clock.now())
    deliver(context)
    assert shopify.beside(MUG) == [["tray", 1500, 1]]


def test_many_changes_are_told_in_one_call(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    saved(context, stocked_north)
    deliver(context)
    with context.transaction() as session:
        for _ in range(5):
            flows.show_again(session, stocked_north.id, clock.now())
    before = shopify.calls.count("metafields_set")
    deliver(context)
    assert shopify.calls.count("metafields_set") == before + 1


def test_a_refusal_is_a_dead_letter(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    saved(context, stocked_north)
    deliver(context)
    with context.transaction() as session:
        flows.show_again(session, stocked_north.id, clock.now())
    shopify.refuse = "metafields_set"
    deliver(context)
    with context.transaction() as session:
        assert session.scalars(select(Delivery.state).where(Delivery.kind == "pairs_show")).all().count("dead") == 1


def test_a_pair_on_its_way_is_not_named(context: Context, stocked_north: Shop) -> None:
    saved(context, stocked_north)
    with context.transaction() as session:
        assert not any(flows.standing(session, stocked_north.id).values())

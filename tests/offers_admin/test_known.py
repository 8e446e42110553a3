"""What Shopify is told of shoppers and goods beside the offers themselves: signing keys, customers' marks, collections, codes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import keys
from plugin.attribution.keys import SigningKey
from plugin.attribution.rules.proofs import proved
from plugin.context import Context
from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.intake.tables import Inbox
from plugin.mirror import tables as mirror
from plugin.offers import flows, tables
from plugin.offers.deliveries.collections import read_collections
from plugin.offers.deliveries.marks import set_marks
from plugin.offers.flows import collecting, marking, trusting
from plugin.offers.rules import model
from plugin.offers.tables import segments
from plugin.offers.upkeep import freshen_offers
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.outbox.tables import Delivery
from plugin.shopify.failures import UserErrors
from plugin.shopify.payloads import CollectionTold
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import NODE, Shopify, deliver, published, tiers
from tests.rules.shelf import MUG

FOR_FRIENDS = replace(tiers("For friends"), audience=model.Audience(referred=True))
UNTIL = datetime(2030, 1, 1)  # noqa: DTZ001 - the shop's wall clock has no zone


def told(shopify: Shopify) -> str:
    """The keys that Shopify believes."""
    [number] = shopify.discounts
    return str(shopify.fields[NODE + number, "config_0"]["k"])


def sign(context: Context, shop: Shop) -> str | None:
    with context.transaction() as session:
        return keys.sign(session, context.settings, shop.id, {5}, UNTIL)


def test_a_key_signs_once_shopify_knows_it_and_the_one_before_is_believed(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, FOR_FRIENDS)
    assert sign(context, shop) is None
    deliver(context)
    first = sign(context, shop)
    assert first is not None and proved(first, told(shopify), UNTIL) == {5}
    with context.transaction() as session:
        assert not session.scalars(select(SigningKey.sealed).where(SigningKey.sealed == told(shopify))).all()
        keys.change(session, context.settings, shop.id, clock.now())
    assert sign(context, shop) == first, "the new one is not known yet"
    clock.use(lambda: timedelta(days=1).total_seconds())
    freshen_offers(context)
    deliver(context)
    second = sign(context, shop)
    assert second != first and second is not None
    assert proved(second, told(shopify), UNTIL) == proved(first, told(shopify), UNTIL) == {5}
    with context.transaction() as session:
        trusting.distrust(session, context.settings, shop.id, now=clock.now(), by="7")
    assert sign(context, shop) is None, "until Shopify has heard of the new one"
    deliver(context)
    assert proved(first, told(shopify), UNTIL) == proved(second, told(shopify), UNTIL) == frozenset()
    third = sign(context, shop)
    assert third is not None and proved(third, told(shopify), UNTIL) == {5}
    with context.transaction() as session:
        assert [(one.staff, one.kind) for one in trusting.distrusted(session, shop.id)] == [("7", "distrusted")]


def test_a_cart_proves_nothing_while_no_offer_asks(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, tiers())
    deliver(context)
    assert told(shopify) and sign(context, shop) is None
    asking = published(context, shop, FOR_FRIENDS)
    deliver(context)
    assert sign(context, shop) is not None
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, asking, now=clock.now())
    deliver(context)
    assert sign(context, shop) is None


def test_an_old_key_is_changed_and_an_old_configuration_made_anew(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, tiers())
    deliver(context)
    before, made = told(shopify), len(shopify.calls)
    freshen_offers(context)
    deliver(context)
    assert len(shopify.calls) == made
    clock.use(lambda: (keys.CHANGED_AFTER + timedelta(days=1)).total_seconds())
    freshen_offers(context)
    deliver(context)
    assert told(shopify).endswith(before) and len(told(shopify)) == 64


def _work(context: Context, kind: str, function: Callable[[Context, Sequence[Lease]], None]) -> None:
    while True:
        with context.transaction() as session:
            leases = outbox.lease(session, {kind: outbox.Terms(25, 60)})
        if not leases:
            return
        function(context, leases)


def _marked(context: Context, shop: Shop, customers: Sequence[str]) -> list[str]:
    with context.transaction() as session:
        marking.mark(session, shop.id, customers, clock.now())
        return [one for one in customers if (row := segments.marks(session, shop.id, one)) and row.marks]


def test_customers_who_are_held_out_are_marked_and_unmarked(context: Context, shop: Shop, shopify: Shopify) -> None:
    offer_id = published(context, shop, replace(tiers(), audience=model.Audience(holdout_bp=5_000)))
    customers = [str(one) for one in range(100, 160)]
    held = _marked(context, shop, customers)
    assert 10 < len(held) < 50
    _work(context, "marks_set", set_marks)
    assert {owner.rpartition("/")[2] for owner, key in shopify.fields if key == "marks"} == set(held)
    assert all(shopify.fields[f"gid://shopify/Customer/{one}", "marks"] == [20_001] for one in held)
    calls = len(shopify.calls)
    assert _marked(context, shop, customers) == held
    _work(context, "marks_set", set_marks)
    assert len(shopify.calls) == calls, "what Shopify knows is not told again"
    with context.transaction() as session:
        marking.tell_again(session, shop.id, clock.now())
    _steps(context, shop, marking.TELL, marking.tell_step)
    shopify.fields.clear()
    _work(context, "marks_set", set_marks)
    assert len(shopify.fields) == len(held), "after another installation everything is told again"
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    assert _marked(context, shop, customers) == []
    _work(context, "marks_set", set_marks)
    assert all(shopify.fields[f"gid://shopify/Customer/{one}", "marks"] == [] for one in held)
    with context.transaction() as session:
        segments.forget_customers(session, shop.id, held[:2])
        assert len(segments.marked(session, shop.id, after="", limit=100)) == len(held) - 2
        segments.forget_shop(session, shop.id)
        assert not segments.marked(session, shop.id, after="", limit=100)


def _steps(context: Context, shop: Shop, topic: str, step: Callable[[Session, ShopId, str, datetime], None]) -> list[int]:
    """All that was told so, one after another. Returns how many wishes each wrote."""
    wrote: list[int] = []
    while True:
        with context.transaction() as session:
            row = session.scalars(select(Inbox).where(Inbox.topic == topic, Inbox.state == "pending")).first()
            if row is None:
                return wrote
            before = _wishes(session)
            step(session, shop.id, row.body.decode(), clock.now())
            row.state = "done"
            wrote.append(_wishes(session) - before)


def _wishes(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Delivery).where(Delivery.kind == "marks_set")) or 0


def test_after_another_installation_a_large_shop_is_told_a_few_at_a_time(context: Context, shop: Shop) -> None:
    """A webhook must not wait for all of them."""
    with context.transaction() as session:
        session.add_all(segments.CustomerMarks(shop_id=shop.id, customer_id=str(one), marks=[1], told=[1], revision_id=new_id())
                        for one in range(1000, 1450))
    with context.transaction() as session:
        marking.tell_again(session, shop.id, clock.now())
        assert _wishes(session) == 0
    assert _steps(context, shop, marking.TELL, marking.tell_step) == [200, 200, 50]


def test_a_customer_who_is_gone_keeps_no_other_from_being_told(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, replace(tiers(), audience=model.Audience(holdout_bp=5_000)))
    held = _marked(context, shop, [str(one) for one in range(100, 160)])
    gone, set_all = f"gid://shopify/Customer/{held[3]}", shopify.metafields_set

    def refuse(metafields: list[dict[str, Any]]) -> dict[str, Any]:
        if any(one["ownerId"] == gone for one in metafields):
            raise UserErrors("metafields_set", [{"code": "INVALID", "message": "Owner does not exist."}], {})
        return set_all(metafields)

    shopify.metafields_set = refuse  # type: ignore[method-assign]
    _work(context, "marks_set", set_marks)
    assert len([key for _, key in shopify.fields if key == "marks"]) == len(held) - 1


def test_what_is_in_a_collection_reaches_the_offers_that_name_it(context: Context, shop: Shop, shopify: Shopify,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [MUG]

    def products(id: str, after: str | None) -> dict[str, Any]:
        nodes = [{"id": f"gid://shopify/Product/{one}"} for one in inside]
        return {"collection": {"products": {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}}}

    monkeypatch.setattr(shopify, "collection_products", products, raising=False)
    now = clock.now()
    with context.transaction() as session:
        collecting.told(session, shop.id, CollectionTold("77", "Warm things", "warm", datetime(2026, 1, 1, tzinfo=UTC)), now)
    _read(context)
    with context.transaction() as session:
        assert mirror.products(session, shop.id, [MUG])[0].collections == ("77",)
    published(context, shop, replace(tiers(), goods=model.Goods(collections=frozenset({"77"}))))
    deliver(context)
    revision = _revision(context, shop)
    inside.clear()
    with context.transaction() as session:
        collecting.product_changed(session, shop.id, now)
    _read(context)
    assert _revision(context, shop) != revision
    with context.transaction() as session:
        assert mirror.products(session, shop.id, [MUG])[0].collections == ()
        collecting.deleted(session, shop.id, "77", now)
        assert not mirror.collections(session, shop.id)


def _read(context: Context) -> None:
    with context.transaction() as session:
        for row in session.scalars(select(Delivery).where(Delivery.kind == "collections_read")):
            row.not_before = datetime(2020, 1, 1, tzinfo=UTC)
    _work(context, "collections_read", read_collections)


def _revision(context: Context, shop: Shop) -> object:
    with context.transaction() as session:
        row = tables.configuration(session, shop.id)
        return row and row.revision_id


def test_two_offers_cannot_have_one_code(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, replace(tiers(), code="WARM"))
    with pytest.raises(Refused) as refused:
        published(context, shop, replace(tiers("Others"), code="WARM"))
    assert refused.value.key == "offers.refused_code_taken"

"""Pairs: made once at Shopify whatever is lost, changed and removed there as here."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin import clock
from plugin.context import Context
from plugin.errors import NotFound, Refused, TryAgain
from plugin.messaging import texts
from plugin.offers import deliveries, flows, tables
from plugin.offers.flows import Wish
from plugin.offers.rules import pairs as rules
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.shops.tables import Shop
from tests.rules.cast import NOON
from tests.rules.pairing import BAG, MUG, TRAY, WISH, PairsAtShopify, deliver, saved, state, stocked


def test_saved_published_changed_removed(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    assert state(context, stocked_north, pair_id) == ("publishing", None) and deliver(context) == 0
    assert shopify.pairs() == [({MUG}, {TRAY}, 0.15)] and state(context, stocked_north, pair_id)[0] == "live"
    saved(context, stocked_north, Wish(MUG, BAG, 2000), pair_id)
    assert deliver(context) == 0 and shopify.pairs() == [({MUG}, {BAG}, 0.2)]
    with context.transaction() as session:
        flows.remove_pair(session, stocked_north.id, pair_id, now=clock.now())
    assert deliver(context) == 0 and shopify.pairs() == [] and state(context, stocked_north, pair_id) == ("removed", None)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_makes_no_second_discount(context: Context, stocked_north: Shop, shopify: PairsAtShopify, when: str) -> None:
    pair_id = saved(context, stocked_north)
    shopify.fail = when
    assert deliver(context) == 1
    assert shopify.pairs() == [({MUG}, {TRAY}, 0.15)] and state(context, stocked_north, pair_id)[0] == "live"


@pytest.mark.parametrize("when", ["before", "after"])
def test_changed_while_the_answer_was_lost(context: Context, stocked_north: Shop, shopify: PairsAtShopify, when: str) -> None:
    pair_id = saved(context, stocked_north)
    shopify.fail = when
    with context.transaction() as session:
        leases = outbox.lease(session, {"pair_publish": outbox.Terms(1, 60)})
    with pytest.raises(TryAgain):
        deliveries.publish_pair(context, leases)
    with context.transaction() as session:
        outbox.postpone(session, leases[0], seconds=0)
    saved(context, stocked_north, Wish(BAG, MUG, 1000), pair_id)
    assert deliver(context) == 0 and shopify.pairs() == [({BAG}, {MUG}, 0.1)]


def test_removed_before_it_was_made(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    with context.transaction() as session:
        flows.remove_pair(session, stocked_north.id, pair_id, now=clock.now())
        flows.remove_pair(session, stocked_north.id, pair_id, now=clock.now())
    assert deliver(context) == 0 and shopify.discounts == {} and state(context, stocked_north, pair_id)[0] == "removed"
    with pytest.raises(Refused), context.transaction() as session:
        flows.save_pair(session, stocked_north.id, WISH, currency="GBP", now=clock.now(), pair_id=pair_id)


def test_removing_what_the_merchant_deleted_already(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    deliver(context)
    shopify.discounts.clear()
    with context.transaction() as session:
        flows.remove_pair(session, stocked_north.id, pair_id, now=clock.now())
    assert deliver(context) == 0 and state(context, stocked_north, pair_id)[0] == "removed"


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "webhook lost"])
def test_deleted_by_the_merchant_and_saved_again(context: Context, stocked_north: Shop, shopify: PairsAtShopify, is_told: bool) -> None:
    pair_id = saved(context, stocked_north)
    deliver(context)
    [gone] = shopify.discounts
    shopify.discounts.clear()
    if is_told:
        with context.transaction() as session:
            assert flows.discount_gone(session, stocked_north.id, gone, clock.now())
            assert not flows.discount_gone(session, stocked_north.id, gone, clock.now())
        assert state(context, stocked_north, pair_id) == ("failed", None)
    saved(context, stocked_north, Wish(MUG, BAG, 2000), pair_id)
    assert deliver(context) == 0 and shopify.pairs() == [({MUG}, {BAG}, 0.2)]
    assert state(context, stocked_north, pair_id)[0] == "live"


def test_shopify_refuses_and_the_merchant_reads_why(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    shopify.fail = ["MAX_APP_DISCOUNTS"]
    deliver(context)
    with context.transaction() as session:
        row = tables.pair(session, stocked_north.id, pair_id)
        assert row.state == "failed" and "MAX_APP_DISCOUNTS" in texts.tell("de", row.reason)
        assert session.scalars(select(Delivery.state).where(Delivery.kind == "pair_publish")).all() == ["dead"]


@pytest.mark.parametrize("wish", [Wish(MUG, MUG, 1500), Wish(MUG, "99", 1500), Wish("", TRAY, 1500), Wish(MUG, TRAY, 0),
                                  Wish(MUG, TRAY, 9001), Wish("1 or 1=1", TRAY, 1500)])
def test_faulty_pairs(session: Session, north: Shop, wish: Wish) -> None:
    stocked(session, north)
    with pytest.raises(Refused):
        flows.save_pair(session, north.id, wish, currency="GBP", now=NOON)


def test_a_pair_is_made_once(session: Session, north: Shop, south: Shop) -> None:
    stocked(session, north)
    pair = flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
    with pytest.raises(Refused):
        flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
    with pytest.raises(NotFound):
        flows.remove_pair(session, south.id, pair.id, now=NOON)


def test_titles_tell_pairs_apart() -> None:
    assert rules.title_of("Mug", "Tray", ()) == "Mug + Tray"
    assert rules.title_of("Mug", "Tray", {"Mug + Tray", "Mug + Tray (2)"}) == "Mug + Tray (3)"
    assert rules.title_of('The "big" mug', "Tray\\", ()) == "The big mug + Tray"
    assert len(rules.title_of("x" * 500, "y" * 500, ())) < 255

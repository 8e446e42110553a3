"""Proposals from what the mirror knows: only kept goods, only this shop, and why there is none."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.mirror import tables as mirror
from plugin.offers.flows.proposals import proposals
from plugin.offers.rules.proposing import Lift
from plugin.offers.tables.baskets import baskets
from plugin.shops.tables import Shop
from tests.rules.shelf import MUG, TRAY, stocked
from tests.rules.shopfront import mirrored

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LIFT = Lift(bundle=(0, 3000, 3000), friends=(0, 0, 0))


def _ordered(session: Session, shop: Shop, number: int, *products: str, kept: int = 1) -> None:
    order = mirrored(session, shop, str(number), None, NOW - timedelta(days=1))
    line = session.get_one(mirror.OrderLine, (shop.id, order.id, "1"))
    line.product_id, line.kept = products[0], kept
    session.add_all([
        mirror.OrderLine(shop_id=shop.id, order_id=order.id, id=str(at + 2), position=at + 1, product_id=product, variant_id=None, title="",
                         quantity=1, removed=0, kept=kept, amount=1000, currency=shop.currency, discounts=[])
        for at, product in enumerate(products[1:])])
    session.flush()


def _history(session: Session, shop: Shop, *, together: int = 20, alone: int = 40) -> None:
    """Mugs for 20.00 and trays for 10.00 that cost 1.00 each."""
    stocked(session, shop, cost=100)
    for number in range(together):
        _ordered(session, shop, number, MUG, TRAY)
    for number in range(together, together + alone):
        _ordered(session, shop, number, MUG)


def test_a_bundle_is_proposed_from_the_shops_orders(session: Session, north: Shop) -> None:
    _history(session, north)
    margin.set_floor(session, north.id, floor_bp=2000, cost_bp=None, now=NOW)
    told = proposals(session, north.id, now=NOW, lift=LIFT)
    best = next(one for one in told.found if one.first == MUG)
    assert (told.orders, told.unknown, best.second, best.share.likely, best.together) == (60, 0, TRAY, 3333, 20)
    assert best.effect.low <= 0 < best.effect.likely


def test_what_came_back_and_what_others_sold_do_not_count(session: Session, north: Shop, south: Shop) -> None:
    _history(session, north, together=2, alone=0)
    _ordered(session, north, 90, MUG, TRAY, kept=0)
    assert [order.units for order in baskets(session, north.id, since=NOW - timedelta(days=9), limit=10)] == [((MUG, 1), (TRAY, 1))] * 2
    assert baskets(session, south.id, since=NOW - timedelta(days=9), limit=10) == []


def test_why_there_is_no_proposal(session: Session, north: Shop) -> None:
    with pytest.raises(Refused) as refused:
        proposals(session, north.id, now=NOW)
    assert refused.value.key == "proposals.no_floor"
    with pytest.raises(Refused) as refused:
        proposals(session, north.id, now=NOW, floor_bp=2000)
    assert (refused.value.key, refused.value.facts["count"]) == ("proposals.too_few", 30)

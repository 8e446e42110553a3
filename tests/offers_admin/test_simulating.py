"""An offer tried on past orders: each floor counts, and so does what came off those orders then."""

from typing import Any

import pytest

from plugin import clock
from plugin.context import Context
from plugin.db import new_id
from plugin.margin import flows as margin
from plugin.mirror.tables import OrderLine
from plugin.offers.flows.simulating import simulate
from plugin.offers.tables.sales import OfferSale
from plugin.shops.tables import Shop
from tests.mining.conftest import Stall
from tests.offers_admin.conftest import set_floor, tiers
from tests.rules.shelf import MUG

CODE = {"kind": "code", "code": "TEN", "title": "TEN", "amount": 1200}


def _bought(context: Context, shop: Shop, *, taken: bool = False, ours: bool = False) -> None:
    """Three mugs for 20.00 that cost 10.00 each; ``taken``: 12.00 came off, ``ours``: by an offer of that time."""
    with context.transaction() as session:
        order = Stall(session, shop.id).buys(MUG, created_at=clock.now(), currency=shop.currency)
        line = session.get_one(OrderLine, (shop.id, order, f"{order}0"))
        line.quantity, line.kept, line.amount, line.currency, line.variant_id = 3, 3, 2000, shop.currency, f"{MUG}1"
        line.discounts = [CODE] if taken else []
        if ours:
            session.add(OfferSale(shop_id=shop.id, id=new_id(), order_id=order, line_id=line.id, offer_id=new_id(), placement="product",
                                  variant_id=None, ordered_at=clock.now(), currency=shop.currency, bought=0, kept=3, caused=0,
                                  discount=1200, beside=1200))


@pytest.mark.parametrize(("floor", "own", "told", "broken"), [
    (2000, None, {}, 0), (2000, None, {"taken": True}, 1), (2000, None, {"taken": True, "ours": True}, 0),
    (0, None, {"taken": True}, 0), (0, 2600, {"taken": True}, 1), (4000, 2600, {"taken": True, "ours": True}, 0)],
    ids=["held", "beside-a-code", "beside-our-own", "nothing-asked", "its-own-floor", "its-own-is-closer"])
def test_floors_that_an_offer_would_have_broken(
        context: Context, shop: Shop, floor: int, own: int | None, told: dict[str, Any], broken: int) -> None:
    """30 % off leaves 42.00, of which 28.6 % are margin; beside the code it is 30.00, which is what the mugs cost."""
    set_floor(context, shop, floor)
    _bought(context, shop, **told)
    with context.transaction() as session:
        if own is not None:
            margin.set_floor_of(session, shop.id, "product", MUG, floor_bp=own, now=clock.now())
        batch = simulate(session, shop.id, tiers(rate=3000), beside=(), after=None, now=clock.now())
        assert (batch.applied, batch.unknown, batch.broken) == (1, 0, broken)

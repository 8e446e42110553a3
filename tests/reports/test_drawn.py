"""The report of an offer whose goods the orders choose: whatever set somebody bought, it is this offer's."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from plugin import clock
from plugin.context import Context
from plugin.experiments import tables
from plugin.experiments.rules import Place, Tally
from plugin.insights.selling import Scope, by_placement, total
from plugin.mirror.tables import Cost
from plugin.offers import flows as offers
from plugin.offers.flows import drawing
from plugin.offers.rules.filling import drawn, read
from plugin.offers.rules.model import Benefit, Goods, Step
from plugin.offers.rules.model import Offer as Said
from plugin.offers.tables import Offer, in_force
from plugin.shopify.payloads import DiscountTold, LineTold
from tests.books.stage import Stage
from tests.desk.conftest import CANDLE, VASE, Desk, World, on_one

pytestmark = on_one
MORE = Said(UUID(int=0), 0, "tiers", "More", goods=Goods(everything=True), steps=(Step(1, Benefit("percent", 500)),), stacks=True,
            outcome="units")


@pytest.fixture
def along(context: Context, world: World, stage: Stage) -> int:
    """Its number: switched on and told to Shopify; on each of the two pages stands the other product, a tenth off both. Candles cost
    4.00. It was shown fifty times on product pages, and taken thrice."""
    wish = read({**drawn("Goes along"), "kind": "together", "companions": "1", "worth": "percent", "value": "10"}, "together", "GBP").offer
    assert wish is not None
    with context.transaction() as session:
        made = offers.save_offer(session, stage.shop_id, wish, currency="GBP", now=stage.now)
        offers.publish_offer(session, stage.shop_id, made.id, currency="GBP", now=stage.now)
        told = in_force(session, stage.shop_id)[made.id].offer()
        drawing.keep(session, stage.shop_id, [told], {made.id: {VASE: [CANDLE], CANDLE: [VASE]}}, stage.now)
        session.add(Cost(shop_id=stage.shop_id, inventory_item_id=f"{CANDLE}1", amount=400, currency="GBP", updated_at=stage.now))
        place = Place(made.number, "product", "all")
        tables.add(session.connection(), stage.shop_id, clock.now().date(), {place: Tally(shown=50, added=3)})
        number: int = session.get_one(Offer, (stage.shop_id, made.id)).number
    stage.move(timedelta(minutes=1))
    return number


def buys(stage: Stage, number: int, title: str, *off: int) -> None:
    """A vase that stood on its own page, and the candle beside it."""
    lines = [LineTold(f"6{at}", product, f"{product}0", product, 1, 0, stage.money(price),
                      (DiscountTold("automatic", None, title, stage.money(taken)),), offer=number, placement=place)
             for at, (product, price, place, taken) in enumerate(zip((VASE, CANDLE), (4000, 1000), ("own", "product"), off, strict=True))]
    stage.tell(replace(stage.order("6001"), lines=tuple(lines)))
    stage.settle("6001")


def test_shown_added_bought_caused_and_given(desk: Desk, along: int, stage: Stage, context: Context) -> None:
    """A vase and a candle: 9.00 caused by the candle, 5.00 given, 4.00 of it on the vase, and 9.00 − 4.00 − 4.00 of margin."""
    buys(stage, along, "Goes along", 400, 100)
    with context.transaction() as session:
        ours = next(id_ for id_, one in in_force(session, stage.shop_id).items() if one.offer().number == along)
        found = total(session, stage.shop_id, Scope("GBP", ours))
        assert set(by_placement(session, stage.shop_id, Scope("GBP", ours))) == {"product"}
    assert (found.orders, found.bought, found.kept, found.caused, found.discount, found.beside) == (1, 1, 1, 900, 500, 400)
    assert found.known_margin == 100
    for page in (desk.get(f"/app/offers/{ours}/report").text, desk.get("/app/offers/reports").text):
        assert "£9.00" in page and "£5.00" in page and "£1.00" in page
    report = desk.get(f"/app/offers/{ours}/report").text
    assert "Goes along" in report and "6% of 50 times shown" in report and ">3<" in report


def test_a_set_that_shares_a_line_with_another_offer_has_its_part(along: int, stage: Stage, context: Context) -> None:
    """A tenth off 50.00, then 5 % of the 45.00 that are left: of 7.25, two thirds and a bit are the set's."""
    with context.transaction() as session:
        more = offers.save_offer(session, stage.shop_id, MORE, currency="GBP", now=stage.now)
        offers.publish_offer(session, stage.shop_id, more.id, currency="GBP", now=stage.now)
    stage.move(timedelta(minutes=1))
    buys(stage, along, "Goes along + More", 580, 145)
    with context.transaction() as session:
        given = {one.offer().title: total(session, stage.shop_id, Scope("GBP", id_)).discount
                 for id_, one in in_force(session, stage.shop_id).items()}
    assert given == {"Goes along": 500, "More": 225}

"""Several offers on one line, of which Shopify tells one sum: shared out as the engine finds them on the goods that were bought."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from plugin.context import Context
from plugin.money import Money
from plugin.offers import flows as offers
from plugin.offers.rules.model import Audience, Basket, Benefit, Goods, Offer, Step
from plugin.offers.tables.sales import OfferSale
from plugin.shopify.payloads import DiscountTold, LineTold
from tests.books.stage import START, Stage
from tests.conftest import north  # noqa: F401 - a fixture
from tests.desk.conftest import VASE, goods, on_one, stage  # noqa: F401 - fixtures

pytestmark = on_one
EVERYTHING = Goods(everything=True)
TIERS = Offer(UUID(int=0), 0, "tiers", "More", goods=EVERYTHING, steps=(Step(2, Benefit("percent", 1000)),), stacks=True,
              audience=Audience(countries=frozenset({"DE"})), outcome="units")
TENTH = replace(TIERS, title="Most", steps=(Step(3, Benefit("percent", 3000)),), audience=Audience())
WHOLE = Offer(TIERS.id, 0, "basket", "Large cart", goods=EVERYTHING, benefit=Benefit("percent", 500),
              basket=Basket(amounts=(Money(100, "GBP"),)), outcome="basket", stacks=True)
LARGER = replace(WHOLE, title="Larger cart", benefit=Benefit("percent", 1500))


@pytest.fixture
def sold(stage: Stage, context: Context) -> Stage:  # noqa: F811
    """Numbers one to four: all of them live, and bought three vases."""
    with context.transaction() as session:
        goods(session, stage.shop_id)
        for wish in (TIERS, TENTH, WHOLE, LARGER):
            kept = offers.save_offer(session, stage.shop_id, wish, currency="GBP", now=START)
            offers.publish_offer(session, stage.shop_id, kept.id, currency="GBP", now=START)
    stage.move(timedelta(hours=1))
    return stage


def parts(stage: Stage, context: Context, title: str, off: int) -> list[int]:  # noqa: F811
    """What each offer is given of what an order of three vases tells, in the order of their numbers."""
    discount = DiscountTold("automatic", None, title, stage.money(off))
    line = LineTold("71", VASE, f"{VASE}0", "Vase", 3, 0, stage.money(4000), (discount,))
    stage.tell(replace(stage.order("6001"), lines=(line,)))
    stage.settle("6001")
    with context.transaction() as session:
        found = session.scalars(select(OfferSale).where(OfferSale.shop_id == stage.shop_id, OfferSale.order_id == "6001"))
        return [row.discount for row in sorted(found, key=lambda row: row.offer_id)]


@pytest.mark.parametrize(("title", "off", "told"), [
    ("More + Most", 4440, [1200, 3240]),  # 10 % of 120.00, then 30 % of what that leaves
    ("More + Most", 2220, [600, 1620]),  # half of it, in the same proportion
    ("Large cart + Larger cart", 2310, [600, 1710]),  # 5 % of the order, then 15 % of what that leaves
    ("More + Unknown", 1200, [1200]), ("Large cart", 600, [600])])
def test_each_is_given_what_it_took(sold: Stage, context: Context, title: str, off: int, told: list[int]) -> None:
    assert parts(sold, context, title, off) == told

"""Offers that are given as a code: their orders are in the reports, and they count for frequency caps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from plugin.context import Context
from plugin.insights import selling
from plugin.insights.selling import Scope
from plugin.mirror.tables import Product, Variant
from plugin.offers import flows as offers
from plugin.offers.rules.compiled import CAPPED
from plugin.offers.rules.model import Audience, Benefit, Cap, Goods, Offer, Part
from plugin.offers.tables.sales import OfferSale
from plugin.offers.tables.segments import CustomerMarks
from tests.books.stage import START, Stage
from tests.conftest import north  # noqa: F401 - a fixture
from tests.desk.conftest import stage  # noqa: F401 - a fixture

ONCE = Cap(1, 30)


@pytest.fixture
def code(stage: Stage, context: Context) -> Offer:  # noqa: F811
    """"Two mugs for less", for who enters TWOMUGS, once in thirty days."""
    wish = Offer(stage.shop_id, 0, "mix", "Two mugs", parts=(Part(Goods(products=frozenset({"7"})), 2),), whole=Benefit("percent", 1000),
                 audience=Audience(cap=ONCE), code="TWOMUGS", combines=frozenset(), outcome="units")
    with context.transaction() as session:
        session.add(Product(shop_id=stage.shop_id, id="7", title="Mug", handle="mug", status="active", image=None, updated_at=START))
        session.add(Variant(shop_id=stage.shop_id, id="8", product_id="7", position=1, title="Default", amount=10000, currency="GBP",
                            inventory_item_id="81", stock=5, updated_at=START))
        session.flush()
        kept = offers.save_offer(session, stage.shop_id, wish, currency="GBP", now=START)
        offers.publish_offer(session, stage.shop_id, kept.id, currency="GBP", now=START)
        return replace(wish, id=kept.id, number=kept.number)


def rows(stage: Stage, context: Context) -> list[tuple[str, int]]:  # noqa: F811
    with context.transaction() as session:
        found = session.scalars(select(OfferSale).where(OfferSale.shop_id == stage.shop_id).order_by(OfferSale.order_id))
        return [(row.order_id, row.discount) for row in found]


def marks(stage: Stage, context: Context, customer: str) -> list[int]:  # noqa: F811
    with context.transaction() as session:
        row = session.get(CustomerMarks, (stage.shop_id, customer))
        return list(row.marks) if row else []


def test_its_discount_is_in_the_report_whatever_the_case(stage: Stage, context: Context, code: Offer) -> None:  # noqa: F811
    for number, entered in enumerate(("TWOMUGS", "twomugs", "TwoMugs", "TWOMUGS2", "OTHER")):
        stage.move(timedelta(hours=1))
        id = str(6001 + number)
        stage.tell(stage.order(id, code=entered, off=500))
        stage.settle(id)
    assert rows(stage, context) == [("6001", 500), ("6002", 500), ("6003", 500)]
    with context.transaction() as session:
        found = selling.by_offer(session, stage.shop_id, Scope("GBP", code.id))[code.id]
    assert (found.orders, found.bought, found.caused, found.discount, found.margin) == (3, 0, 0, 1500, -1500)


def test_a_use_of_it_counts_for_its_cap(stage: Stage, context: Context, code: Offer) -> None:  # noqa: F811
    stage.move(timedelta(hours=1))
    stage.tell(stage.order("6001", code="twomugs", off=500, customer="201"))
    stage.settle("6001")
    stage.tell(stage.order("6002", code="OTHER", off=500, customer="202"))
    stage.settle("6002")
    assert (marks(stage, context, "201"), marks(stage, context, "202")) == ([CAPPED + code.number], [])


def test_a_code_that_was_changed_still_tells_what_was_given(stage: Stage, context: Context, code: Offer) -> None:  # noqa: F811
    """Shopify follows a little later, so the old code may still be taken."""
    with context.transaction() as session:
        offers.save_offer(session, stage.shop_id, replace(code, code="PAIROFMUGS"), currency="GBP", now=START, offer_id=code.id)
        offers.publish_offer(session, stage.shop_id, code.id, currency="GBP", now=START + timedelta(minutes=1))
    stage.move(timedelta(hours=1))
    for id, entered in (("6001", "TWOMUGS"), ("6002", "PAIROFMUGS")):
        stage.tell(stage.order(id, code=entered, off=500))
        stage.settle(id)
    assert rows(stage, context) == [("6001", 500), ("6002", 500)]

"""Segments by what was bought, and segments that go."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from plugin import clock
from plugin.context import Context
from plugin.errors import NotFound, Refused
from plugin.mirror.tables import OrderLine, Product
from plugin.offers import flows
from plugin.offers.flows import marking, segments
from plugin.offers.rules import model
from plugin.offers.rules.segments import Condition
from plugin.offers.tables import segments as tables
from plugin.people import flows as people
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import Shopify, deliver, published, tiers
from tests.rules.shopfront import mirrored

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA, BOB, CYD = "100", "101", "102"


@pytest.fixture
def buyers(context: Context, shop: Shop) -> Shop:
    """Ada has a mug of the kitchen's, Bob gave his back, Cyd's order was cancelled. The order names it as it was called then."""
    with context.transaction() as session:
        session.merge(Product(shop_id=shop.id, id="7", title="Enamel mug", handle="enamel-mug", status="active", kind="Tableware",
                              vendor="Kiln & Co", tags=["Kitchen", "gift"], updated_at=NOON))
        for at, (customer_id, more) in enumerate(((ADA, {}), (BOB, {}), (CYD, {"cancelled_at": NOON}))):
            person = people.meet(session, shop.id, customer_id=customer_id, now=NOON)
            mirrored(session, shop, str(900 + at), person, NOON, **more)
        line = session.get_one(OrderLine, (shop.id, "901", "1"))
        line.removed = 1
    return shop


def inside(context: Context, shop: Shop, *conditions: Condition) -> list[str]:
    with context.reading() as session:
        return [one.customer.id for one in segments.look(session, shop.id, conditions, clock.now()).members]


@pytest.mark.parametrize("word", ["Mug", "enamel  MUG", "kiln & co", "tableware", "kitchen", "GIFT"])
def test_what_was_bought_is_known_by_title_vendor_type_and_tag(context: Context, buyers: Shop, word: str) -> None:
    assert inside(context, buyers, Condition("bought", "any", words=("Vase", word))) == [ADA]
    assert inside(context, buyers, Condition("bought", "none", words=(word,))) == [BOB, CYD]
    assert inside(context, buyers, Condition("bought", "any", words=(word + "s",))) == []


def test_a_mark_follows_what_was_bought(context: Context, buyers: Shop, shopify: Shopify) -> None:
    with context.transaction() as session:
        made = segments.save_segment(session, buyers.id, "Mugs", [Condition("bought", "any", words=("Mug",))], now=clock.now())
        number = made.number
    published(context, buyers, replace(tiers(), audience=model.Audience(segments=frozenset({str(made.id)}))))
    deliver(context)
    with context.transaction() as session:
        marking.mark(session, buyers.id, [ADA, BOB], clock.now())
        found = {one: list(row.marks) if (row := tables.marks(session, buyers.id, one)) else [] for one in (ADA, BOB)}
    assert found == {ADA: [number], BOB: []}


def test_a_segment_goes_when_no_offer_asks_for_it(context: Context, shop: Shop, shopify: Shopify) -> None:
    with context.transaction() as session:
        made = segments.save_segment(session, shop.id, "Regulars", [Condition("orders", "least", 3)], now=clock.now(), by="7")
        first = made.number
    offer_id = published(context, shop, replace(tiers(), audience=model.Audience(segments=frozenset({str(made.id)}))))
    with context.transaction() as session, pytest.raises(Refused) as refused:
        segments.remove_segment(session, shop.id, made.id, now=clock.now(), by="7")
    assert refused.value.facts["names"] == ["More mugs"]
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
        flows.archive(session, shop.id, offer_id, now=clock.now())
        segments.remove_segment(session, shop.id, made.id, now=clock.now(), by="7")
        assert tables.segments(session, shop.id) == [] and tables.next_segment(session, shop.id) == first + 1
        assert [one.conditions for one in tables.segment_changes(session, shop.id, made.id)][0] == []
        with pytest.raises(NotFound):
            tables.segment(session, shop.id, made.id)

"""Segments by what was bought, how customers are tagged and whom they brought; and segments that go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution.tables import Decision, Link
from plugin.context import Context
from plugin.db import new_id
from plugin.errors import NotFound, Refused
from plugin.intake.tables import Inbox
from plugin.mirror import tables as mirror
from plugin.mirror.tables import Order, OrderLine, Product
from plugin.offers import flows
from plugin.offers.flows import collecting, marking, segments
from plugin.offers.rules import model
from plugin.offers.rules.segments import Condition
from plugin.offers.tables import segments as tables
from plugin.people import flows as people
from plugin.people import tagging
from plugin.shopify.payloads import CollectionTold
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import Shopify, deliver, published, tiers
from tests.rules.shopfront import mirrored

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
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


def test_who_is_forgotten_is_neither_shown_nor_marked_again(context: Context, buyers: Shop, shopify: Shopify) -> None:
    mugs = Condition("bought", "any", words=("Mug",))
    with context.transaction() as session:
        made = segments.save_segment(session, buyers.id, "Mugs", [mugs], now=clock.now())
    published(context, buyers, replace(tiers(), audience=model.Audience(segments=frozenset({str(made.id)}))))
    steps(context, buyers)
    assert marked(context, buyers) == {ADA}
    with context.transaction() as session:
        people.redact_customer(session, buyers.id, ADA, NOON)
        tables.forget_customers(session, buyers.id, [ADA])
        marking.again(session, buyers.id, clock.now())
    steps(context, buyers)
    assert inside(context, buyers, mugs) == [] and marked(context, buyers) == set()


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


def test_who_never_ordered_belongs_by_a_tag_or_because_we_met_them(context: Context, buyers: Shop, south: Shop) -> None:
    with context.transaction() as session:
        people.meet(session, buyers.id, customer_id="200", first_name="Dee", now=NOON)
        for shop, customer_id, tags in ((buyers, ADA, ["Gold"]), (buyers, "201", ["VIP", "gold"]), (south, "202", ["VIP"])):
            tagging.told(session, shop.id, customer_id, tags, NOON)
    nobody, gold = Condition("orders", "most", 0), Condition("tagged", "any", words=("GOLD",))
    assert inside(context, buyers, nobody) == [CYD, "200", "201"] and inside(context, south, nobody) == ["202"]
    assert inside(context, buyers, gold) == [ADA, "201"] and inside(context, buyers, gold, nobody) == ["201"]
    assert inside(context, buyers, Condition("tagged", "none", words=("vip",)), Condition("orders", "least", 1)) == [ADA, BOB]
    with context.transaction() as session:
        people.redact_customer(session, buyers.id, "201", NOON)
        people.redact_customer(session, buyers.id, "200", NOON)
    assert inside(context, buyers, nobody) == [CYD]


def test_orders_count_for_both_as_long_as_they_stand(context: Context, buyers: Shop) -> None:
    """Ada brought Bob and Cyd, whose order was cancelled; with her first link, as a guest, she had brought Bob's second order."""
    with context.transaction() as session:
        ada = people.meet(session, buyers.id, customer_id=ADA, now=NOON)
        guest = people.meet(session, buyers.id, email="ada@example.com", now=NOON)
        mirrored(session, buyers, "910", people.meet(session, buyers.id, customer_id=BOB, now=NOON), NOON)
        for order_id, person_id, verdict in (("901", ada.id, "attributed"), ("902", ada.id, "attributed"), ("910", guest.id, "attributed"),
                                             ("900", ada.id, "refused")):
            _brought(session, buyers, order_id, person_id, verdict)
        people.meet(session, buyers.id, customer_id=ADA, email="ada@example.com", now=NOON)
    friends, referred = Condition("friends", "least", 1), Condition("referred", "least", 1)
    assert values(context, buyers, friends) == {ADA: (2,)} and values(context, buyers, referred) == {BOB: (2,)}
    assert inside(context, buyers, Condition("friends", "least", 3)) == [] and inside(context, buyers, friends, referred) == []
    with context.transaction() as session:
        session.get_one(Order, (buyers.id, "910")).financial = "refunded"
    assert values(context, buyers, friends) == {ADA: (1,)} and values(context, buyers, referred) == {BOB: (1,)}


def _brought(session: Session, shop: Shop, order_id: str, person_id: UUID, verdict: str) -> None:
    link = Link(shop_id=shop.id, id=new_id(), programme_id=new_id(), person_id=person_id, slug=order_id, code=order_id, code_key=order_id,
                state="stopped", made_at=NOON)
    session.add_all([link, Decision(shop_id=shop.id, order_id=order_id, verdict=verdict, advocate_id=link.id, trace=[], ordered_at=NOON,
                                    decided_at=NOON, currency=shop.currency, net=6000)])
    session.flush()


def values(context: Context, shop: Shop, *conditions: Condition) -> dict[str, tuple[object, ...]]:
    """Of who belongs, each condition's own value."""
    with context.reading() as session:
        found = segments.look(session, shop.id, conditions, clock.now()).members
        return {one.customer.id: tuple(value for _, value, _ in one.verdict.why) for one in found}


def test_goods_are_known_by_their_collections_and_marks_follow(context: Context, buyers: Shop, shopify: Shopify) -> None:
    warm = Condition("bought", "any", words=("warm  THINGS",))
    with context.transaction() as session:
        made = segments.save_segment(session, buyers.id, "Warm", [warm], now=clock.now())
        collecting.told(session, buyers.id, CollectionTold("77", "Warm things", "warm", NOON), NOON)
        collecting.keep_members(session, buyers.id, "77", ["7"], NOON)
    assert inside(context, buyers, warm) == [ADA] and inside(context, buyers, replace(warm, how="none")) == [BOB, CYD]
    published(context, buyers, replace(tiers(), audience=model.Audience(segments=frozenset({str(made.id)}))))
    steps(context, buyers)
    assert marked(context, buyers) == {ADA}
    tellings: list[tuple[list[str], set[str]]] = [([], set()), (["7"], {ADA})]
    for products, found in tellings:
        with context.transaction() as session:
            collecting.keep_members(session, buyers.id, "77", products, NOON)
        steps(context, buyers)
        assert marked(context, buyers) == found
    with context.transaction() as session:
        collecting.told(session, buyers.id, CollectionTold("77", "Cold things", "warm", NOON + DAY), NOON)
    steps(context, buyers)
    assert marked(context, buyers) == set(), "the name is what the merchant meant"
    with context.transaction() as session:
        collecting.told(session, buyers.id, CollectionTold("78", "Warm things", "too", NOON), NOON)
        collecting.keep_members(session, buyers.id, "78", ["7"], NOON)
    steps(context, buyers)
    assert marked(context, buyers) == {ADA}
    with context.transaction() as session:
        collecting.deleted(session, buyers.id, "78", NOON)
    steps(context, buyers)
    assert marked(context, buyers) == set()


def test_what_is_in_a_collection_that_only_a_segment_names_is_read_again(context: Context, buyers: Shop) -> None:
    with context.transaction() as session:
        collecting.told(session, buyers.id, CollectionTold("77", "Warm things", "warm", NOON), NOON)
        collecting.keep_members(session, buyers.id, "77", ["7"], NOON)
        collecting.product_changed(session, buyers.id, NOON)
        assert mirror.stale_collections(session, buyers.id, limit=9) == [], "nobody asks"
        segments.save_segment(session, buyers.id, "Warm", [Condition("bought", "any", words=("warm things",))], now=NOON)
        assert mirror.stale_collections(session, buyers.id, limit=9) == ["77"]
        collecting.keep_members(session, buyers.id, "77", ["7"], NOON)
        collecting.product_changed(session, buyers.id, NOON)
        assert mirror.stale_collections(session, buyers.id, limit=9) == ["77"]


def steps(context: Context, shop: Shop) -> None:
    """Everybody is looked at who was to be."""
    with context.transaction() as session:
        told = session.scalars(select(Inbox).where(Inbox.shop_id == shop.id, Inbox.topic == marking.STEP, Inbox.state == "pending")).all()
        for event in told:
            marking.step(session, shop.id, event.body.decode(), clock.now())
            event.state = "done"


def marked(context: Context, shop: Shop) -> set[str]:
    with context.reading() as session:
        return {row.customer_id for row in tables.marked(session, shop.id, after="", limit=9) if row.marks}


@pytest.mark.parametrize("conditions", [[Condition("orders", "least", 0)], [
    Condition("bought", "none", words=("vase",)), Condition("tagged", "none", words=("vip",)), Condition("friends", "most", 9),
    Condition("referred", "most", 9)]], ids=["orders", "everything"])
def test_many_customers_cost_no_more_queries_than_few(context: Context, shop: Shop, engine: Engine, conditions: list[Condition]) -> None:
    def queries() -> int:
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(engine, "before_cursor_execute", counted)
        inside(context, shop, *conditions)
        event.remove(engine, "before_cursor_execute", counted)
        return count

    found = []
    for first, last in ((0, 2), (2, 60)):
        with context.transaction() as session:
            for at in range(first, last):
                person = people.meet(session, shop.id, customer_id=str(300 + at), now=NOON)
                tagging.told(session, shop.id, str(300 + at), ["gold"], NOON)
                mirrored(session, shop, str(900 + at), person, NOON)
        found.append(queries())
    assert found[0] == found[1] < 20

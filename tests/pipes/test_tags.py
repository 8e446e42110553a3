"""What customers are tagged with: the newest telling wins in whatever order they come; who is forgotten is told nothing of."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from jobs.events import EVENTS
from plugin import clock
from plugin.db import new_id
from plugin.errors import Refused
from plugin.intake.rules import Event
from plugin.people import flows as people
from plugin.people import rules, tables, tagging
from plugin.people.rules import TagNews, Tags, all_tags, some_tags
from plugin.people.tables import CustomerTags
from plugin.shopify import payloads
from plugin.shops.tables import Shop
from tests.pipes import bodies
from tests.pipes.bodies import START

ADA, BOB = "9001", "9002"
ADDED, REMOVED = "customer.tags_added", "customer.tags_removed"
Telling = TagNews | tuple[tuple[str, ...], int]


def news(name: str, minutes: int, *, added: bool = True) -> TagNews:
    return TagNews(name, START + timedelta(minutes=minutes), added)


def after(*told: Telling) -> tuple[str, ...]:
    """The tags once these were told, one after the other: of single tags, or of all of them as of a minute."""
    known = Tags()
    for one in told:
        known = some_tags(known, [one]) if isinstance(one, TagNews) else all_tags(known, one[0], START + timedelta(minutes=one[1]))
    return known.names


@pytest.mark.parametrize(("told", "tags"), [
    ([news("VIP", 1)], ("VIP",)), ([news("VIP", 1), news("vip", 2, added=False)], ()),
    ([news("VIP", 1), news("VIP", 1, added=False)], ()), ([news("VIP", 1), news(" vip", 2)], (" vip",)),
    ([(("VIP", "old"), 5), news("old", 6, added=False)], ("VIP",)), ([(("VIP",), 5), news("late", 4)], ("VIP",)),
    ([(("VIP",), 5), news("same", 5)], ("VIP", "same")), ([(("VIP",), 5), ((), 4)], ("VIP",)), ([(("VIP",), 5), ((), 6)], ()),
    ([news("new", 9), (("VIP",), 5)], ("VIP", "new")), ([news("old", 3), news("VIP", 4, added=False), (("VIP",), 5)], ("VIP",)),
])
def test_what_was_told_last_holds(told: Sequence[Telling], tags: tuple[str, ...]) -> None:
    assert after(*told) == tags


@given(st.lists(st.builds(news, st.sampled_from(["vip", "VIP", "gold"]), st.integers(0, 9), added=st.booleans()), max_size=4),
       st.sets(st.sampled_from(["vip", "gold", "old"])))
def test_the_order_of_tellings_does_not_matter(told: list[TagNews], all_of_them: set[str]) -> None:
    everything: list[Telling] = [*told, (tuple(sorted(all_of_them)), 5)]
    found = {tuple(map(rules.folded, after(*order))) for order in permutations(everything)}
    assert len(found) == 1


def test_there_is_an_end_to_what_is_kept() -> None:
    known = some_tags(Tags(), [news(f"tag {number:04}", number) for number in range(2_000)])
    assert (len(known.names), len(known.news)) == (rules.MOST_TAGS, rules.MOST_NEWS)
    assert all_tags(known, ["VIP"], None) == known, "a telling that does not say when it was so"


SOUND = {"customerId": "gid://shopify/Customer/9001", "tags": ["VIP"], "occurredAt": bodies.when(0)}


@pytest.mark.parametrize("body", [
    SOUND | {"customerId": None}, SOUND | {"customerId": "gid://shopify/Order/9001"}, SOUND | {"tags": "VIP"}, SOUND | {"occurredAt": None},
    SOUND | {"tags": [7]}, {"id": 9001, "email": "ada@example.com"}],
    ids=["nobody", "an order", "a text", "no time", "a number", "a customer"])
def test_what_is_no_news_of_tags(body: dict[str, object]) -> None:
    with pytest.raises(Refused):
        payloads.customer_tags(bodies.raw(body))


def test_tags_are_read_as_shopify_writes_them() -> None:
    told = payloads.customer_tags(bodies.raw({"customerId": f"gid://shopify/Customer/{ADA}", "tags": [" VIP ", "", "Größe, L", "x" * 300],
                                              "occurredAt": "2026-11-01T12:00:00.250+00:00"}))
    assert told.customer_id == ADA and told.tags == ("Größe, L", "VIP", "x" * 255)
    assert told.at == START + timedelta(milliseconds=250)
    assert payloads.customer(bodies.raw({"id": 9001, "tags": "VIP, gold"})).tags == ("VIP", "gold")
    assert (payloads.customer(bodies.raw({"id": 9001, "tags": ""})).tags, payloads.customer(bodies.raw({"id": 9001})).tags) == ((), None)


def tell(session: Session, shop: Shop, topic: str, names: Sequence[str], minutes: int, customer_id: str = ADA) -> None:
    body = {"customerId": f"gid://shopify/Customer/{customer_id}", "tags": list(names), "occurredAt": bodies.when(minutes)}
    _event(session, shop, topic, body)


def read(session: Session, shop: Shop, tags: str, minutes: int) -> None:
    """All that we read of Ada."""
    _event(session, shop, "customers/update", {"admin_graphql_api_id": f"gid://shopify/Customer/{ADA}", "updated_at": bodies.when(minutes),
                                               "email": "ada@example.com", "first_name": "Ada", "tags": tags})


def _event(session: Session, shop: Shop, topic: str, body: Mapping[str, object]) -> None:
    EVENTS[topic](session, shop.id, Event(new_id(), "webhook", topic, "1", None, clock.now(), json.dumps(body).encode()), clock.now())


def tags_of(session: Session, shop: Shop, customer_id: str = ADA) -> tuple[str, ...]:
    return tables.tags(session, shop.id, [customer_id]).get(customer_id, ())


def test_webhooks_and_what_we_read_come_to_one(session: Session, north: Shop, south: Shop) -> None:
    tell(session, north, ADDED, ["VIP", "gold"], 1)
    tell(session, north, REMOVED, ["silver", "GOLD"], 3)
    tell(session, north, ADDED, ["silver"], 2)
    assert tags_of(session, north) == ("VIP",), "silver was taken away after it was given"
    read(session, north, "VIP, wholesale", 5)
    read(session, north, "VIP, gold", 4)
    tell(session, north, REMOVED, ["wholesale"], 4)
    assert tags_of(session, north) == ("VIP", "wholesale")
    _event(session, north, "customers/update", {"id": int(ADA), "email": "ada@example.com", "updated_at": bodies.when(9)})
    assert tags_of(session, north) == ("VIP", "wholesale"), "a webhook of a customer does not tell tags"
    assert tags_of(session, south) == () and tables.by_customer(session, north.id, ADA) is None, "a tag is no acquaintance"


def test_of_whom_nothing_is_told_nothing_is_kept(session: Session, north: Shop) -> None:
    read(session, north, "", 1)
    assert session.get(CustomerTags, (north.id, ADA)) is None


def test_who_is_forgotten_is_told_nothing_of(session: Session, north: Shop, south: Shop) -> None:
    people.meet(session, north.id, customer_id=ADA, email="ada@example.com", now=START)
    for shop in (north, south):
        for customer_id in (ADA, BOB):
            tell(session, shop, ADDED, ["VIP"], 1, customer_id)
    assert tables.known_customers(session, north.id) == [ADA, BOB]
    people.redact_customer(session, north.id, ADA, clock.now())
    people.redact_customer(session, north.id, BOB, clock.now())
    for customer_id in (ADA, BOB):
        tell(session, north, ADDED, ["gold"], 2, customer_id)
        assert tags_of(session, north, customer_id) == () and tags_of(session, south, customer_id) == ("VIP",)
    assert tables.known_customers(session, north.id) == [] and tables.tags_told_at(session, north.id, [ADA, BOB]) == {}
    assert tables.customers_after(session, north.id, after="", limit=9) == set()
    met = people.meet(session, south.id, customer_id=ADA, now=START)
    people.redact(session, south.id, met.id, clock.now())
    assert tags_of(session, south, ADA) == () and tags_of(session, south, BOB) == ("VIP",)


def test_news_is_what_differs(session: Session, north: Shop) -> None:
    assert tagging.changed(session, north.id, ADA, ["VIP"], added=True, at=START)
    assert not tagging.changed(session, north.id, ADA, ["vip"], added=True, at=START + timedelta(minutes=1))
    assert not tagging.told(session, north.id, ADA, ["Vip"], START + timedelta(minutes=2))
    assert tagging.told(session, north.id, ADA, [], START + timedelta(minutes=3))

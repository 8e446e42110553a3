"""Telling people what is known about them, forgetting them, and forgetting in time. No amount moves."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from plugin import clock
from plugin.attribution.tables import Link, Visit
from plugin.context import Context
from plugin.db import Base, new_id
from plugin.intake.rules import Event
from plugin.messaging import facts as facts_of
from plugin.messaging import flows as messaging
from plugin.messaging.facts import Worth
from plugin.mirror.tables import Order
from plugin.people import flows as people
from plugin.people import tables as people_tables
from plugin.people import tagging
from plugin.privacy import flows, rules, tables
from plugin.rewards.tables import Reward
from plugin.shops.tables import UNINSTALLED, Shop

CANARY = "canary-7f3a"
EMAIL = f"{CANARY}@friends.example"


def event(topic: str, body: dict[str, object]) -> Event:
    return Event(new_id(), "webhook", topic, str(uuid4()), None, clock.machine_now(), json.dumps(body).encode())


def customer_event(topic: str, shop: Shop, *, customer_id: int | None = 191167, orders: tuple[int, ...] = (299938,)) -> Event:
    key = "orders_to_redact" if topic == "customers/redact" else "orders_requested"
    asked = {} if topic == "customers/redact" else {"data_request": {"id": 9999}}
    return event(topic, {"shop_id": 1, "shop_domain": shop.domain, "customer": {"id": customer_id, "email": EMAIL, "phone": None},
                         key: list(orders), **asked})


def order(shop: Shop, person_id: UUID, now: datetime, order_id: str = "299938") -> Order:
    return Order(shop_id=shop.id, id=order_id, name="#1001", currency=shop.currency, created_at=now, updated_at=now, digest="",
                 told_cancelled=False, financial="paid", paid_once=True, test=False, customer_id="191167", person_id=person_id,
                 shipping=0, shipping_discounts=[],
                 codes=[], attributes={"_tandem_visit": "token", "Gift message": f"Dear {CANARY}", "Friend": "use ADA-SHARES please"},
                 landing_site=f"/?tandem_visit=token&q={CANARY}", country="GB", gateways=[])


def reward(shop: Shop, person_id: UUID, now: datetime) -> Reward:
    return Reward(shop_id=shop.id, order_id="299938", programme_id=uuid4(), version_id=uuid4(), role="advocate", person_id=person_id,
                  kind="fixed", currency=shop.currency, amount=500, state="hold", made_at=now)


Fill = Callable[[Shop], UUID]


@pytest.fixture
def fill(context: Context) -> Fill:
    """A person of this shop with an order, a link, a reward and a mail that waits; returns the person's id."""

    def fill(shop: Shop) -> UUID:
        now = clock.now()
        with context.transaction() as session:
            person = people.meet(session, shop.id, customer_id="191167", email=EMAIL, first_name=CANARY, now=now)
            link = Link(shop_id=shop.id, id=new_id(), programme_id=uuid4(), person_id=person.id, slug="ada", code="ADA-SHARES",
                        code_key="ada-shares", state="active", made_at=now)
            session.add_all([order(shop, person.id, now), reward(shop, person.id, now), link])
            people.note_order(session, shop.id, "299938", person, email=EMAIL, address={"address1": CANARY, "zip": "1"}, ip="192.0.2.1",
                              agent="test")
            messaging.write_mail(session, shop.id, person.id, "earned", about=uuid4(),
                                 facts=facts_of.earned(Worth("fixed"), code=CANARY, expires_at=None), now=now)
            return person.id

    return fill


def dump(context: Context, shop: Shop) -> str:
    """Every value of this shop in every table."""
    found = []
    with context.transaction() as session:
        for table in Base.metadata.sorted_tables:
            column = "id" if table.name == "shops" else "shop_id"
            if column in table.c:
                rows = session.execute(table.select().where(table.c[column] == shop.id)).all()
                found += [f"{table.name}: {row}" for row in rows]
    return "\n".join(found)


def test_a_data_request_tells_all_and_only_that(context: Context, north: Shop, fill: Fill) -> None:
    fill(north)
    for _ in range(2):
        with context.transaction() as session:
            flows.data_request(session, north.id, customer_event("customers/data_request", north), clock.now())
    with context.transaction() as session:
        [asked] = tables.open_requests(session, north.id)
        assert asked.request_id == "9999" and asked.due_at - asked.asked_at == rules.TIME_TO_ANSWER
        assert asked.answer["people"][0]["email"] == EMAIL and asked.answer["links"][0]["code"] == "ADA-SHARES"
        assert [len(asked.answer[part]) for part in ("people", "orders", "links", "rewards", "mail")] == [1, 1, 1, 1, 1]
        flows.answered(session, north.id, asked.id, clock.now())
        assert tables.open_requests(session, north.id) == []


def test_a_request_about_a_stranger_is_answered_too(context: Context, north: Shop) -> None:
    with context.transaction() as session:
        flows.data_request(session, north.id, customer_event("customers/data_request", north), clock.now())
        [asked] = tables.open_requests(session, north.id)
    assert asked.answer == {"people": [], "orders": [], "links": [], "cards": [], "rewards": [], "notes": [], "mail": [], "tags": []}


def test_whose_tags_alone_we_know_is_told_and_forgotten_too(context: Context, north: Shop, south: Shop) -> None:
    with context.transaction() as session:
        for shop in (north, south):
            tagging.told(session, shop.id, "191167", [CANARY], clock.now())
        flows.data_request(session, north.id, customer_event("customers/data_request", north), clock.now())
        [asked] = tables.open_requests(session, north.id)
        assert asked.answer["tags"] == [CANARY] and asked.answer["people"] == []
        flows.redact_customer(session, north.id, customer_event("customers/redact", north), clock.now())
        assert not tagging.changed(session, north.id, "191167", [CANARY], added=True, at=clock.now())
    with context.transaction() as session:
        assert people_tables.tags(session, north.id, ["191167"]) == {}
        assert people_tables.tags(session, south.id, ["191167"]) == {"191167": (CANARY,)}


@pytest.mark.parametrize("customer_id", [191167, None], ids=["by number", "by address alone"])
def test_forgetting_leaves_no_trace_and_every_amount(context: Context, north: Shop, south: Shop, fill: Fill, *,
                                                    customer_id: int | None) -> None:
    person_id = fill(north)
    fill(south)
    with context.transaction() as session:
        flows.data_request(session, north.id, customer_event("customers/data_request", north), clock.now())
        before = session.get_one(Order, (north.id, "299938")).revision
    for _ in range(2):
        with context.transaction() as session:
            assert list(flows.redact_customer(session, north.id, customer_event("customers/redact", north, customer_id=customer_id),
                                              clock.now())) == []
    assert CANARY not in dump(context, north) and CANARY in dump(context, south)
    with context.transaction() as session:
        [kept] = tables.rewards(session, north.id, {person_id})
        assert (kept.amount, kept.state) == (500, "hold")
        assert session.get_one(Order, (north.id, "299938")).revision == before


def test_what_decides_an_order_stays(context: Context, north: Shop, fill: Fill) -> None:
    fill(north)
    with context.transaction() as session:
        flows.redact_customer(session, north.id, customer_event("customers/redact", north), clock.now())
        kept = session.get_one(Order, (north.id, "299938"))
        assert kept.attributes == {"_tandem_visit": "token", "code_1": "ada-shares"} and kept.landing_site == "/?tandem_visit=token"


def test_a_shop_is_forgotten_once_it_has_left(context: Context, north: Shop, south: Shop, fill: Fill) -> None:
    person_id = fill(north)
    asked = event("shop/redact", {"shop_id": 1, "shop_domain": north.domain})
    with context.transaction() as session:
        flows.redact_shop(session, north.id, asked, clock.now())
    assert CANARY in dump(context, north), "a shop that has us now is not forgotten"
    with context.transaction() as session:
        session.get_one(Shop, north.id).state = UNINSTALLED
        flows.redact_shop(session, south.id, asked, clock.now())
        flows.redact_shop(session, north.id, asked, clock.now())
    left = dump(context, north)
    assert CANARY not in left and "owner@north.example" not in left
    with context.transaction() as session:
        assert session.scalar(text("select count(*) from rewards")) == 1
        nobody = people_tables.get(session, north.id, person_id)
        assert (nobody.customer_id, nobody.email, nobody.email_key, nobody.first_name) == (None, None, None, None)
        assert nobody.redacted_at is not None


def test_device_keys_are_forgotten_in_time(context: Context, north: Shop) -> None:
    now = clock.now()
    with context.transaction() as session:
        for number, age in enumerate((179, 181)):
            session.add(Visit(shop_id=north.id, advocate_id=uuid4(), programme_id=uuid4(), version_id=uuid4(), device_key="key",
                              token=str(number), at=now - timedelta(days=age)))
        session.flush()
        flows.retain(session, north.id, now)
        assert session.execute(text("select device_key from visits order by at")).scalars().all() == [None, "key"]


@pytest.mark.parametrize(("landing", "kept"), [
    ("/?tandem_visit=abc&utm_source=x", "/?tandem_visit=abc"), ("/products/x", None), (None, None), ("http://[", None),
    ("/?tandem_visit=a%26b", "/?tandem_visit=a%26b")])
def test_what_stays_of_the_first_page(landing: str | None, kept: str | None) -> None:
    assert rules.kept_landing(landing, "tandem_visit") == kept

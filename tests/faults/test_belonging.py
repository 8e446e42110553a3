"""Who belongs to a segment, from Shopify's news to what Shopify is told: tags, friends, orders that a friend brought."""

import json
from dataclasses import replace

import pytest
import requests

from plugin import clock
from plugin.offers.flows import segments
from plugin.offers.rules import model
from plugin.offers.rules.segments import Condition
from plugin.people.tables import CustomerTags
from plugin.shops import tables as shops
from plugin.shops.tables import Shop
from tests.faults.losing import change, lose, mug, recover
from tests.faults.world import World
from tests.offers_admin.conftest import published, tiers

VIP = Condition("tagged", "any", words=("vip",))
STRANGER = {"shop": "north", "email": "stranger@example.com"}


def asking(shop: World, *conditions: Condition) -> int:
    """An offer for such customers is on. Returns their mark."""
    north = _north(shop)
    with shop.context.transaction() as session:
        made = segments.save_segment(session, north.id, "Chosen", conditions, now=clock.now())
        wanted, number = model.Audience(segments=frozenset({str(made.id)})), made.number
    published(shop.context, north, replace(tiers(product=mug(shop).id), audience=wanted))
    shop.finish()
    return number


def _north(shop: World) -> Shop:
    with shop.context.transaction() as session:
        return shops.get(session, shop.shop_id())


def marks(shop: World, customer: str) -> list[int]:
    """What Shopify has on the customer, but for their own codes."""
    fields = shop.store.services.store.shop("north").metafields.get(f"gid://shopify/Customer/{customer}", {})
    return [mark for one in fields.values() for mark in json.loads(one.value) if isinstance(mark, int)]


def customer(shop: World, **fields: object) -> str:
    return str(shop.ask("customers", **STRANGER | fields)["id"])


def arrive(shop: World) -> None:
    shop.delivered()
    shop.finish()


def test_a_tag_makes_a_stranger_belong_until_it_goes(shop: World) -> None:
    mark = asking(shop, VIP, Condition("orders", "most", 0))
    eve, tom = customer(shop), customer(shop, email="tom@example.com", tags=["other"])
    change(shop, "PATCH", f"customers/{eve}", tags=["Wholesale", "VIP"])
    arrive(shop)
    assert (marks(shop, eve), marks(shop, tom)) == ([mark], [])
    change(shop, "PATCH", f"customers/{eve}", tags=["Wholesale"])
    arrive(shop)
    assert marks(shop, eve) == []


def test_late_news_of_tags_changes_nothing(shop: World) -> None:
    mark = asking(shop, VIP)
    eve = customer(shop, tags=["gold"])
    arrive(shop)
    shop.ask("webhooks/hold", shop="north")
    for tags in (["gold", "VIP"], ["gold"], ["gold", "vip"]):
        shop.store.services.store.clock.move(5)
        change(shop, "PATCH", f"customers/{eve}", tags=tags)
    held = [one for one in shop.store.services.webhooks.held if one.topic.startswith("customer.tags")]
    assert [one.topic for one in held] == ["customer.tags_added", "customer.tags_removed", "customer.tags_added"]
    for delivery in reversed(held):
        assert shop.app.test_client().post("/webhooks", data=delivery.body, headers=delivery.headers).status_code == 200
        shop.finish()
    assert marks(shop, eve) == [mark]


def test_tags_of_before_the_install_and_lost_ones_are_read(shop: World) -> None:
    lose(shop)
    eve, tom = customer(shop, tags=["VIP"]), customer(shop, email="tom@example.com")
    mark = asking(shop, VIP)
    assert marks(shop, eve) == []
    recover(shop)
    assert marks(shop, eve) == [mark]
    assert tags_kept(shop) == {eve}, "of who has none nothing is kept"
    shop.ask("webhooks/release")
    shop.ask("uninstall", shop="north")
    arrive(shop)
    change(shop, "PATCH", f"customers/{tom}", tags=["vip"])
    shop.install()
    arrive(shop)
    assert marks(shop, tom) == [mark]


def tags_kept(shop: World) -> set[str]:
    with shop.context.transaction() as session:
        return {row.customer_id for row in session.query(CustomerTags)}


def test_anothers_customer_is_not_believed(shop: World) -> None:
    """The header that names the shop is not signed: a body of South's under North's name is looked up at North's, and found nowhere."""
    asking(shop, VIP)
    shop.install("south")
    shop.ask("webhooks/hold")
    foreign = str(shop.ask("customers", shop="south", email="eve@example.com", tags=["VIP"])["id"])
    [held] = [one for one in shop.store.services.webhooks.held if one.topic == "customer.tags_added"]
    headers = held.headers | {"X-Shopify-Shop-Domain": "north.myshopify.com"}
    assert shop.app.test_client().post("/webhooks", data=held.body, headers=headers).status_code == 200
    shop.finish()
    assert tags_kept(shop) == set() and marks(shop, foreign) == []


@pytest.mark.parametrize("back", [{"everything": True}, None], ids=["refunded", "cancelled"])
def test_whoever_brings_a_friend_belongs_while_the_order_stands(shop: World, back: dict[str, object] | None) -> None:
    shop.publish("code")
    mark = asking(shop, Condition("friends", "least", 1))
    code = shop.advocate("code", "al")
    [ada] = [str(one["id"]) for one in shop.read("customers?shop=north")["customers"] if one["email"] == "ada.al@advocates.example"]
    order = shop.order("bo", code)
    arrive(shop)
    assert marks(shop, ada) == [mark]
    shop.ask(f"orders/{order}/{'refund' if back else 'cancel'}", **back or {})
    arrive(shop)
    assert marks(shop, ada) == []


def test_whom_a_friend_brought_belongs_while_the_order_stands(shop: World) -> None:
    shop.publish("code")
    mark = asking(shop, Condition("referred", "least", 1))
    order = shop.order("bo", shop.advocate("code", "al"))
    alone = shop.order("cy")
    arrive(shop)
    bo, cy = (str(requests.get(f"{shop.store.url}/_devstore/orders/{one}", timeout=5).json()["customer_id"]) for one in (order, alone))
    assert (marks(shop, bo), marks(shop, cy)) == ([mark], [])
    shop.ask(f"orders/{order}/refund", everything=True)
    arrive(shop)
    assert marks(shop, bo) == []


def test_goods_that_are_called_otherwise_by_now_are_followed(shop: World) -> None:
    mark = asking(shop, Condition("bought", "any", words=("clearance",)))
    bo = str(requests.get(f"{shop.store.url}/_devstore/orders/{shop.order('bo')}", timeout=5).json()["customer_id"])
    arrive(shop)
    assert marks(shop, bo) == []
    throw = next(one for one in shop.read("products?shop=north")["products"] if one["handle"] == "wool-throw")["id"]
    for product, wanted in ((mug(shop).id, []), (throw, [mark])):
        change(shop, "PATCH", f"products/{product}", tags=["Clearance"])
        arrive(shop)
        assert marks(shop, bo) == wanted
    change(shop, "PATCH", f"products/{throw}", tags=["New"])
    arrive(shop)
    assert marks(shop, bo) == []

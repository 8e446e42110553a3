"""Markets: read from Shopify, followed by the offers that name them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from jobs.events import EVENTS
from plugin import clock
from plugin.context import Context
from plugin.db import new_id
from plugin.errors import Refused
from plugin.intake.rules import Event
from plugin.mirror import catalogue
from plugin.mirror.tables.markets import Market
from plugin.mirror.tables.markets import markets as known
from plugin.offers import tables
from plugin.offers.deliveries.markets import list_markets
from plugin.offers.flows.shown import make
from plugin.offers.rules import model
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.shops import tables as shops
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import Shopify, deliver, published, tiers


@dataclass
class World:
    """Shopify's markets: name, status, countries (None: everywhere) and condition types, by id. One country a page."""

    markets: dict[str, tuple[str, str, Sequence[str] | None, list[str]]] = field(default_factory=dict)

    def listed(self, after: str | None) -> dict[str, Any]:
        ids = sorted(self.markets)
        at = int(after or 0)
        nodes = [self._node(one) for one in ids[at:at + 1]]
        return {"markets": {"nodes": nodes, "pageInfo": {"hasNextPage": at + 1 < len(ids), "endCursor": str(at + 1)}}}

    def _node(self, id: str) -> dict[str, Any]:
        name, status, countries, kinds = self.markets[id]
        regions = {"applicationLevel": "ALL" if countries is None else "SPECIFIED"} if "REGION" in kinds else None
        return {"id": f"gid://shopify/Market/{id}", "name": name, "status": status,
                "conditions": {"conditionTypes": kinds, "regionsCondition": regions}}

    def regions(self, id: str, after: str | None) -> dict[str, Any]:
        countries, at = self.markets[id.rpartition("/")[2]][2] or (), int(after or 0)
        nodes = [{"__typename": "MarketRegionCountry", "code": one} if len(one) == 2 else {"__typename": "MarketRegionSubdivision"}
                 for one in countries[at:at + 1]]
        page = {"nodes": nodes, "pageInfo": {"hasNextPage": at + 1 < len(countries), "endCursor": str(at + 1)}}
        return {"market": {"conditions": {"regionsCondition": {"regions": page}}}}


@pytest.fixture
def world(shopify: Shopify, monkeypatch: pytest.MonkeyPatch, context: Context, shop: Shop) -> World:
    found = World({"1": ("Isles", "ACTIVE", ("GB", "IE"), ["REGION"])})
    monkeypatch.setattr(shopify, "markets_listed", found.listed, raising=False)
    monkeypatch.setattr(shopify, "market_regions", found.regions, raising=False)
    with context.transaction() as session:
        shops.get(session, shop.id).scopes = "read_products,read_markets"
    return found


def follow(context: Context, shop: Shop) -> None:
    """A market has changed, and everything that follows from it."""
    with context.transaction() as session:
        event = Event(new_id(), "webhook", "markets/update", "1", None, clock.now(), b"{}")
        EVENTS["markets/update"](session, shop.id, event, clock.now())
    with context.transaction() as session:
        session.execute(update(Delivery).where(Delivery.kind == "markets_list").values(not_before=datetime(2020, 1, 1, tzinfo=UTC)))
    for _ in range(3):
        with context.transaction() as session:
            leases = outbox.lease(session, {"markets_list": outbox.Terms(100, 60)})
        if leases:
            list_markets(context, leases)
    deliver(context)


def spec(context: Context, shop: Shop) -> dict[str, Any]:
    """What the shop's pages ask of the one offer."""
    with context.transaction() as session:
        told = make(session, shop.id).pages["offers"]["offers"]
    return dict(told["1"]["needs"]) if told else {}


def here(*markets: str) -> model.Offer:
    return replace(tiers(), audience=model.Audience(markets=frozenset(markets)))


def test_what_a_market_says_is_read_whole(context: Context, shop: Shop, world: World) -> None:
    world.markets |= {"2": ("World", "ACTIVE", None, ["REGION"]), "3": ("Wholesale", "ACTIVE", (), ["COMPANY_LOCATION"]),
                      "4": ("Counties", "DRAFT", ("GB", "GB-KEN"), ["REGION"]), "5": ("Both", "ACTIVE", ("FR",), ["REGION", "LOCATION"])}
    follow(context, shop)
    with context.transaction() as session:
        found = [(one.name, one.active, one.by_country, one.everywhere, one.countries) for one in known(session, shop.id)]
        assert found == [("Both", True, False, False, ["FR"]), ("Counties", False, False, False, ["GB"]),
                         ("Isles", True, True, False, ["GB", "IE"]), ("Wholesale", True, False, False, []), ("World", True, True, True, [])]
        catalogue.forget_shop(session, shop.id)
        assert not known(session, shop.id)


def test_an_offer_follows_its_markets(context: Context, shop: Shop, shopify: Shopify, world: World) -> None:
    follow(context, shop)
    offer_id = published(context, shop, here("1"))
    deliver(context)
    assert spec(context, shop)["countries"] == ["GB", "IE"] and shopify.titles() == ["More mugs"]
    told = dict(shopify.fields)
    follow(context, shop)
    assert dict(shopify.fields) == told, "nothing changed, so nothing is told"
    world.markets["1"] = ("Isles", "ACTIVE", ("IE",), ["REGION"])
    follow(context, shop)
    assert spec(context, shop)["countries"] == ["IE"] and shopify.fields != told
    del world.markets["1"]
    follow(context, shop)
    assert not shopify.discounts and shopify.on_pages() == []
    with context.transaction() as session:
        assert tables.left_out(session, shop.id) == [offer_id]
        assert tables.findings(session, shop.id)[offer_id].told["key"] == "offers.refused_market_gone"
    world.markets["1"] = ("Isles", "ACTIVE", ("IE",), ["REGION"])
    follow(context, shop)
    assert shopify.on_pages() == ["1"]


@pytest.mark.parametrize(("change", "key"), [
    (lambda world: world.markets.clear(), "offers.refused_market_gone"),
    (lambda world: world.markets.update({"1": ("Isles", "DRAFT", ("GB",), ["REGION"])}), "offers.refused_market_empty"),
    (lambda world: world.markets.update({"1": ("Isles", "ACTIVE", (), ["REGION"])}), "offers.refused_market_empty"),
])
def test_markets_without_anybody_are_refused_when_it_is_saved(context: Context, shop: Shop, world: World,
                                                              change: Callable[[World], None], key: str) -> None:
    change(world)
    follow(context, shop)
    with pytest.raises(Refused) as refused:
        published(context, shop, here("1"))
    assert (refused.value.key, refused.value.facts["field"]) == (key, "audience.markets")


def test_an_offer_whose_market_is_gone_stands_in_no_other_ones_way(context: Context, shop: Shop, shopify: Shopify, world: World) -> None:
    follow(context, shop)
    published(context, shop, here("1"))
    world.markets.clear()
    follow(context, shop)
    published(context, shop, replace(tiers("Others"), number=2))
    deliver(context)
    assert shopify.titles() == ["Others"]


def test_without_the_permission_nothing_is_asked(context: Context, shop: Shop, shopify: Shopify, world: World) -> None:
    with context.transaction() as session:
        shops.get(session, shop.id).scopes = "read_products"
    follow(context, shop)
    assert "markets_listed" not in shopify.calls


def test_of_two_shops_each_has_its_own(context: Context, shop: Shop, south: Shop, world: World) -> None:
    follow(context, shop)
    with context.transaction() as session:
        assert not known(session, south.id)
        session.add(Market(shop_id=south.id, id="1", name="Ours", active=True, by_country=True, everywhere=True, countries=[],
                           read_at=clock.now()))
        session.flush()
        assert [one.name for one in known(session, shop.id)] == ["Isles"]

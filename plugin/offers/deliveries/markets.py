"""Reading markets from Shopify: all of them, with their countries."""

from collections.abc import Iterator, Sequence
from typing import Any

from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.mirror.tables.markets import Market
from plugin.offers.flows import markets
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shops import reads as shops

MOST_PAGES = 1_000
COUNTRY = "MarketRegionCountry"


def list_markets(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: any."""
    shop_id = leases[0].shop_id
    api = shops.admin_api(context, shop_id)
    found = [_market(api, shop_id, node) for node in _listed(api)]
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        markets.listed(session, shop_id, found, clock.now())
        for lease in leases:
            outbox.finish(session, lease)


def _listed(api: AdminApi) -> Iterator[dict[str, Any]]:
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = api.call("markets_listed", after=after)["markets"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _market(api: AdminApi, shop_id: ShopId, node: dict[str, Any]) -> Market:
    told = node["conditions"] or {}
    asked = told.get("regionsCondition") or {}
    everywhere = asked.get("applicationLevel") == "ALL"
    regions = [] if everywhere or not asked else list(_regions(api, node["id"]))
    by_country = told.get("conditionTypes") == ["REGION"] and all(one["__typename"] == COUNTRY for one in regions)
    return Market(shop_id=shop_id, id=gid.digits(node["id"]), name=node["name"][:300], active=node["status"] == "ACTIVE",
                  by_country=by_country, everywhere=everywhere, read_at=clock.now(),
                  countries=sorted({one["code"] for one in regions if one["__typename"] == COUNTRY}))


def _regions(api: AdminApi, id: str) -> Iterator[dict[str, Any]]:
    """None of a market that is gone meanwhile."""
    after: str | None = None
    for _ in range(MOST_PAGES):
        market = api.call("market_regions", id=id, after=after)["market"]
        if not market or not market["conditions"] or not market["conditions"]["regionsCondition"]:
            return
        page = market["conditions"]["regionsCondition"]["regions"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]

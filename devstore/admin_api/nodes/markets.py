"""Markets, with the conditions under which a visitor is in one."""

from typing import Any

from devstore import gid
from devstore.admin_api.call import Call, Node
from devstore.admin_api.paging import connection
from devstore.state.shops import Market

_NAMES = {"GB": "United Kingdom", "DE": "Germany", "FR": "France", "JP": "Japan", "US": "United States", "KW": "Kuwait"}


def market_node(call: Call, one: Market) -> Node:
    return {
        "__typename": "Market",
        "id": gid.make("Market", one.id),
        "name": one.name,
        "handle": one.handle,
        "status": one.status,
        "type": one.kind,
        "conditions": {"conditionTypes": [one.kind], "regionsCondition": _regions(call, one) if one.kind == "REGION" else None},
    }


def _regions(call: Call, one: Market) -> Node:
    """All of the world names no country."""
    ids = [] if one.everywhere else list(range(1, len(one.countries) + 1))

    def country(number: int) -> Node:
        code = one.countries[number - 1]
        region = gid.make("MarketRegionCountry", one.id * 1000 + number)
        return {"__typename": "MarketRegionCountry", "id": region, "name": _NAMES.get(code, code), "code": code}

    def regions(_info: object, **args: Any) -> Node:  # noqa: ANN401 - GraphQL arguments
        return connection(call, ids, args, country)

    return {"applicationLevel": "ALL" if one.everywhere else "SPECIFIED", "regions": regions}

"""Markets: groups of buyers, most of them by country. A shop begins with one, of its own country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devstore.payloads.shops import market_payload
from devstore.state.shops import Market, Shop

if TYPE_CHECKING:
    from devstore.state.store import Store

ROOM = 1000
"""Markets have ids from the shop's own times this on."""


def open_market(shop: Shop, name: str, countries: list[str]) -> Market:
    """Nobody is told."""
    number = max(shop.markets, default=shop.id * ROOM - 1) + 1
    made = Market(number, name, "-".join(name.lower().split()), countries)
    shop.markets[made.id] = made
    return made


def new_market(store: Store, shop: Shop, name: str, countries: list[str]) -> Market:
    made = open_market(shop, name, countries)
    store.tell(shop, "markets/create", market_payload(made))
    return made


def market_changed(store: Store, shop: Shop, one: Market) -> None:
    store.tell(shop, "markets/update", market_payload(one))


def delete_market(store: Store, shop: Shop, one: Market) -> None:
    del shop.markets[one.id]
    store.tell(shop, "markets/delete", {"id": one.id})


def market_of(shop: Shop, country: str) -> Market | None:
    """Where a visitor of this country is: of the markets that have it, the one with the fewest countries."""
    fits = [one for one in shop.markets.values() if one.status == "ACTIVE" and one.kind == "REGION"
            and (one.everywhere or country in one.countries)]
    return min(fits, key=lambda one: (one.everywhere, len(one.countries), one.id), default=None)

"""The development store's control API, and shops of ours in it, for benchmarks that need both sides."""

from typing import Any

import requests

from devstore.demo.launch import Place
from plugin.app import make_context, welcome
from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId
from plugin.shopify.operations import load
from plugin.shopify.version import admin_path
from plugin.shops import reads, tables
from plugin.shops.door import Door


class Store:
    """``/_devstore/`` of one launched place, and the app's own context on the same database."""

    def __init__(self, place: Place) -> None:
        self.http = requests.Session()
        self.control = f"{place.devstore}/_devstore"
        self.context: Context = make_context(Settings.from_environment(place.environment()))

    def post(self, path: str, **fields: object) -> dict[str, Any]:
        answer = self.http.post(f"{self.control}/{path}", json=fields, timeout=60)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def points(self, shop: str) -> dict[str, int]:
        """charged, calls and throttled of one shop so far."""
        told = self.http.get(f"{self.control}/state", timeout=60).json()["points"]
        return {name: counts.get(shop, 0) for name, counts in told.items()}

    def effects(self, shop: str, kind: str) -> int:
        """How many effects of a kind the store has logged for a shop."""
        return len(self.http.get(f"{self.control}/effects", params={"shop": shop, "kind": kind}, timeout=60).json()["effects"])

    def install(self, shop: str) -> ShopId:
        """As a merchant does: grant, then open the app."""
        domain = self.post("install", shop=shop)["domain"]
        Door(self.context, welcome).arrive(domain, self.post("tokens", shop=shop, kind="admin")["token"])
        with self.context.transaction() as session:
            found = tables.by_domain(session, domain)
            assert found is not None
            return found.id

    def ask(self, shop_id: ShopId, operation: str, **variables: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """One operation, as it is: its data and what it cost (``extensions.cost``)."""
        domain, token = reads.access(self.context, shop_id)
        answer = self.http.post(f"{self.context.settings.origin(domain)}{admin_path()}", timeout=60,
                                headers={"X-Shopify-Access-Token": token},
                                json={"query": load(operation).text, "variables": variables}).json()
        return answer["data"], answer["extensions"]["cost"]

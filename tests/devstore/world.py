"""What the tests say to a devstore, in few words."""

import time
from dataclasses import dataclass
from typing import Any, cast

import requests

from devstore import signing
from devstore.server import Running
from devstore.state.shops import Shop
from devstore.tokens import EXCHANGE, ID_TOKEN, OFFLINE
from tests.devstore.sink import Sink

SECONDS = 10


@dataclass
class World:
    running: Running
    app: Sink

    @property
    def url(self) -> str:
        return self.running.url

    def shop(self, name: str = "north") -> Shop:
        return self.running.services.store.shop(name)

    def ask(self, path: str, **fields: object) -> Any:  # noqa: ANN401  (JSON)
        """POST to the control API; fails unless it agrees."""
        answer = requests.post(f"{self.url}/_devstore/{path}", json=fields, timeout=SECONDS)
        assert answer.ok, answer.text
        return answer.json()

    def read(self, path: str) -> Any:  # noqa: ANN401  (JSON)
        answer = requests.get(f"{self.url}/_devstore/{path}", timeout=SECONDS)
        assert answer.ok, answer.text
        return answer.json()

    def effects(self, kind: str, shop: str = "north") -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self.read(f"effects?shop={shop}&kind={kind}")["effects"])

    def order(self, shop: str = "north", **fields: object) -> Any:  # noqa: ANN401  (JSON)
        wanted = {"email": "ann@example.com", "lines": [{"product": "enamel-mug", "quantity": 2}]}
        return self.ask("orders", shop=shop, **{**wanted, **fields})

    def oauth(self, shop: str = "north", **fields: object) -> requests.Response:
        app = self.running.services.store.settings.app
        body = {"client_id": app.client_id, "client_secret": app.secret, **fields}
        return requests.post(f"{self.url}/_shop/{shop}.myshopify.com/admin/oauth/access_token", json=body, timeout=SECONDS)

    def id_token(self, shop: str = "north") -> str:
        app = self.running.services.store.settings.app
        return signing.admin_id_token(app.secret, app.client_id, domain=f"{shop}.myshopify.com", staff_id=7)

    def exchange(self, shop: str = "north", **fields: object) -> requests.Response:
        wanted = {"subject_token": self.id_token(shop), "subject_token_type": ID_TOKEN, "requested_token_type": OFFLINE, "expiring": "1"}
        return self.oauth(shop, grant_type=EXCHANGE, **{**wanted, **fields})

    def connect(self, shop: str = "north", scopes: list[str] | None = None) -> "Api":
        """Install the app and get a token."""
        self.ask("install", shop=shop, scopes=scopes)
        return Api(f"{self.url}/_shop/{shop}.myshopify.com", self.exchange(shop).json()["access_token"])


@dataclass
class Api:
    origin: str
    token: str
    version: str = "2026-10"

    def send(self, query: str, **variables: object) -> requests.Response:
        body = {"query": query, "variables": variables}
        address = f"{self.origin}/admin/api/{self.version}/graphql.json"
        return requests.post(address, json=body, headers={"X-Shopify-Access-Token": self.token}, timeout=SECONDS)

    def call(self, query: str, **variables: object) -> Any:  # noqa: ANN401  (JSON)
        """``data``; fails on errors."""
        answer = self.send(query, **variables)
        assert answer.status_code == 200 and "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def errors(self, query: str, **variables: object) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self.send(query, **variables).json().get("errors", []))

    def until(self, query: str, done: str, **variables: object) -> Any:  # noqa: ANN401  (JSON)
        """Ask until the one root field says ``done``."""
        until = time.monotonic() + 5
        while time.monotonic() < until:
            (found,) = self.call(query, **variables).values()
            if found[done] in (True, "COMPLETED"):
                return found
            time.sleep(0.02)
        raise AssertionError(found)


def customer(world: World, shop: str = "north") -> str:
    """A new one's gid."""
    email = f"kim{len(world.shop(shop).customers)}@example.com"
    return f"gid://shopify/Customer/{world.ask('customers', shop=shop, email=email)['id']}"

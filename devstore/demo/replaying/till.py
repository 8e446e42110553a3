"""One step of the plan, done as a shopper or a merchant does it: cart, checkout, link, landing page, claim, refund."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Condition
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import urllib3

from devstore.demo.launch import Place
from devstore.demo.replaying import people
from devstore.demo.replaying.stage import SHOP
from devstore.demo.replaying.steps import Back, Good, Sale
from devstore.demo.replaying.visitor import Answer, Visitor
from devstore.demo.web import Unexpected, action_of, ask, form_fields

PATIENCE = 300.0
POLL = 0.5


@dataclass
class Known:
    """What later steps need: an order's id and lines by invoice, an advocate's link by number. Shared by all threads."""

    orders: dict[str, tuple[str, dict[int, str]]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    placed: int = 0
    refunded: int = 0
    claimed: int = 0
    spent: int = 0
    changed: Condition = field(default_factory=Condition, repr=False)

    def keep_link(self, advocate: str, link: str) -> None:
        with self.changed:
            self.links[advocate] = link
            self.changed.notify_all()

    def link(self, advocate: str) -> str:
        """Waits for an advocate who is about to get one. Raises Unexpected."""
        with self.changed:
            if not self.changed.wait_for(lambda: advocate in self.links, PATIENCE):
                raise Unexpected(f"advocate {advocate} got no link within {PATIENCE:.0f} s")
            return self.links[advocate]

    def count(self, name: str, more: int = 1) -> None:
        with self.changed:
            setattr(self, name, getattr(self, name) + more)


@dataclass
class Till:
    """Where steps are done. One for all threads."""

    place: Place
    variants: dict[Good, int]
    known: Known
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=16))

    def sell(self, sale: Sale) -> Callable[[], None] | None:
        """Cart, checkout, payment. Returns what the shopper does afterwards, while others go on. Raises Unexpected."""
        visitor = Visitor(self.pool, f"{SHOP}.localhost:{self.place.ports['devstore']}", people.agent(sale.shopper))
        attributes = self._follow(visitor, sale) if sale.part.follows else {}
        code = self._reward(visitor, sale) if sale.part.spends else None
        items = [{"id": self.variants[good], "quantity": quantity} for good, quantity in sale.goods.items()]
        visitor.send("/cart/add.js", {"items": items, "attributes": attributes} | ({"discount": code} if code else {}))
        checkout = visitor.get("/checkout").location
        email = people.email(sale.shopper, guest=sale.guest)
        paid = visitor.form(checkout, people.address(sale.shopper, sale.country) | {"email": email, "action": "pay"})
        if not paid.location.endswith("/thank-you"):
            raise Unexpected(f"the checkout of invoice {sale.invoice} ended at {paid.location or paid.text[:300]}")
        self.known.count("placed")
        if sale.kept:
            self._keep(sale, checkout.rpartition("/")[2])
        return partial(self._share, visitor, sale, checkout) if sale.part.shares else None

    def give_back(self, back: Back) -> None:
        """The merchant refunds, one refund for each order that the cancelled invoice touches."""
        for invoice, goods in back.goods.items():
            order_id, lines = self.known.orders[invoice]
            wanted = {lines[self.variants[good]]: units for good, units in goods.items()}
            ask(f"{self.place.devstore}/_devstore/orders/{order_id}/refund", {"lines": wanted, "note": back.invoice})
            self.known.count("refunded")

    def _keep(self, sale: Sale, token: str) -> None:
        order = ask(f"{self.place.devstore}/_devstore/checkouts/{token}")
        self.known.orders[sale.invoice] = (order["id"], {int(line["variant_id"]): line["id"] for line in order["lines"]})

    def _share(self, visitor: Visitor, sale: Sale, checkout: str) -> None:
        """The thank-you page's block asks until the order has reached the app."""
        end = time.monotonic() + PATIENCE
        while (told := self._ask_share(visitor, sale, checkout))["state"] == "waiting":
            if time.monotonic() > end:
                raise Unexpected(f"the order of invoice {sale.invoice} did not reach the app")
            time.sleep(POLL)
        if told["state"] == "none":  # nothing is asked of somebody whose goods have just come back; the account has the link all the same
            told = self._ask_account(visitor, sale)
        if told["state"] != "ready":
            raise Unexpected(f"customer {sale.shopper} may not share: {told}")
        self.known.keep_link(sale.shopper, urlsplit(told["link"]).path)

    def _ask_account(self, visitor: Visitor, sale: Sale) -> dict[str, Any]:
        return dict(visitor.ask_app(f"{self.place.app}/extension/share", self._account_token(visitor, sale), {}).json())

    def _account_token(self, visitor: Visitor, sale: Sale) -> str:
        visitor.form("/account/login", {"customer[email]": people.email(sale.shopper)})
        return str(visitor.get("/account/session-token").json()["token"])

    def _ask_share(self, visitor: Visitor, sale: Sale, checkout: str) -> dict[str, Any]:
        """With a new token each time: one lives a minute only."""
        token = visitor.get(f"{checkout}/session-token").json()["token"]
        asked = {"order_id": self.known.orders[sale.invoice][0]}
        return dict(visitor.ask_app(f"{self.place.app}/extension/share", token, asked).json())

    def _follow(self, visitor: Visitor, sale: Sale) -> dict[str, str]:
        """The landing page, its button, and the code that the store then keeps. Returns the cart's attributes."""
        path = self.known.link(sale.part.follows or "")
        landing = visitor.get(path).text
        answer = visitor.form(urljoin(path, action_of(landing, "/claim")), form_fields(landing))
        onward = visitor.get(self._discount(visitor, path, answer)).location
        visitor.get(onward)
        self.known.count("claimed")
        visit = parse_qs(urlsplit(onward).query).get("tandem_visit", [])
        return {"_tandem_visit": visit[0]} if visit and sale.part.consents else {}

    def _discount(self, visitor: Visitor, path: str, answer: Answer) -> str:
        """Where the claim leads, once the code is made. Raises Unexpected."""
        end = time.monotonic() + PATIENCE
        wait = urljoin(f"{path}/claim", answer.location)
        while not answer.location.startswith("/discount/"):
            if time.monotonic() > end:
                raise Unexpected(f"the claim at {path} ended at {answer.location or answer.text[:300]}")
            time.sleep(POLL)
            answer = visitor.get(wait)
        return answer.location

    def _reward(self, visitor: Visitor, sale: Sale) -> str | None:
        """The code of an issued reward, from the account page's block."""
        told = visitor.ask_app(f"{self.place.app}/extension/rewards", self._account_token(visitor, sale))
        rewards = told.json()["rewards"]
        code = next((one["code"] for one in rewards if one["state"] == "issued" and one["code"]), None)
        self.known.count("spent", 1 if code else 0)
        return code

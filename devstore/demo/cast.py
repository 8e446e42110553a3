"""Who plays: the merchant in the admin, and shoppers with a browser each. They use the addresses that people use."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from devstore.demo.launch import Place
from devstore.demo.web import Browser, Unexpected, action_of, ask, form_fields

SHOP = "north"
HOUSEMATES = {"Eve", "Finn"}


@dataclass
class Merchant:
    """Opens the app in the admin, saves forms as its pages do, refunds orders in Shopify's own admin."""

    place: Place
    shop: str = SHOP
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.place.admin)

    def install(self) -> None:
        self.browser.post(f"/store/{self.shop}/apps/tandem/install")

    def place_all(self) -> None:
        """Every block in the theme editor and every extension in the checkout editor, saved as the merchant saves them."""
        self._place("/themes", "/themes/blocks")
        self._place("/settings/checkout/editor", "/settings/checkout/editor")

    def _place(self, editor: str, action: str) -> None:
        page = self.browser.get(f"/store/{self.shop}{editor}").text
        self.browser.post(f"/store/{self.shop}{action}", data={"shown": re.findall(r'name="shown" value="([^"]+)"', page)})

    def open(self, path: str = "/app") -> str:
        """A page of the app, as the frame loads it."""
        query = {"id_token": self.token(), "shop": f"{self.shop}.myshopify.com", "embedded": "1", "locale": "en"}
        return self.browser.get(f"{self.place.app}{path}", params=query).text

    def send(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        """A form, sent by fetch with the token that App Bridge adds."""
        headers = {"Authorization": f"Bearer {self.token()}", "HX-Request": "true"}
        return self.browser.post(f"{self.place.app}{path}", data=fields, headers=headers)

    def refund_all(self, order_id: str) -> None:
        order = ask(f"{self.place.devstore}/_devstore/orders/{order_id}")
        lines = {f"line-{line['id']}": str(line["quantity"]) for line in order["lines"]}
        self.browser.post(f"/store/{self.shop}/orders/{order_id}/refund", data=lines | {"note": "changed their mind"})

    def token(self) -> str:
        return str(self.browser.get(f"/store/{self.shop}/apps/tandem/id-token").json()["token"])


@dataclass
class Shopper:
    """One person with one browser. ``email`` is theirs at checkout."""

    place: Place
    name: str
    email: str
    browser: Browser = field(init=False)
    checkout: str = ""

    def __post_init__(self) -> None:
        self.browser = Browser(self.place.shop(SHOP))

    def buy(self, handles: list[str], *, code: str | None = None) -> str:
        """Products into the cart, then the whole checkout. Returns the order's id."""
        done = self.pay(handles, code=code)
        if not done.url.path.endswith("/thank-you"):
            raise Unexpected(f"checkout of {self.name} ended at {done.url}")
        self.checkout = done.url.path
        return self.last_order()

    def pay(self, handles: list[str], *, code: str | None = None) -> httpx.Response:
        """The same up to the page that follows the payment."""
        for handle in handles:
            variant = self.browser.get(f"/products/{handle}.js").json()["variants"][0]["id"]
            self.browser.post("/cart/add.js", json={"items": [{"id": variant, "quantity": 1}]})
        page = self.browser.get("/checkout")
        if code:
            page = self.browser.post(str(page.url), data=self._typed(page.text) | {"action": "apply", "discount": code})
        return self.browser.post(str(page.url), data=self._typed(page.text) | {"action": "pay"})

    def _typed(self, page: str) -> dict[str, str]:
        street = "5 Elm Row" if self.name in HOUSEMATES else f"{len(self.name)} {self.name} Road"
        home = {"first_name": self.name, "last_name": "Example", "address1": street, "zip": "LS1 4AP", "city": "Leeds",
                "country_code": "GB", "email": self.email}
        kept = {name: value for name, value in form_fields(page).items() if name in ("contact", "shipping_rate")}
        return kept | home

    def last_order(self) -> str:
        orders = ask(f"{self.place.devstore}/_devstore/orders?shop={SHOP}&limit=5")["orders"]
        return next(str(one["id"]) for one in reversed(orders) if one["email"] == self.email)

    def share(self, order_id: str) -> dict[str, Any]:
        """What the thank-you page's block asks for."""
        token = self.browser.get(self.checkout.removesuffix("/thank-you") + "/session-token").json()["token"]
        answer = self.browser.post(f"{self.place.app}/extension/share", json={"order_id": order_id}, headers=_bearer(token))
        return dict(answer.json())

    def log_in(self) -> None:
        self.browser.post("/account/login", data={"customer[email]": self.email})

    def rewards(self) -> dict[str, Any]:
        """What the account page's block shows to the customer who is logged in."""
        token = self.browser.get("/account/session-token").json()["token"]
        return dict(self.browser.get(f"{self.place.app}/extension/rewards", headers=_bearer(token)).json())

    def follow(self, link: str) -> str:
        """A friend's link: the landing page."""
        return self.browser.get(link).text

    def claim(self, link: str, landing: str, bundle: str = "") -> str:
        """Press the landing page's button without JavaScript, or that of a bundle, which then is in the cart. Returns the code, which the
        store now keeps for the checkout."""
        address = httpx.URL(link).join(action_of(landing, "/claim"))
        done = self.browser.post(str(address), data=form_fields(landing) | ({"bundle": bundle} if bundle else {}))
        for step in [*done.history, done]:
            if step.url.path.startswith("/discount/"):
                return step.url.path.removeprefix("/discount/")
        raise Unexpected(f"the claim ended at {done.url} without a code")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}

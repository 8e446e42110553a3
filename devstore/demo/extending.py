"""Part D of the story: an offer after payment, as the page's extension plays it, with what Shopify and the app sign for one another."""

import json
import re
from dataclasses import dataclass
from typing import Any

from devstore.demo.cast import SHOP, Shopper
from devstore.demo.offering import reported
from devstore.demo.stage import Story, id_after
from devstore.demo.web import Unexpected, ask

BOUGHT, DEARER, SMALLER = "brass-pen", "wool-throw", "pocket-notebook"
FORM: dict[str, Any] = {"kind": "kit", "outcome": "basket", "count_a": "1", "count_b": "1", "worth": "percent", "value": "10",
                        "pick": "cheapest", "scope": "all", "who": "any", "combines": ["order", "shipping"]}
_FACTS = re.compile(r'<script type="application/json">(.+?)</script>')


@dataclass
class Page:
    """The page between payment and thanks, in the browser of one who has just paid."""

    shopper: Shopper
    facts: dict[str, Any]

    @property
    def token(self) -> str:
        return str(self.facts["input"]["token"])

    def offers(self) -> list[dict[str, Any]]:
        """The first, and the smaller one for who declines it."""
        return list(self._app("", {}).json()["offers"])

    def see(self, offer: dict[str, Any]) -> str:
        """What Shopify says it would charge for an offer; the page shows none whose price is another."""
        found = self.shopper.browser.post(self.facts["change"], json={"changes": json.loads(offer["changes"])}).json()
        self.tell("s", offer)
        return str(found["calculatedPurchase"]["totalOutstandingSet"]["presentmentMoney"]["amount"])

    def accept(self, offer: dict[str, Any]) -> None:
        """One press: the app signs what was shown, Shopify charges it. Raises Unexpected if it does not."""
        signed = self._app("/changeset", {"number": offer["number"], "price": offer["price"]}).json()["changeset"]
        done = self.shopper.browser.post(self.facts["change"], json={"changeset": signed}).json()
        if done["status"] != "processed":
            raise Unexpected(f"the changeset was not applied: {done}")
        self.tell("a", offer)

    def tell(self, what: str, offer: dict[str, Any]) -> None:
        self._app("/seen", {"marks": f"{what}{offer['number']}post_purchase"})

    def leave(self) -> None:
        self.shopper.browser.get(self.facts["done"])

    def order(self) -> dict[str, Any]:
        return dict(ask(f"{self.shopper.place.devstore}/_devstore/orders/{self.shopper.last_order()}"))

    def _app(self, path: str, said: dict[str, Any]) -> Any:  # noqa: ANN401 - an answer
        return self.shopper.browser.post(f"{self.shopper.place.app}/extension/afterwards{path}", json={"token": self.token, **said})


def offer_afterwards(story: Story) -> None:
    """Ivy declines a throw and takes a notebook; Jack takes nothing. The books of referrals know nothing of either."""
    before, smaller = story.books.accounts(), set_up(story)
    takes_the_smaller(story)
    declines(story)
    page = f"/app/offers/{smaller}/report"
    figures = story.until("the report", lambda: reported(story.merchant.open(page), bought=1, kept=1))
    story.until("the books close", lambda: story.left(before, {}))
    story.step("the smaller offer's report has it: taken once, and kept; nothing of it is in the books of referrals", **figures)


def set_up(story: Story) -> str:
    """Two sets with a pen, the dearer one first. Returns the id of the smaller one's offer."""
    merchant = story.merchant
    merchant.browser.post(f"/store/{SHOP}/settings/checkout/post-purchase", data={"app": "tandem-afterwards"})
    products = {one["handle"]: one["id"] for one in ask(f"{story.place.devstore}/_devstore/products?shop={SHOP}")["products"]}
    made = ""
    for other, title, priority in ((DEARER, "Pen and throw", "5"), (SMALLER, "Pen and book", "0")):
        goods = {"goods_a": [f"p:{products[BOUGHT]}"], "goods_b": [f"p:{products[other]}"]}
        made = id_after("/offers/", merchant.send("/app/offers?publish=1", FORM | goods | {"title": title, "priority": priority}))
    story.until("Shopify knows the offers", lambda: "On the way to Shopify" not in merchant.open("/app/offers") or None)
    story.step("the merchant gives the page after the purchase to Tandem, and makes two sets with a pen")
    return made


def takes_the_smaller(story: Story) -> None:
    page, paid = after_paying(story, "Ivy")
    dearer, smaller = page.offers()
    for one in (dearer, smaller):
        charged = page.see(one)
        story.must(charged == one["price"], f"{one['title']}: shown {one['price']}, Shopify would charge {charged}")
    story.step("Ivy pays for a pen, declines a throw, and is offered something smaller", throw=dearer["price"], book=smaller["price"])
    page.accept(smaller)
    page.leave()
    order, added = page.order(), int(smaller["price"].replace(".", ""))
    story.must(order["current_total"] == paid + added, f"the order says {order['current_total']}, not {paid} and {added}")
    story.step("one press adds it to the order that is paid already, at the price that was shown", paid=paid, now=order["current_total"])


def declines(story: Story) -> None:
    page, paid = after_paying(story, "Jack")
    for one in page.offers():
        page.see(one)
    page.leave()
    story.must(page.order()["current_total"] == paid, "who declined has another order than he paid for")
    story.step("Jack declines both: his order is as he paid it", paid=paid)


def after_paying(story: Story, name: str) -> tuple[Page, int]:
    """The page that somebody meets who has just bought a pen, and what they paid. Raises Unexpected if there is none."""
    shopper = Shopper(story.place, name, f"{name.lower()}@shoppers.example")
    shown = shopper.pay([BOUGHT])
    found = _FACTS.search(shown.text)
    if found is None:
        raise Unexpected(f"no page after the purchase, but {shown.url}")
    page = Page(shopper, json.loads(found[1]))
    return page, page.order()["current_total"]

"""Part C of the story: an offer from the builder's form to the order, where a friend has it beside the welcome code."""

import re
from html import unescape
from typing import Any

from devstore.demo.cast import SHOP, Shopper
from devstore.demo.stage import Story, id_after
from devstore.demo.web import Unexpected, ask

SET = ("enamel-mug", "linen-tea-towel")
FORM = {"kind": "welcome", "title": "A start for friends", "outcome": "friends", "count_a": "1", "count_b": "1", "worth": "percent",
        "value": "10", "pick": "cheapest", "scope": "all", "who": "any", "priority": "0", "combines": ["order", "shipping"]}
FRIEND_PERCENT = 15
LABELS = {"shown": "Shown", "added": "Added", "bought": "Units bought", "kept": "Units kept"}
_SUM = re.compile(r'<p class="sum"><span>[^<]*</span><span>([^<]*)</span>')


def bundle_for_friends(story: Story) -> None:
    """The order's goods cost what the preview said, less the friend's own discount; refunded, nothing of it is left in the books."""
    before, merchant = story.books.accounts(), story.merchant
    products = {one["handle"]: one["id"] for one in ask(f"{story.place.devstore}/_devstore/products?shop={SHOP}")["products"]}
    form: dict[str, Any] = FORM | {f"goods_{letter}": [f"p:{products[one]}"] for letter, one in zip("ab", SET, strict=True)}
    promised = previewed(merchant.send("/app/offers/preview", form).text)
    story.step("the merchant fills in a bundle for friends; the preview says what it costs", paid=promised)
    offer = id_after("/offers/", merchant.send("/app/offers?publish=1", form))
    story.until("Shopify knows the offer", lambda: "On the way to Shopify" not in merchant.open("/app/offers") or None)
    story.step("switches it on")
    grace, hugo = (Shopper(story.place, name, f"{name.lower()}@shoppers.example") for name in ("Grace", "Hugo"))
    shared = grace.buy(["wool-throw"])
    link = story.until("the link", lambda: grace.share(shared).get("link"))
    landing = story.until("the bundle on Hugo's page", lambda: _with_bundle(hugo.follow(link)))
    code = hugo.claim(link, *landing)
    bought = hugo.buy([])  # the page has filled the cart
    order = ask(f"{story.place.devstore}/_devstore/orders/{bought}")
    rest = promised - (promised * FRIEND_PERCENT + 50) // 100
    story.must(code in order["codes"] and order["subtotal"] == rest, f"the order says {order['subtotal']}, the preview and the code {rest}")
    story.step("Hugo, sent by Grace, buys it with his welcome code: the preview's price less 15 %", paid=order["subtotal"])
    figures = story.until("the report", lambda: reported(merchant.open(f"/app/offers/{offer}/report"), bought=2, kept=2))
    story.step("the offer's report has it: shown and taken on the landing page, two units bought and kept", **figures)
    story.until("the reward is held", lambda: (story.books.reward(bought) or ("",))[0] == "hold" or None)
    merchant.refund_all(bought)
    story.until("the books close", lambda: story.left(before, {}))
    story.until("the report follows", lambda: reported(merchant.open(f"/app/offers/{offer}/report"), bought=2, kept=0))
    merchant.send(f"/app/offers/{offer}/pause", {})
    story.step("his order is refunded and the offer paused: nothing of it is left in the books, and the report says so")


def reported(page: str, *, bought: int, kept: int) -> dict[str, int] | None:
    """The figures that the report says, None while they are others. Shown may be more than one: a page may be opened again."""
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    told = {name: int(found[1]) for name, label in LABELS.items() if (found := re.search(rf"{label} (\d+) ", words))}
    right = told.get("bought") == bought and told.get("kept") == kept and told.get("added") == 1 and told.get("shown", 0) > 0
    return told if right else None


def _with_bundle(landing: str) -> tuple[str, str] | None:
    """The page, and what its bundle's button sends."""
    number = re.search(r'name="bundle" value="(\d+)"', landing)
    return (landing, number[1]) if number else None


def previewed(page: str) -> int:
    """Minor units to pay, as the preview's last cart says. Raises Unexpected."""
    screen = re.search(r'srcdoc="([^"]*)"', page)
    sums = _SUM.findall(unescape(screen[1])) if screen else []
    if not sums:
        raise Unexpected(f"no price in the preview: {page[:300]}")
    return int(re.sub(r"[^0-9]", "", sums[-1]))

"""``./run demo --story [--json FILE]``: the walk, played twice and checked.

A: the reward is earned, shown, and the friend's order refunded before it is spent. What the story posted nets to zero in every
account, and the code no longer works at checkout. B: the reward is spent, then the friend's order refunded. The accounts show
the spent reward and, for the same amount, the recorded debt, and nothing else.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from devstore.demo.books import Books, engine_for, moved
from devstore.demo.cast import SHOP, Merchant, Shopper
from devstore.demo.launch import Place, launched
from devstore.demo.report import report
from devstore.demo.web import Unexpected, ask

Told = TypeVar("Told")
DAY = 86_400
PATIENCE = 60.0
PROGRAMME = {"name": "Friends", "advocate_kind": "fixed", "advocate_value": "5.00", "friend_kind": "percentage", "friend_value": "15",
             "minimum": "20.00", "new_only": "on", "window_days": "30", "hold_days": "14", "combines": "product"}
PAIR = ("stoneware-vase", "beeswax-candle")


@dataclass
class Story:
    """The stage: who plays, what was done, how long each part took."""

    place: Place
    merchant: Merchant
    books: Books
    steps: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, text: str, **facts: object) -> None:
        self.steps.append({"step": text, **facts})
        shown = ", ".join(f"{name} {value}" for name, value in facts.items())
        print(f"  ✓ {text}{' (' + shown + ')' if shown else ''}", flush=True)

    def must(self, holds: bool, text: str) -> None:
        if not holds:
            raise Unexpected(text)

    def until(self, what: str, look: Callable[[], Told | None]) -> Told:
        """Wait for what the workers do. Raises Unexpected when it does not come."""
        end = time.monotonic() + PATIENCE
        while (seen := look()) is None or seen is False:
            if time.monotonic() > end:
                raise Unexpected(f"waited {PATIENCE:.0f} s for: {what}")
            time.sleep(0.2)
        return seen

    def move_time(self, days: int) -> None:
        ask(f"{self.place.devstore}/_devstore/clock", {"advance": days * DAY})

    def code_works(self, code: str, email: str) -> bool:
        cart = {"shop": SHOP, "email": email, "codes": [code], "lines": [{"product": "wool-throw", "quantity": 1}]}
        return bool(ask(f"{self.place.devstore}/_devstore/price", cart)["codes"][0]["applies"])

    @contextmanager
    def stage(self, name: str) -> Any:  # noqa: ANN401 - a context manager's own type
        began = time.monotonic()
        print(f"\n{name}", flush=True)
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)


def play(story: Story) -> None:
    with story.stage("Setting out"):
        set_out(story)
    with story.stage("A: refunded before it is spent"):
        refunded_unspent(story)
    with story.stage("B: refunded after it was spent"):
        refunded_spent(story)


def set_out(story: Story) -> None:
    merchant = story.merchant
    merchant.install()
    merchant.open()
    story.step("the merchant installs Tandem and opens it")
    made = merchant.send("/app/programmes", PROGRAMME)
    programme = id_after("/programmes/", made)
    merchant.send(f"/app/programmes/{programme}/publication", {})
    story.step("publishes a programme: the friend gets 15 %, the advocate 5.00 off")
    products = {one["handle"]: one["id"] for one in ask(f"{story.place.devstore}/_devstore/products?shop={SHOP}")["products"]}
    story.until("the products are mirrored", lambda: story.books.rows("select 1 from products where shop_id = :shop limit 1") or None)
    merchant.send("/app/pairs", {"first": products[PAIR[0]], "second": products[PAIR[1]], "percent": "15"})
    story.until("the pair's discount is at Shopify", lambda: kinds(story).get("discount_created", 0) >= 2 or None)
    story.step("pairs two products, the second at −15 %")


def id_after(part: str, answer: httpx.Response) -> str:
    """The id in the address that a saved form leads to, by redirect or by htmx's header."""
    addresses = [answer.headers.get(name, "") for name in ("HX-Redirect", "HX-Location", "HX-Push-Url")] + [str(answer.url)]
    found = re.search(re.escape(part) + r"([0-9a-f-]{36})", " ".join(addresses))
    if found is None:
        raise Unexpected(f"the form led to no {part}: {addresses}")
    return found[1]


def kinds(story: Story) -> dict[str, int]:
    told: dict[str, int] = {}
    for entry in ask(f"{story.place.devstore}/_devstore/effects?shop={SHOP}")["effects"]:
        told[entry["kind"]] = told.get(entry["kind"], 0) + 1
    return told


def earn(story: Story, advocate: Shopper, friend: Shopper) -> tuple[str, str]:
    """From the advocate's order to the reward in hand. Returns the friend's order and the reward's code."""
    order = advocate.buy(["wool-throw"])
    shared = story.until("the link", lambda: _ready(advocate.share(order)))
    story.step(f"{advocate.name} buys and takes a link to share", link=shared["link"])
    landing = friend.follow(shared["link"])
    code = friend.claim(shared["link"], landing)
    story.step(f"{friend.name} follows it and takes a welcome code of their own", code=code)
    bought = friend.buy(list(PAIR))
    paid = ask(f"{story.place.devstore}/_devstore/orders/{bought}")
    story.must(code in paid["codes"], "the friend's order carries no welcome code")
    story.step(f"{friend.name} buys a pair with it", order=paid["name"], discounts=paid["discounts_total"], total=paid["total"])
    story.until("the order counts", lambda: story.books.verdict(bought) == "attributed" or None)
    story.until("the reward is held", lambda: (story.books.reward(bought) or ("",))[0] == "hold" or None)
    advocate.log_in()
    held = story.until("the reward is shown", lambda: advocate.rewards()["rewards"] or None)
    story.step(f"{advocate.name} sees the reward and why it waits", why=held[0]["why"])
    story.move_time(15)
    mine = story.until("the reward is issued", lambda: _issued(advocate.rewards()))
    story.until("the mail", lambda: _mailed(story, advocate.email, mine["code"]))
    story.must(story.code_works(mine["code"], advocate.email), "the issued code does not work at checkout")
    story.step("the hold ends: the code is at Shopify, on the account page and in the mail", code=mine["code"])
    return bought, str(mine["code"])


def refunded_unspent(story: Story) -> None:
    before = story.books.accounts()
    alice, bob = (Shopper(story.place, name, f"{name.lower()}@shoppers.example") for name in ("Alice", "Bob"))
    bought, code = earn(story, alice, bob)
    story.merchant.refund_all(bought)
    story.until("the reward is taken back", lambda: (story.books.reward(bought) or ("",))[0] == "reversed" or None)
    story.until("the code is gone", lambda: (not story.code_works(code, alice.email)) or None)
    story.step("Bob's order is refunded: the code no longer works")
    left = story.until("the books close", lambda: _settled(story, before, {}))
    story.step("what the story posted nets to zero in every account", left=left or "nothing")


def refunded_spent(story: Story) -> None:
    before = story.books.accounts()
    clara, dan = (Shopper(story.place, name, f"{name.lower()}@shoppers.example") for name in ("Clara", "Dan"))
    bought, code = earn(story, clara, dan)
    clara.buy(["oak-serving-board"], code=code)
    story.until("the reward is spent", lambda: (story.books.reward(bought) or ("",))[0] == "spent" or None)
    story.step("Clara spends it", off=500)
    story.merchant.refund_all(bought)
    wanted = {"spent": {"GBP": -500}, "debt": {"GBP": 500}}
    left = story.until("the debt is recorded", lambda: _settled(story, before, wanted))
    story.step("Dan's order is refunded: the books show the spent reward and the same amount as a debt", left=left)


def _ready(shared: dict[str, Any]) -> dict[str, Any] | None:
    return shared if shared.get("state") == "ready" else None


def _issued(rewards: dict[str, Any]) -> dict[str, Any] | None:
    return next((one for one in rewards["rewards"] if one["state"] == "issued" and one["code"]), None)


def _mailed(story: Story, email: str, code: str) -> bool | None:
    mails = ask(f"{story.place.devstore}/_devstore/mail")["mail"]
    return any(email in mail["to"] and code in mail["text"] for mail in mails) or None


def _settled(story: Story, before: dict[str, dict[str, int]], wanted: dict[str, dict[str, int]]) -> dict[str, dict[str, int]] | None:
    left = moved(before, story.books.accounts())
    return left if left == wanted and story.books.waiting() == 0 else None


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run demo --story", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    given = parser.parse_args(list(words))
    with tempfile.TemporaryDirectory(prefix="tandem-story-") as folder, launched(Path(folder)) as (place, _crew):
        story = Story(place, Merchant(place), Books(engine_for(place.database), f"{SHOP}.myshopify.com"))
        try:
            play(story)
            told = report(place, story.books, story.seconds)
            story.must(not any(told["ledger_sum"].values()), "the books do not sum to zero")
        except Unexpected as wrong:
            print(f"  ✗ {wrong}", file=sys.stderr)
            return 1
    if given.json:
        given.json.write_text(json.dumps(told | {"steps": story.steps}, indent=1, ensure_ascii=False))
    print("\nBoth stories hold.")
    return 0

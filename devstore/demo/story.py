"""``./run demo --story [--json FILE]``: the walk, played twice and checked, and two offers.

A: the reward is earned, shown, and the friend's order refunded before it is spent. What the story posted nets to zero in every
account, and the code no longer works at checkout. B: the reward is spent, then the friend's order refunded. The accounts show
the spent reward and, for the same amount, the recorded debt, and nothing else. C: a bundle from the builder's form, bought by a friend with
the welcome code, costs what the preview said. D: the page after the purchase, where one shopper declines, takes the smaller offer, and
another takes nothing.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from devstore.demo.books import Books, engine_for
from devstore.demo.cast import SHOP, Merchant, Shopper
from devstore.demo.extending import offer_afterwards
from devstore.demo.launch import launched
from devstore.demo.offering import bundle_for_friends
from devstore.demo.pairing import PAIR, is_shown, pair
from devstore.demo.report import report
from devstore.demo.stage import Story
from devstore.demo.stage import id_after as id_after
from devstore.demo.web import Unexpected, ask

PROGRAMME = {"name": "Friends", "advocate_kind": "fixed", "advocate_value": "5.00", "friend_kind": "percentage", "friend_value": "15",
             "minimum": "20.00", "new_only": "on", "window_days": "30", "hold_days": "14", "combines": "product"}


def play(story: Story) -> None:
    with story.stage("Setting out"):
        set_out(story)
    with story.stage("A: refunded before it is spent"):
        refunded_unspent(story)
    with story.stage("B: refunded after it was spent"):
        refunded_spent(story)
    with story.stage("C: a bundle beside the code"):
        bundle_for_friends(story)
    with story.stage("D: after payment, one more thing or none"):
        offer_afterwards(story)
    story.until("every order in the books", lambda: every_order_is_booked(story))


def every_order_is_booked(story: Story) -> bool:
    """A webhook comes when it comes: the figures are told when nothing is under way any more."""
    placed = ask(f"{story.place.devstore}/_devstore/orders?shop={SHOP}")["orders"]
    known = story.books.rows("select count(*) from orders where shop_id = :shop")[0][0]
    return known == len(placed) and story.books.waiting() == 0


def set_out(story: Story) -> None:
    merchant = story.merchant
    merchant.install()
    merchant.open()
    story.step("the merchant installs Tandem and opens it")
    made = merchant.send("/app/programmes", PROGRAMME)
    programme = id_after("/programmes/", made)
    merchant.send(f"/app/programmes/{programme}/publication", {})
    story.step("publishes a programme: the friend gets 15 %, the advocate 5.00 off")
    merchant.place_all()
    story.step("places Tandem's blocks in the theme and in the checkout")
    story.until("the pair", lambda: pair(merchant))
    story.until("the product's page shows the pair", lambda: is_shown(merchant) or None)
    story.step("pairs two products, the second at −15 %")


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
    left = story.until("the books close", lambda: story.left(before, {}))
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
    left = story.until("the debt is recorded", lambda: story.left(before, wanted))
    story.step("Dan's order is refunded: the books show the spent reward and the same amount as a debt", left=left)


def _ready(shared: dict[str, Any]) -> dict[str, Any] | None:
    return shared if shared.get("state") == "ready" else None


def _issued(rewards: dict[str, Any]) -> dict[str, Any] | None:
    return next((one for one in rewards["rewards"] if one["state"] == "issued" and one["code"]), None)


def _mailed(story: Story, email: str, code: str) -> bool | None:
    mails = ask(f"{story.place.devstore}/_devstore/mail")["mail"]
    return any(email in mail["to"] and code in mail["text"] for mail in mails) or None


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run demo --story", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    given = parser.parse_args(list(words))
    with tempfile.TemporaryDirectory(prefix="tandem-story-") as folder, launched(Path(folder), bare=True) as (place, _crew):
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
    print("\nThe stories hold.")
    return 0

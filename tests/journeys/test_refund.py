"""A friend gives everything back: what the advocate then sees in the account and on the page behind a mail, in three languages."""

from functools import partial
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from devstore.demo.cast import Merchant
from plugin.messaging import texts
from tests.journeys.conftest import DAYS_15, World, referral
from tests.journeys.looking import faults, words
from tests.journeys.test_shoppers import LOCALES, in_part, magic_link, root
from tests.walk.conftest import Stage, Visit, until
from tests.walk.steps import extension, log_in

CLARA = "clara@world.example"


class Refund(NamedTuple):
    """What Clara had, and has no more."""

    world: World
    code: str


@pytest.fixture(scope="module")
def refund(stage: Stage, world: World) -> Refund:
    """Clara's reward came by mail, and then Dan's order went back."""
    _, order = referral(stage, "Clara", "Dan")
    verdict = f"/app/referrals?verdict=attributed&q={order}"
    until("the order is decided", lambda: f"/app/referrals/{order}" in Merchant(stage.place).open(verdict) or None)
    stage.control("clock", {"advance": DAYS_15})
    mails = until("the mail", lambda: [one["text"] for one in stage.control("mail")["mail"]
                                       if CLARA in one["to"] and "Your code: " in one["text"]] or None)
    code = str(mails[-1].split("Your code: ")[1].split()[0])
    assert works(stage, code)
    Merchant(stage.place).refund_all(order)
    until("the code works no more", lambda: not works(stage, code) or None)
    return Refund(world, code)


def works(stage: Stage, code: str) -> bool:
    cart = {"shop": "north", "email": CLARA, "codes": [code], "lines": [{"product": "wool-throw", "quantity": 1}]}
    return bool(stage.control("price", cart)["codes"][0]["applies"])


@pytest.mark.parametrize("locale", LOCALES)
def test_in_the_account(visitor: Visit, refund: Refund, locale: str) -> None:
    page = visitor(locale=locale)
    log_in(page, refund.world.stage, CLARA)
    page.goto(refund.world.stage.shop("north", f"{root(locale)}/account"))
    panel, say = extension(page), partial(texts.say, locale)
    expect(panel.get_by_text(say("rewards.state.reversed"))).to_be_visible()
    expect(panel.get_by_text(say("rewards.why.reversed"))).to_be_visible()
    expect(panel.get_by_text(refund.code)).to_have_count(0)
    assert in_part(page, page.frames[-1]) + words(page.frames[-1], locale) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_on_the_page_behind_a_mail(visitor: Visit, refund: Refund, locale: str) -> None:
    page: Page = visitor(locale=locale)
    say = partial(texts.say, locale)
    page.goto(magic_link(page, refund.world, locale, CLARA))
    page.get_by_role("button", name=say("me.button")).click()
    gone = page.locator(".rewards li.gone")
    expect(gone).to_contain_text(say("rewards.state.reversed"))
    expect(gone).to_contain_text(say("rewards.why.reversed"))
    expect(page.locator(".purse dd").first).to_have_text("–")
    expect(page.get_by_text(refund.code)).to_have_count(0)
    assert faults(page, locale) == []

"""A reward that asks for a bundle or a basket, and grows with it: from the rule to the books, through refunds."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from plugin import clock
from plugin.context import Context
from plugin.db import new_id
from plugin.decisions.rules import Promise, promise, share
from plugin.margin.rules.earning import Height
from plugin.mirror.rules import Order
from plugin.money import Money
from plugin.offers.rules import plain
from plugin.offers.tables import Offer, OfferVersion
from plugin.referrals.rules import to_plain
from plugin.referrals.rules.versions import Bundle, Version
from plugin.referrals.tables import ProgrammeVersion
from plugin.rewards.rules import RewardTerms
from plugin.shopify.payloads import DiscountTold, OrderTold
from tests.books.stage import DAY, START, Stage
from tests.offers_admin.conftest import kit
from tests.rules.cast import line, order, uid
from tests.rules.test_terms import version

KIT = str(uid(77))


def pounds(amount: int) -> Money:
    return Money(amount, "GBP")


GROWS = version(advocate=RewardTerms("store_credit", amount=pounds(500)), steps=(
    Height(pounds(5000), amount=pounds(1000)), Height(pounds(9000), amount=pounds(2500))))
RATES = version(advocate=RewardTerms("percentage", 500), steps=(Height(pounds(5000), 1000),))


def left(net: int, *, bought: int = 6000) -> Order:
    return order(lines=(line(bought),), subtotal=pounds(bought), net=pounds(net))


@pytest.mark.parametrize(("bought", "net", "expected"), [
    (4999, 4999, 500), (5000, 5000, 1000), (9000, 9000, 2500), (20000, 20000, 2500),
    (9000, 5000, 1000),  # what remains is a basket of 50.00
    (9000, 8500, 1000),
    (6000, 5400, 900),  # the same step: its part
    (6000, 4000, 500),  # its part of 10.00 would be 6.67, a basket of 40.00 earns 5.00
    (6000, 1200, 200),  # a basket of 12.00 would earn 5.00, its part of 10.00 is 2.00
    (6000, 0, 0)])
def test_what_remains_is_worth_what_its_basket_earns_and_never_more_than_its_part(bought: int, net: int, expected: int) -> None:
    held = left(net, bought=bought)
    assert share(held, promise(held, GROWS, "advocate"), None)[0] == pounds(expected)


@pytest.mark.parametrize(("net", "rate", "worth"), [(6000, 1000, 600), (5000, 1000, 500), (4999, 500, 250)])
def test_a_rate_follows_what_remains(net: int, rate: int, worth: int) -> None:
    held = left(net)
    now, terms, _ = share(held, promise(held, RATES, "advocate"), None)
    assert (now, terms.basis_points) == (pounds(worth), rate)


def test_the_margin_guard_trims_what_has_grown() -> None:
    held = left(9000, bought=9000)
    assert share(held, promise(held, GROWS, "advocate"), pounds(700))[::2] == (pounds(700), 1800)


@pytest.mark.parametrize(("changes", "titles", "lacks"), [
    ({}, set(), None), ({"basket": pounds(6000)}, set(), None), ({"basket": pounds(6001)}, set(), "basket"),
    ({"basket": Money(1, "USD")}, set(), "basket"), ({"bundles": frozenset({Bundle(KIT, "Tea")})}, {"Tea"}, "bundle")])
def test_what_an_order_lacks(changes: dict[str, Any], titles: set[str], lacks: str | None) -> None:
    asked = replace(GROWS, **changes)
    assert promise(left(6000), asked, "advocate", frozenset(titles)).lacks == lacks
    assert promise(left(6000), asked, "friend", frozenset(titles)) == Promise(asked.friend, asked.friend)


def _asks(stage: Stage, **changes: Any) -> None:  # noqa: ANN401 - fields of a version
    """Alice's programme asks for these, with £5.00 of store credit for her."""
    stage.programme(RewardTerms("store_credit", amount=stage.money(500)), RewardTerms("percentage", 1000))
    with stage.context.transaction() as session:
        row = session.get_one(ProgrammeVersion, (stage.shop_id, stage.version_id))
        kept: Version = replace(row.version(), **changes)
        row.terms = to_plain(kept)


def _known_as(context: Context, stage: Stage, *titles: str) -> None:
    """An offer that had these titles, one after the other."""
    with context.transaction() as session:
        session.add(Offer(shop_id=stage.shop_id, id=UUID(KIT), number=1, kind="kit", title=titles[-1], state="live", draft=None,
                          made_at=START, changed_at=START, revision=1))
        for at, title in enumerate(titles):
            session.add(OfferVersion(shop_id=stage.shop_id, id=new_id(), offer_id=UUID(KIT), number=at + 1, terms=plain.dump(kit(title)),
                                     since=START, until=clock.now() if at + 1 < len(titles) else None))


def _with(stage: Stage, told: OrderTold, title: str) -> OrderTold:
    """The same order with an automatic discount of £1.00 on its line."""
    [one] = told.lines
    return replace(told, lines=(replace(one, discounts=(*one.discounts, DiscountTold("automatic", None, title, stage.money(100)))),))


def _reward(stage: Stage) -> tuple[str, str, int]:
    [reward] = [one for one in stage.rewards() if one.role == "advocate"]
    return reward.state, reward.why, reward.due


@pytest.mark.parametrize(("title", "expected"), [
    ("Tea for two", ("hold", "on_hold", 500)), ("Tea, renamed", ("hold", "on_hold", 500)),
    ("Tea for two + More cups", ("hold", "on_hold", 500)), ("Other", ("void", "lacks_bundle", 0))])
def test_a_bundle_is_known_by_any_title_that_it_had(context: Context, stage: Stage, title: str, expected: tuple[str, str, int]) -> None:
    _asks(stage, bundles=frozenset({Bundle(KIT, "Tea for two")}))
    _known_as(context, stage, "Tea for two", "Tea, renamed")
    stage.tell(_with(stage, stage.order(code=stage.friend_code(), off=1000), title))
    stage.settle()
    assert _reward(stage) == expected


def test_a_refund_below_the_basket_takes_the_reward_back(stage: Stage) -> None:
    """£90.00 remain of £100.00 after the friend's discount; the reward asks for £60.00 and is £10.00 from £80.00 on."""
    _asks(stage, basket=stage.money(6000), steps=(Height(stage.money(8000), amount=stage.money(1000)),))
    stage.tell(stage.order(code=stage.friend_code(), off=1000))
    stage.settle()
    assert _reward(stage) == ("hold", "on_hold", 1000)
    stage.refund(1500)  # 75.00: a smaller basket, of which 5.00 is all that is earned
    stage.settle()
    assert _reward(stage) == ("hold", "on_hold", 500)
    stage.refund(2000, id="2")
    stage.settle()
    assert _reward(stage) == ("void", "lacks_basket", 0)


def test_what_was_given_goes_back_when_the_bundle_does(context: Context, stage: Stage) -> None:
    _asks(stage, basket=stage.money(6000))
    stage.tell(stage.order(code=stage.friend_code(), off=1000))
    stage.settle()
    stage.move(15 * DAY)
    stage.settle()
    stage.deliver()
    assert (_reward(stage)[0], stage.shopify.count("credit")) == ("issued", 1)
    stage.refund(4000)
    stage.settle()
    stage.deliver()
    assert (_reward(stage)[0], stage.shopify.count("debit")) == ("reversed", 1)

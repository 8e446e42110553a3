"""The app's server is gone: what it had told Shopify is sold all the same, at the prices that the previews promised."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.offers_story.cases import CASES
from tests.offers_story.conftest import Builder, Example
from tests.offers_story.shopping import buy, cart_total, fill_cart, goods_paid, take
from tests.offers_story.test_friend import FRIEND_BP, advocates_link, comes_by
from tests.walk.conftest import Stage, Visit

KIT, GOAL = (next(one for one in CASES if one.name == name) for name in ("kit", "basket"))


@pytest.fixture
def promised(builder: Builder) -> Iterator[list[Example]]:
    """What the previews of a kit and of a goal say, both of which are switched on then."""
    values = [builder.values(case.kind, case.typed) for case in (KIT, GOAL)]
    examples = [example for one in values for example in builder.preview(one)]
    offers = [builder.publish(one) for one in values]
    yield examples
    for offer in offers:
        builder.pause(offer)


def test_a_kit_a_goal_and_a_friends_code_are_bought_without_our_server(
        promised: list[Example], stage: Stage, visitor: Visit, silence: Callable[[], None]) -> None:
    friend, [kit, goal] = visitor(), promised
    comes_by(friend, advocates_link(stage))
    silence()
    assert visitor().goto(stage.shop("north", "/apps/tandem/offers.json")).status == 502  # type: ignore[union-attr]
    assert _bought(visitor, stage, kit) == kit.paid
    assert _reached(visitor, stage, goal) == goal.paid
    friend.goto(stage.shop("north", KIT.page))
    assert take(friend, kit) == kit.paid
    assert goods_paid(buy(friend, stage)) == kit.paid - (kit.paid * FRIEND_BP + 5_000) // 10_000


def _bought(visitor: Visit, stage: Stage, kit: Example) -> int:
    page = visitor()
    page.goto(stage.shop("north", KIT.page))
    assert take(page, kit) == cart_total(page)
    return goods_paid(buy(page, stage))


def _reached(visitor: Visit, stage: Stage, goal: Example) -> int:
    page = visitor()
    page.goto(stage.shop("north", "/cart"))
    expect(page.locator("tandem-goal")).to_contain_text("to go")
    fill_cart(page, list(goal.goods))
    return goods_paid(buy(page, stage))

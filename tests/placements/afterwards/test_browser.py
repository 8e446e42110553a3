"""The page after the purchase in a browser: accepted, declined, smaller, refused, lost; and the order that comes of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from plugin.context import Context
from plugin.offers.rules.model import Part
from plugin.shops.tables import Shop
from tests.placements.afterwards.conftest import Live, Stage
from tests.placements.cast import goods, offer, percent
from tests.placements.test_everybody import sound
from tests.reports.test_counting import counted
from tests.store.conftest import give_code

FRAME = "iframe[title=tandem-afterwards]"


def buy(page: Page, stage: Stage, path: str = "", code: str = "") -> None:
    """Pays for a vase; the page that follows is under way."""
    first = f"/discount/{code}?redirect=" if code else ""
    page.goto(f"http://north.{stage.address}{path}{first}/products/stoneware-vase")
    page.locator("form[action$='/cart/add'] [name=id]").first.wait_for(state="attached")
    page.locator("[formaction$='/cart/buy'], .buy-now").first.click()
    page.locator("[data-demo]").click()
    page.locator("[name=action][value=pay]").click()


def both(stage: Stage, live: Live) -> None:
    """A throw for a tenth less, and who does not want that gets two candles for less."""
    vase, throw, candle = (stage.shop.handles[one] for one in ("stoneware-vase", "wool-throw", "beeswax-candle"))
    live(offer("kit", Part(goods(vase)), Part(goods(throw)), whole=percent(1000), priority=5),
         offer("kit", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500), number=2))


def lines(stage: Stage) -> list[tuple[int, str, int]]:
    """Quantity, title and what was paid for the line."""
    (order,) = stage.shop.orders.values()
    assert order.outstanding == 0 and order.financial_status == "paid"
    return [(line.quantity, line.title, line.discounted) for line in order.lines]


def test_accepted_at_the_price_that_was_shown(phone: Page, stage: Stage, live: Live, context: Context, ours: Shop) -> None:
    both(stage, live)
    told: list[str] = []
    stage.store.listeners.append(lambda _shop, topic, _payload: told.append(topic) if topic.startswith("orders") else None)
    give_code(stage.store, stage.shop, "FRIEND10")
    buy(phone, stage, code="FRIEND10")
    page = phone.frame_locator(FRAME)
    expect(page.get_by_role("heading", name="Wool throw")).to_be_visible()
    expect(page.get_by_text("You save £8.90.")).to_be_visible()
    page.get_by_role("button", name="Add and pay £80.10").click()
    expect(phone.get_by_role("heading", name="Thank you, Robin!")).to_be_visible()
    assert lines(stage) == [(1, "Stoneware vase", 3780), (1, "Wool throw", 8010)]
    (order,) = stage.shop.orders.values()
    assert order.codes == ["FRIEND10"] and [one.title for one in order.applications] == ["FRIEND10", "Offer 1"]
    assert [one.amount for one in order.transactions] == [3780 + order.shipping, 8010]
    assert told[-4:] == ["orders/edited", "orders/updated", "orders/paid", "orders/updated"]
    expect(phone.locator(".totals")).to_contain_text(f"{(3780 + 8010 + order.shipping) / 100:.2f}")
    for _ in range(1000):  # the last count may still be on its way
        if counted(context, ours) == {(1, "post_purchase", "all"): (1, 1, 0)}:
            break
        phone.wait_for_timeout(20)
    assert counted(context, ours) == {(1, "post_purchase", "all"): (1, 1, 0)}


def test_declined_twice_is_the_order_as_it_was(phone: Page, stage: Stage, live: Live) -> None:
    both(stage, live)
    buy(phone, stage)
    page = phone.frame_locator(FRAME)
    page.get_by_role("button", name="No, thank you").click()
    expect(page.get_by_role("heading", name="Or this one instead?")).to_be_visible()
    expect(page.get_by_role("button", name="Add and pay £20.40")).to_be_visible()
    page.get_by_role("button", name="No, thank you").click()
    expect(phone.get_by_role("heading", name="Thank you, Robin!")).to_be_visible()
    assert lines(stage) == [(1, "Stoneware vase", 4200)]


def test_the_smaller_offer_by_keyboard(phone: Page, stage: Stage, live: Live) -> None:
    both(stage, live)
    buy(phone, stage)
    page = phone.frame_locator(FRAME)
    page.get_by_role("button", name="No, thank you").press("Enter")
    expect(page.get_by_role("heading", name="Beeswax candle × 2")).to_be_visible()
    expect(page.get_by_role("button", name="No, thank you")).to_be_focused()
    phone.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Add and pay £20.40")).to_be_focused()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="Thank you, Robin!")).to_be_visible()
    assert lines(stage) == [(1, "Stoneware vase", 4200), (1, "Beeswax candle", 1020), (1, "Beeswax candle", 1020)]


def test_what_is_sold_out_meanwhile_is_said(phone: Page, stage: Stage, live: Live) -> None:
    both(stage, live)
    buy(phone, stage)
    page = phone.frame_locator(FRAME)
    expect(page.get_by_role("button", name="Add and pay")).to_be_visible()
    stage.shop.variants[stage.variant("wool-throw")].stock = 0
    page.get_by_role("button", name="Add and pay").click()
    expect(page.get_by_role("alert")).to_contain_text("This has just sold out.")
    page.get_by_role("button", name="Go to your order").click()
    expect(phone.get_by_role("heading", name="Thank you, Robin!")).to_be_visible()
    assert lines(stage) == [(1, "Stoneware vase", 4200)]


def test_a_price_that_the_store_does_not_charge_is_not_shown(phone: Page, stage: Stage, live: Live) -> None:
    """We have not heard yet that the throw costs more."""
    both(stage, live)
    stage.shop.variants[stage.variant("wool-throw")].price = 9900
    buy(phone, stage)
    expect(phone.frame_locator(FRAME).get_by_role("heading", name="Beeswax candle × 2")).to_be_visible()


@pytest.mark.parametrize("why", ["nothing fits", "we are lost", "another currency", "not chosen"])
def test_the_order_is_never_kept_waiting(phone: Page, stage: Stage, live: Live, why: str) -> None:
    if why != "nothing fits":
        both(stage, live)
    if why == "we are lost":
        stage.lost.set()
    if why == "not chosen":
        stage.shop.block_settings.clear()
    if why == "another currency":
        phone.context.add_cookies([{"name": "cart_currency", "value": "EUR", "url": f"http://north.{stage.address}/"}])
    buy(phone, stage)
    expect(phone.get_by_role("heading", name="Thank you, Robin!")).to_be_visible()
    assert len(lines(stage)) == 1


@pytest.mark.parametrize(("root", "heading"), [("", "Add it to your order"), ("/ar", "أضفه إلى طلبك"), ("/ja", "ご注文に追加")])
def test_everybody_can_read_and_use_it(phone: Page, stage: Stage, live: Live, root: str, heading: str) -> None:
    both(stage, live)
    buy(phone, stage, root)
    expect(phone.frame_locator(FRAME).get_by_role("heading", name=heading)).to_be_visible()
    frame = phone.locator(FRAME).element_handle().content_frame()
    assert frame is not None
    sound(phone, "body", frame)
    assert frame.evaluate("getComputedStyle(document.body).direction") == ("rtl" if root == "/ar" else "ltr")
    assert not re.search(r"checked|selected|\d+:\d\d", frame.content())

"""From a friend's link to a cart with the welcome bundle and the code, in a browser without JavaScript and with it."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from plugin.attribution.tables import Code
from plugin.context import Context
from plugin.offers.rules.model import Part, Step
from plugin.shops.tables import Shop
from tests.placements.afterwards.conftest import Live, Stage
from tests.placements.cast import goods, offer, percent
from tests.placements.test_everybody import reads
from tests.rules.shopfront import running
from tests.store.conftest import give_code


@pytest.fixture
def link(context: Context, ours: Shop, stage: Stage, live: Live) -> str:
    """An advocate's link, whose codes the store knows, in a shop that welcomes friends with a set."""
    vase, candle = (stage.shop.handles[one] for one in ("stoneware-vase", "beeswax-candle"))
    live(offer("welcome", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500), number=7))
    slug = running(context, ours, ready=1).slug
    with context.transaction() as session:
        give_code(stage.store, stage.shop, session.scalars(select(Code.code).where(Code.state == "ready")).one())
    return f"http://north.{stage.address}/apps/tandem/r/{slug}"


@pytest.mark.parametrize("scripts", [False, True])
def test_one_press_puts_the_set_and_the_code_into_the_cart(browser: Browser, stage: Stage, link: str, scripts: bool) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=scripts) as visit:
        page = visit.new_page()
        page.goto(link)
        expect(page.get_by_text("Together £56.10, you save £9.90.")).to_be_visible()
        page.get_by_role("button", name="Put it in my cart with my code").press("Enter")
        expect(page).to_have_url(f"http://north.{stage.address}/cart")
        expect(page.get_by_text("Beeswax candle").first).to_be_visible()  # it is this visitor's cart
        [cart] = stage.shop.carts.values()
        titles = {stage.shop.product_of(line.variant_id).title: line.quantity for line in cart.lines}
        assert titles == {"Stoneware vase": 1, "Beeswax candle": 2}
        assert cart.codes == [one["value"] for one in visit.cookies() if one["name"] == "discount_code"]
        assert "_tandem_visit" not in cart.attributes


@pytest.mark.parametrize(("rate", "sentence"), [(3000, "Together £46.20, you save £19.80."), (500, "Together £56.10, you save £9.90.")])
def test_the_page_says_what_the_better_of_two_offers_charges(browser: Browser, stage: Stage, link: str, live: Live, rate: int,
                                                              sentence: str) -> None:
    vase, candle = (stage.shop.handles[one] for one in ("stoneware-vase", "beeswax-candle"))
    live(offer("tiers", goods=goods(vase, candle), steps=(Step(3, percent(rate)),), number=8))
    with browser.new_context(viewport={"width": 390, "height": 844}) as visit:
        page = visit.new_page()
        page.goto(link)
        expect(page.get_by_text(sentence)).to_be_visible()


@pytest.mark.parametrize(("locale", "heading"), [("en", "Your welcome set"), ("ar", "مجموعة الترحيب"), ("ja", "はじめての方へのセット")])
def test_everybody_can_read_and_use_it(browser: Browser, link: str, locale: str, heading: str) -> None:
    reads(browser, link, locale, heading)

"""From a campaign's link to a cart with what is reserved for its shoppers, in a browser without JavaScript."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from plugin import clock
from plugin.attribution import campaigns, keys
from plugin.attribution.campaigns import Said
from plugin.context import Context
from plugin.money import Money
from plugin.offers.rules.model import Audience, Basket, Part, Step
from plugin.shops.tables import Shop
from tests.placements.afterwards.conftest import Live, Stage
from tests.placements.cast import goods, offer, percent
from tests.placements.test_everybody import reads


@pytest.fixture
def link(context: Context, ours: Shop, stage: Stage, live: Live) -> str:
    """A campaign's, with a set, a product and something off the whole order."""
    with context.transaction() as session:
        keys.told(session, ours.id, keys.keys(session, context.settings, ours.id, clock.now()).ids, clock.now())
        made = campaigns.make(session, ours.id, Said("Podcast", "The Kitchen Hour"), now=clock.now())
        slug, only = made.slug, Audience(campaigns=frozenset({str(made.id)}))
    vase, candle, throw = (stage.shop.handles[one] for one in ("stoneware-vase", "beeswax-candle", "wool-throw"))
    told = (offer("kit", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500), number=7),
            offer("tiers", number=8, goods=goods(throw), steps=(Step(1, percent(2000)),)),
            offer("basket", number=9, benefit=percent(1000), basket=Basket(amounts=(Money(5000, "GBP"),))))
    live(*(replace(one, audience=only) for one in told))
    return f"http://north.{stage.address}/apps/tandem/c/{slug}"


def test_one_press_puts_the_set_and_the_proof_into_the_cart(browser: Browser, stage: Stage, link: str) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False) as visit:
        page = visit.new_page()
        page.goto(link)
        expect(page.get_by_text("Together £56.10, you save £9.90.")).to_be_visible()
        page.get_by_role("button", name="Put it in my cart").first.press("Enter")
        expect(page).to_have_url(f"http://north.{stage.address}/cart")
        [cart] = stage.shop.carts.values()
        titles = {stage.shop.product_of(line.variant_id).title: line.quantity for line in cart.lines}
        assert titles == {"Stoneware vase": 1, "Beeswax candle": 2}
        assert cart.attributes["_tandem_offer"].startswith("100;") and "_tandem_visit" not in cart.attributes


@pytest.mark.parametrize(("locale", "heading"), [
    ("en", "The Kitchen Hour recommends"), ("ar", "The Kitchen Hour يوصي"), ("ja", "The Kitchen Hourのおすすめ")])
def test_everybody_can_read_and_use_it(browser: Browser, link: str, locale: str, heading: str) -> None:
    reads(browser, link, locale, heading)

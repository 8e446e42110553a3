"""The builder offers one of Shopify's own discounts where there is such a thing, and says while one types who will carry the offer."""

from html import unescape

import pytest
from sqlalchemy import update

from plugin.context import Context
from plugin.mirror.tables import Variant
from plugin.offers.admin.offers import KINDS
from plugin.offers.rules.native import FORMS
from tests.desk.conftest import CANDLE, VASE, Desk, on_one
from tests.desk.test_offers import form, merchant  # noqa: F401 - a fixture

SAME = "At checkout one of Shopify's own discounts takes it off."


@on_one
@pytest.mark.parametrize("kind", KINDS)
def test_the_choice_is_there_for_what_shopify_has(merchant: Desk, kind: str) -> None:  # noqa: F811
    page = merchant.get(f"/app/offers/new/{kind}").text
    assert ('name="native"' in page) == (kind in FORMS)


@on_one
def test_who_carries_it_is_said_while_typing(merchant: Desk) -> None:  # noqa: F811
    one = {"goods_a": [f"p:{VASE}"], "least_b": "", "value_b": "", "native": "yes"}
    assert SAME in unescape(merchant.post("/app/offers/preview", form("tiers", **one)).text)
    odd = unescape(merchant.post("/app/offers/preview", form("tiers", **one | {"value_a": "3.33"})).text)
    assert SAME not in odd and "the percentage does not come out even on every price" in odd
    assert "carries it" not in unescape(merchant.post("/app/offers/preview", form("tiers", **one | {"native": "", "value_a": "3.33"})).text)


@on_one
def test_the_choice_is_kept(merchant: Desk) -> None:  # noqa: F811
    page = merchant.done("/app/offers", form("shipping", native="yes"))
    assert SAME in unescape(page)
    box = page[page.index('name="native"') - 200:page.index('name="native"') + 300]
    assert " checked" in box


@on_one
def test_the_stock_of_a_bundle_is_that_of_its_scarcest_part(context: Context, merchant: Desk) -> None:  # noqa: F811
    def stocked(product: str, count: int) -> str:
        with context.transaction() as session:
            session.execute(update(Variant).where(Variant.shop_id == merchant.shop.id, Variant.product_id == product).values(stock=count))
            session.execute(update(Variant).where(Variant.shop_id == merchant.shop.id, Variant.product_id == VASE).values(stock=9))
        return unescape(merchant.post("/app/offers/preview", form("kit", count_b="2")).text)

    assert "In stock for 3 of these bundles. What runs out first:" in stocked(CANDLE, 7)
    assert "Sold out:" in stocked(CANDLE, 1)

"""Amounts in the other currencies that the shop sells in: the form asks for them, the preview says them, the checkout reads them."""

from collections.abc import Iterator
from html import unescape

import pytest

from plugin import clock
from plugin.context import Context
from plugin.margin import flows as margin
from plugin.offers import flows
from plugin.offers.flows.configuring import configure
from plugin.offers.rules.compiled import packed
from plugin.shops.tables import Shop
from tests.desk.conftest import Desk, goods, on_one
from tests.desk.test_offers import form, made

KIT = {"worth": "amount", "value": "5"}


@pytest.fixture
def merchant(context: Context, desk: Desk) -> Iterator[Desk]:
    with context.transaction() as session:
        goods(session, desk.shop.id)
        session.get_one(Shop, desk.shop.id).currencies = "EUR,GBP,JPY"
    yield desk
    clock.use(None)


@on_one
def test_the_form_asks_for_what_the_shop_sells_in(merchant: Desk) -> None:
    page = unescape(merchant.get("/app/offers/new/kit").text)
    assert "Your shop also sells in EUR and JPY." in page and 'name="value_also"' in page and 'name="least_amount_also"' in page
    tiers = merchant.get("/app/offers/new/tiers").text
    assert all(f'name="value_{letter}_also"' in tiers for letter in "abcde")
    assert 'name="value_also"' not in merchant.get("/app/offers/new/gift").text


@on_one
def test_what_is_typed_is_said_kept_and_published(context: Context, merchant: Desk) -> None:
    wish = form("kit", **KIT, value_also="eur 6, JPY 900")
    assert "Fixed in other currencies: €6.00 and ¥900." in unescape(merchant.post("/app/offers/preview", wish).text)
    assert 'value="EUR 6.00, JPY 900"' in merchant.done("/app/offers?publish=1", wish)
    with context.reading() as session:
        told = configure(session, merchant.shop.id, flows.live(session, merchant.shop.id), now=clock.now())
    assert told.compiled.rules[0].whole.amounts.fixed == {packed("EUR"): 600, packed("JPY"): 900}


@on_one
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(merchant: Desk) -> None:
    answer = merchant.post("/app/offers", form("kit", **KIT, value_also="CHF 6"))
    page = unescape(answer.text)
    assert answer.status_code == 422 and 'value="CHF 6"' in page and "Your shop does not sell in CHF." in page


@on_one
def test_beside_a_floor_they_are_refused_where_nothing_is_trimmed(context: Context, merchant: Desk) -> None:
    with context.transaction() as session:
        margin.set_floor(session, merchant.shop.id, floor_bp=1000, cost_bp=1000, now=clock.now())
    merchant.done("/app/offers?publish=1", form("kit", **KIT, value_also="EUR 6"))
    answer = merchant.post("/app/offers?publish=1", form("basket", worth="amount", value="1", value_also="EUR 1"))
    assert answer.status_code == 422 and "your margin floor could not be kept" in answer.text
    assert made(context, merchant.shop)

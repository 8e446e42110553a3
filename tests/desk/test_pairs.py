"""The quick road to an offer at the desk: two products found by title or SKU, a discount on the second, in force at once, or refused beside
the field."""

import re

import pytest
from sqlalchemy import select

from plugin.context import Context
from plugin.mirror.tables import Product, Variant
from plugin.offers import tables
from plugin.offers.rules.model import Benefit, Goods
from plugin.offers.tables import Configuration, Offer
from plugin.outbox.tables import Delivery
from tests.books.stage import START
from tests.desk.conftest import CANDLE, VASE, Desk, World, everything, on_one
from tests.desk.test_programmes import error_of

PAIR = {"first": VASE, "second": CANDLE, "percent": "15"}


def shelf(context: Context, desk: Desk, count: int) -> None:
    """Many products: Bowl 00 … with SKU B-00 …"""
    with context.transaction() as session:
        for n in range(count):
            product_id = str(9000 + n)
            session.add(Product(shop_id=desk.shop.id, id=product_id, title=f"Bowl {n:02}", handle=f"bowl-{n:02}", status="active",
                                image=None, updated_at=START))
            session.add(Variant(shop_id=desk.shop.id, id=f"{product_id}1", product_id=product_id, position=0, title="Default",
                                sku=f"B-{n:02}", amount=1000, currency="GBP", stock=5, updated_at=START))


def titles(html: str) -> list[str]:
    return [title.strip() for title in re.findall(r"<s-choice [^>]*>([^<]*)<", html)]


def found(desk: Desk, side: str, after: str = "", **form: str) -> str:
    answer = desk.post(f"/app/pairs/products?side={side}&after={after}&locale=en", form)
    assert answer.status_code == 200
    return answer.text


@on_one
def test_products_are_found_page_by_page(context: Context, desk: Desk, world: World) -> None:
    shelf(context, desk, 25)
    seen: list[str] = []
    html = found(desk, "second", words_second="bowl")
    for _ in range(5):
        seen += titles(html)
        more = re.search(r"after=(\d+)", html)
        if more is None:
            break
        html = found(desk, "second", words_second="bowl", after=more[1])
    assert seen == [f"Bowl {n:02}" for n in range(25)]


@pytest.mark.parametrize(("words", "expected"), [
    ("b-07", ["Bowl 07"]), ("BOWL 03", ["Bowl 03"]), ("zzz", []), ("%", []), ("_", []), ("\\", []), ("x" * 5000, [])])
def test_searching(context: Context, desk: Desk, world: World, words: str, expected: list[str]) -> None:
    shelf(context, desk, 9)
    html = found(desk, "first", words_first=words)
    assert titles(html) == expected and ("No product has this" in html) == (not expected)


@on_one
def test_the_chosen_one_stays_on_top(context: Context, desk: Desk, world: World) -> None:
    shelf(context, desk, 3)
    html = found(desk, "first", words_first="bowl", first=VASE)
    assert titles(html)[0] == "Vase" and re.search(rf'value="{VASE}" selected', html)
    assert titles(found(desk, "nonsense", words_first="vase")) == ["Vase"]


def test_a_pair_is_an_offer_in_force(context: Context, desk: Desk, world: World) -> None:
    """Made and switched on by one form; its page, with the builder's form, is what the merchant sees next."""
    shown = desk.done("/app/pairs", {**PAIR, "percent": "12,5"})
    assert "The offer is on" in shown and 'value="Vase with Candle"' in shown and 'value="12.5"' in shown
    with context.transaction() as session:
        [version] = tables.in_force(session, desk.shop.id).values()
        offer = version.offer()
        first, second = offer.parts
        assert (offer.kind, offer.title, offer.limit, sorted(offer.combines)) == (
            "buy_get", "Vase with Candle", 0, ["order", "shipping"])
        assert (first.goods, first.count, first.benefit) == (Goods(products=frozenset({VASE})), 1, None)
        assert (second.goods, second.count, second.benefit) == (Goods(products=frozenset({CANDLE})), 1, Benefit("percent", 1250))
        assert session.scalars(select(Configuration.state)).one() == "publishing"
        assert session.scalars(select(Delivery.kind).where(Delivery.kind == "offers_publish")).all() == ["offers_publish"]


@on_one
@pytest.mark.parametrize(("form", "name"), [
    ({"first": ""}, "first"), ({"second": "999"}, "second"), ({"second": VASE}, "second"), ({"percent": "0.5"}, "percent"),
    ({"percent": "91"}, "percent"), ({"percent": "lots"}, "percent"), ({"first": "٧١"}, "first"), ({"percent": ""}, "percent")])
def test_a_bad_pair_is_told_beside_its_field(context: Context, desk: Desk, world: World, form: dict[str, str], name: str) -> None:
    before = everything(context)
    answer = desk.post("/app/pairs", {**PAIR, "words_second": "can", **form})
    assert answer.status_code == 422 and error_of(answer.text, name) and 'value="can"' in answer.text
    assert everything(context) == before


@on_one
def test_a_pair_twice_is_refused_and_names_the_offer(context: Context, desk: Desk, world: World) -> None:
    """As often as the form is sent; the other way round they are another pair, and what is paused stands in nobody's way."""
    desk.done("/app/pairs", PAIR)
    answer = desk.post("/app/pairs", {**PAIR, "percent": "20"})
    assert answer.status_code == 422 and "pair already: the offer “Vase with Candle”" in error_of(answer.text, "second")
    desk.done("/app/pairs", {"first": CANDLE, "second": VASE, "percent": "20"})
    with context.transaction() as session:
        made = session.scalars(select(Offer.id).where(Offer.title == "Vase with Candle")).one()
    desk.done(f"/app/offers/{made}/pause")
    assert "The offer is on" in desk.done("/app/pairs", {**PAIR, "percent": "20"})


def test_the_floor_refuses_a_pair_and_says_which_goods(context: Context, desk: Desk, world: World) -> None:
    """A vase and a candle at half off, at cost 45 %, would keep less than 45 %."""
    assert "The margin floor is saved" in desk.done("/app/margin-floor", {"floor": "45", "cost": "50"})
    before = everything(context)
    answer = desk.post("/app/pairs", {"first": CANDLE, "second": VASE, "percent": "50"})
    told = error_of(answer.text, "percent")
    assert answer.status_code == 422 and "Candle" in told and "Vase" in told and 'value="50"' in answer.text
    assert error_of(answer.text, "first") == "" and everything(context) == before


def test_the_floor_parts_a_pair_from_the_friends_discount(context: Context, desk: Desk, world: World) -> None:
    """Alone the pair keeps 44 %, together with 10 % off the order it would not."""
    desk.done("/app/margin-floor", {"floor": "40", "cost": "50"})
    assert "The offer is on, within your margin floor" in desk.done("/app/pairs", {"first": CANDLE, "second": VASE, "percent": "14"})


@on_one
def test_another_shops_products_are_not_there(rival: Desk, world: World) -> None:
    assert titles(found(rival, "first", words_first="vase")) == []
    assert rival.post("/app/pairs", PAIR).status_code == 422


@on_one
def test_a_shop_without_products_reads_why(rival: Desk) -> None:
    assert "Products appear here" in rival.get("/app/pairs").text

"""Pairs at the desk: found by title or SKU, made, changed, refused beside the field."""

import re

import pytest
from sqlalchemy import select

from plugin.context import Context
from plugin.mirror.tables import Product, Variant
from plugin.offers.tables import Pair
from tests.desk.conftest import CANDLE, VASE, Desk, World, on_one
from tests.desk.test_programmes import error_of


def shelf(context: Context, world: World, count: int) -> None:
    """Many products: Bowl 00 … with SKU B-00 …"""
    with context.transaction() as session:
        pair = session.scalars(select(Pair)).one()
        for n in range(count):
            product_id = str(9000 + n)
            session.add(Product(shop_id=pair.shop_id, id=product_id, title=f"Bowl {n:02}", handle=f"bowl-{n:02}", status="active",
                                image=None, updated_at=pair.made_at))
            session.add(Variant(shop_id=pair.shop_id, id=f"{product_id}1", product_id=product_id, position=0, title="Default",
                                sku=f"B-{n:02}", amount=1000, currency="GBP", stock=5, updated_at=pair.made_at))


def titles(html: str) -> list[str]:
    return [title.strip() for title in re.findall(r"<s-choice [^>]*>([^<]*)<", html)]


def found(desk: Desk, side: str, after: str = "", **form: str) -> str:
    answer = desk.post(f"/app/pairs/products?side={side}&after={after}&locale=en", form)
    assert answer.status_code == 200
    return answer.text


@on_one
def test_products_are_found_page_by_page(context: Context, desk: Desk, world: World) -> None:
    shelf(context, world, 25)
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
    shelf(context, world, 9)
    html = found(desk, "first", words_first=words)
    assert titles(html) == expected and ("No product has this" in html) == (not expected)


@on_one
def test_the_chosen_one_stays_on_top(context: Context, desk: Desk, world: World) -> None:
    shelf(context, world, 3)
    html = found(desk, "first", words_first="bowl", first=VASE)
    assert titles(html)[0] == "Vase" and re.search(rf'value="{VASE}" selected', html)
    assert titles(found(desk, "nonsense", words_first="vase")) == ["Vase"]


def test_a_pair_is_changed(context: Context, desk: Desk, world: World) -> None:
    shelf(context, world, 1)
    page = desk.get(f"/app/pairs/{world.pair}").text
    assert 'value="15"' in page and re.search(rf'value="{VASE}" selected', page) and re.search(rf'value="{CANDLE}" selected', page)
    shown = desk.done(f"/app/pairs/{world.pair}", {"first": VASE, "second": "9000", "percent": "12.5"})
    assert "The change is being published" in shown and "Bowl 00" in shown
    with context.transaction() as session:
        row = session.scalars(select(Pair)).one()
        assert (row.first_product_id, row.second_product_id, row.basis_points, row.state) == (VASE, "9000", 1250, "publishing")


@on_one
@pytest.mark.parametrize(("form", "name"), [({"second": VASE}, "second"), ({"percent": "0"}, "percent"), ({"first": ""}, "first")])
def test_a_faulty_change_changes_nothing(context: Context, desk: Desk, world: World, form: dict[str, str], name: str) -> None:
    answer = desk.post(f"/app/pairs/{world.pair}", {"first": VASE, "second": CANDLE, "percent": "20", "words_second": "can", **form})
    assert answer.status_code == 422 and error_of(answer.text, name) and 'value="can"' in answer.text
    with context.transaction() as session:
        assert session.scalars(select(Pair)).one().basis_points == 1500


def test_the_floor_refuses_a_change_and_nothing_is_kept_of_it(context: Context, desk: Desk, world: World) -> None:
    desk.done("/app/margin-floor", {"floor": "40", "cost": "50"})
    answer = desk.post(f"/app/pairs/{world.pair}", {"first": VASE, "second": CANDLE, "percent": "90"})
    assert answer.status_code == 422 and "margin" in error_of(answer.text, "percent").lower()
    with context.transaction() as session:
        assert session.scalars(select(Pair)).one().basis_points == 1500


@on_one
def test_a_pair_that_is_being_removed_cannot_be_changed(desk: Desk, world: World) -> None:
    desk.done(f"/app/pairs/{world.pair}/removal")
    assert "<form" not in desk.get(f"/app/pairs/{world.pair}").text
    assert desk.post(f"/app/pairs/{world.pair}", {"first": VASE, "second": CANDLE, "percent": "20"}).status_code == 422


@on_one
def test_another_shops_pair_is_not_there(rival: Desk, world: World) -> None:
    assert rival.get(f"/app/pairs/{world.pair}").status_code == 404
    assert rival.post(f"/app/pairs/{world.pair}", {"first": VASE, "second": CANDLE, "percent": "20"}).status_code == 404
    assert titles(found(rival, "first", words_first="vase")) == []

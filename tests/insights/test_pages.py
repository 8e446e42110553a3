"""The planner's pages: with data, without any, in both languages, for the wrong shop."""

import pytest

from tests.desk.conftest import Desk, World

PAGES = ("/app/planner", "/app/planner/outlook", "/app/planner/value", "/app/planner/profit", "/app/readiness", "/app/baseline")


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_shop_reads_what_to_do(desk: Desk, path: str) -> None:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("path", PAGES)
def test_a_shop_with_orders_is_told(desk: Desk, world: World, path: str, locale: str) -> None:
    answer = desk.get(path, locale=locale)
    assert answer.status_code == 200, answer.text

"""What the address of a list asks for: read strictly, written canonically; and what a cell of a sheet may not be."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from plugin.desk.rules import Grammar, Order, Place, harmless, read, span

ID = UUID(int=7)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
GRAMMAR = Grammar((Order("placed", datetime), Order("worth", int)), UUID, {"state": ("open", "done"), "programme": None}, amount=True)


@pytest.mark.parametrize(("args", "query"), [
    ({}, {}), ({"state": "open"}, {"state": "open"}), ({"state": "sleeping"}, {}), ({"programme": str(ID)}, {"programme": str(ID)}),
    ({"programme": "'; drop"}, {}), ({"q": "  Anna \n Lena "}, {"q": "Anna Lena"}), ({"q": "x" * 999}, {"q": "x" * 320}),
    ({"sort": "-placed"}, {}), ({"sort": "placed"}, {"sort": "placed"}), ({"sort": "-worth"}, {"sort": "-worth"}), ({"sort": "moon"}, {}),
    ({"period": "30"}, {"period": "30"}), ({"period": "31"}, {}), ({"period": "30", "from": "2026-11-01"}, {"from": "2026-11-01"}),
    ({"from": "2026-13-01", "to": "9999-01-01"}, {}), ({"least": "10,50", "most": "x"}, {"least": "10.50"}), ({"least": "-1"}, {}),
    ({"least": "9" * 40}, {})])
def test_an_address_is_read_and_written_again(args: Mapping[str, str], query: Mapping[str, str]) -> None:
    assert read(args, GRAMMAR).query() == query
    assert read(query, GRAMMAR).query() == query


@pytest.mark.parametrize("place", [Place(NOON, ID), Place(NOON, ID, back=True)])
def test_a_place_survives_its_address(place: Place) -> None:
    name = "before" if place.back else "after"
    assert read({name: place.text()}, GRAMMAR).place == place
    assert read({"sort": "-worth", name: f"-12~{ID}"}, GRAMMAR).place == Place(-12, ID, place.back)


@pytest.mark.parametrize("text", ["", "~", "nonsense", f"2026-11-01~{ID}", f"2026-11-01T12:00:00~{ID}", f"{NOON.isoformat()}~1", f"12~{ID}",
                                  f"0001-01-01T00:00:00+23:59~{ID}", "~" * 200, f"٣~{ID}"])
def test_a_place_that_no_page_wrote_is_none(text: str) -> None:
    assert read({"after": text}, GRAMMAR).place is None


def test_days_are_the_shops_and_the_last_one_counts_as_a_whole() -> None:
    asked = read({"from": "2026-03-29", "to": "2026-03-29"}, GRAMMAR)  # 23 hours: the clocks go forward
    since, until = span(asked, ZoneInfo("Europe/London"), NOON)
    assert since is not None and until is not None
    assert (since.astimezone(UTC), until.astimezone(UTC)) == (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 23, tzinfo=UTC))


@pytest.mark.parametrize(("text", "cell"), [
    ("Alice", "Alice"), ("=1+1", "'=1+1"), ("+49 30", "'+49 30"), ("-5", "'-5"), ("@cmd", "'@cmd"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
    (" =1", "' =1"), ("\n=1", "'\n=1"), ("", ""), ("a=b", "a=b"), ("#1001", "#1001")])
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    assert harmless(text) == cell

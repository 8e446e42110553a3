"""Lists: every row once in either direction whatever the sort, searches by index, views that keep an address, sheets."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from plugin import clock
from plugin.attribution.tables import Decision, Link
from plugin.context import Context
from plugin.desk import paging, rules, screen
from plugin.desk.listing import Ground, Listing
from plugin.desk.tables import SavedView
from plugin.insights.lists import LISTS
from plugin.insights.referrals import REFERRALS
from plugin.messaging.texts import say
from plugin.mirror import flows as mirror
from plugin.people.tables import Person
from plugin.rewards.tables import Reward
from plugin.shops.tables import Shop
from tests.books.stage import Stage
from tests.desk.conftest import Desk, World, on_one

MANY = 60
PLACES = {"offer_sales": "/app/offers/sales"}


@pytest.fixture
def ground(north: Shop, stage: Stage) -> Ground:
    return replace(Ground(north.id, clock.zone("Europe/London"), "GBP", "en", stage.now), now=stage.now + timedelta(days=1))


@pytest.fixture
def many(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    """Referrals of which several were placed in the same second, and several have one amount."""
    for number in range(MANY):
        told = stage.order(str(6000 + number), at=stage.now + timedelta(seconds=number // 7))
        with context.transaction() as session:
            mirror.apply_order(session, desk.shop.id, told, stage.now)
            session.add(Decision(shop_id=desk.shop.id, order_id=told.id, verdict=("refused", "hold", "none")[number % 3], trace=[],
                                 reason="not_new" if number % 3 == 0 else None, ordered_at=told.created_at, decided_at=stage.now,
                                 currency="GBP", net=number % 4 * 500))


def _walk(context: Context, ground: Ground, asked: rules.Asked, size: int = 7) -> Iterator[paging.Page]:
    while True:
        with context.transaction() as session:
            found = paging.page(session, REFERRALS, ground, asked, size=size)
        yield found
        place = found.previous if asked.place is not None and asked.place.back else found.following
        if place is None:
            return
        asked = asked.at(place)


@pytest.mark.parametrize("sort", ["-placed", "placed", "-worth", "worth"])
@pytest.mark.parametrize("query", [{}, {"verdict": "none"}, {"reason": "not_new"}, {"least": "5"}])
def test_every_row_comes_once_forward_and_back(context: Context, many: None, ground: Ground, sort: str, query: dict[str, str]) -> None:
    asked = rules.read({**query, "sort": sort}, REFERRALS.grammar())
    pages = list(_walk(context, ground, asked))
    ids = [row.id for found in pages for row in found.rows]
    assert len(ids) == len(set(ids)) == pages[0].count
    assert pages[0].previous is None
    back = list(_walk(context, ground, asked.at(pages[-1].previous))) if pages[-1].previous else []
    assert [row.id for found in reversed(back) for row in found.rows] + [row.id for row in pages[-1].rows] == ids
    amounts = [row.decision.net for found in pages for row in found.rows]
    if "worth" in sort:
        assert amounts == sorted(amounts, reverse=sort.startswith("-"))


def test_counting_stops(context: Context, many: None, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_COUNTED", 10)
    with context.transaction() as session:
        assert paging.page(session, REFERRALS, ground, rules.read({}, REFERRALS.grammar())).count == 11


SEARCHES = [("#5001", True), ("5001", True), ("ALICE12345", True), ("bobscode0001", True),
            ("Alice@Example.com", True), ("ali", True), ("ALI", True), ("c200@example.com", True), ("lice", False),
            ("nobody@example.com", False), ("a", False), ("%", False), ("'; --", False), ("\U0010ffff", False)]


@pytest.mark.parametrize(("text", "found"), SEARCHES)
def test_an_order_is_found_by_what_a_merchant_types(desk: Desk, world: World, text: str, found: bool) -> None:
    assert ("#5001</s-link>" in desk.get("/app/referrals", q=text).text) is found
    assert ("#5001</s-link>" in desk.get("/app/orders", q=text).text) is found


@on_one
@pytest.mark.parametrize(("name", "text"), [("cases", "#5001"), ("rewards", "alice@example.com"), ("advocates", "ali"),
                                            ("advocates", "ALICE12345"), ("deliveries", "BOBSCODE0001")])
def test_every_list_can_be_searched(desk: Desk, world: World, name: str, text: str) -> None:
    shown = desk.get(LISTS[name].path, q=text)
    assert shown.status_code == 200 and ("Nothing matches" in shown.text) is (name == "deliveries")
    assert "Nothing matches" in desk.get(LISTS[name].path, q="nothing like it").text


@on_one
@pytest.mark.parametrize("name", LISTS)
def test_every_filter_of_every_list_shows_a_page(desk: Desk, world: World, name: str) -> None:
    listing = LISTS[name]
    for choice in listing.choices:
        for value in choice.values or (str(world.programme),):
            answer = desk.get(listing.path, **{choice.name: value})
            assert answer.status_code == 200, (choice.name, value)
    for query in ({"period": "7"}, {"from": "2026-11-01", "to": "2026-11-02"}, {"least": "1", "most": "99"}, {"q": "x", "sort": "no"}):
        assert desk.get(listing.path, **query).status_code == 200, query


@on_one
def test_a_list_tells_the_minute_and_to_whoever_asks_the_second(desk: Desk, world: World) -> None:
    shown = unescape(desk.get("/app/referrals").text)
    [(exact, title, told)] = re.findall(r'<s-table-cell><time datetime="([^"]+)" title="([^"]+)">([^<]+)</time>', shown)
    assert (exact, title, told) == ("2026-11-01T12:00:00+00:00", "November 1, 2026, 12:00:00\u202fPM GMT", "Nov 1, 2026, 12:00\u202fPM")


def test_an_advocates_friends_are_counted_as_orders_come_and_go(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    def friends() -> int:
        with context.transaction() as session:
            return session.scalars(select(Link.friends).where(Link.id == world.advocate)).one()

    assert friends() == 1
    stage.tell(stage.order("5002", code=stage.friend_code("CODE2"), off=500, customer="300"))
    stage.settle("5002")
    assert friends() == 2
    stage.tell(replace(stage.told["5002"], cancelled_at=stage.now, updated_at=stage.now + timedelta(seconds=1), digest="cancelled"))
    stage.settle("5002")
    assert friends() == 1


# -- views --


def test_a_view_is_kept_deleted_and_taken_back(context: Context, desk: Desk, world: World) -> None:
    saved = desk.done("/app/lists/referrals/views?verdict=hold&sort=worth&q=Alice", {"name": "  Unsure   ones "})
    assert "The view is saved." in saved and "★ Unsure ones" in saved
    with context.transaction() as session:
        view = session.scalars(select(SavedView)).one()
    assert (view.name, view.query) == ("Unsure ones", {"verdict": "hold", "sort": "worth", "q": "Alice"})
    deleted = desk.done(f"/app/views/{view.id}/removal")
    assert "The view is deleted." in deleted and f"/app/views/{view.id}/return" in deleted and "★" not in deleted
    assert "★ Unsure ones" in desk.done(f"/app/views/{view.id}/return")
    desk.done("/app/lists/referrals/views?verdict=none", {"name": "Unsure ones"})
    with context.transaction() as session:
        assert [one.query for one in session.scalars(select(SavedView))] == [{"verdict": "none"}]


@on_one
def test_a_view_without_a_name_is_none(desk: Desk, world: World) -> None:
    answer = desk.post("/app/lists/cases/views?state=open", {"name": " "})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#save-view")
    assert 'error="Write something here first."' in answer.text and "/app/lists/cases/views?state=open" in answer.text
    for number in range(30):
        desk.done("/app/lists/cases/views", {"name": f"View {number}"})
    answer = desk.post("/app/lists/cases/views", {"name": "One more"})
    assert answer.status_code == 422 and 'value="One more"' in answer.text and "as many views as it may have" in answer.text
    assert desk.post("/app/lists/nothing/views", {"name": "x"}).status_code == 404


@on_one
def test_another_shops_views_are_not_there(context: Context, desk: Desk, rival: Desk, world: World) -> None:
    desk.done("/app/lists/cases/views?state=open", {"name": "Mine"})
    with context.transaction() as session:
        view_id = session.scalars(select(SavedView.id)).one()
    assert "Mine" not in rival.get("/app/cases").text
    assert [rival.post(f"/app/views/{view_id}/{verb}").status_code for verb in ("removal", "return")] == [404, 404]


@on_one
def test_the_address_of_a_searched_list_is_canonical(desk: Desk, world: World) -> None:
    answer = desk.app.test_client().get("/app/referrals?shop=north.myshopify.com&q=%20Alice&verdict=&sort=-placed&from=&least=",
                                        headers={**desk._headers(), "HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == "/app/referrals?shop=north.myshopify.com&q=Alice"


# -- sheets --


def _sheet(desk: Desk, path: str, *, excel: bool = False, **query: str) -> TestResponse:
    """The sheet that a list's page links to, asked for without any token of a session."""
    links = [unescape(link) for link in re.findall(r'href="(/download/[^"]*)"', desk.get(path, **query).text)]
    return desk.app.test_client().get(links[excel])


def _rows(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_a_sheet_says_what_the_list_shows(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    answer = _sheet(desk, "/app/referrals")
    [row] = _rows(answer)
    told = (row["Order"], row["Verdict"], row["Advocate"], row["Amount"], row["Currency"])
    assert told == ("#5001", "Attributed", "Alice", "90.00", "GBP")
    assert row["Placed"] == "2026-11-01 12:00:00+00:00"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="north-referrals-20')
    assert not answer.text.startswith("\ufeff") and _sheet(desk, "/app/referrals", excel=True).text.startswith("\ufeff")
    assert _rows(_sheet(desk, "/app/cases", state="open"))[0]["Order"] == "#5001"


@pytest.mark.parametrize("name", LISTS)
def test_every_list_makes_a_sheet(desk: Desk, world: World, name: str) -> None:
    rows = _rows(_sheet(desk, LISTS[name].path))
    assert rows and list(rows[0]) == [say("en", f"lists.column.{column}") for column in LISTS[name].sheet]


def test_a_sheet_is_made_piece_by_piece_and_loses_no_row(desk: Desk, many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging.chunk, "__kwdefaults__", {"size": 7})
    rows = _rows(_sheet(desk, "/app/orders"))
    assert len(rows) == len({row["Order"] for row in rows}) == MANY + 1
    assert {row["Verdict"] for row in _rows(_sheet(desk, "/app/referrals", verdict="hold"))} == {"Uncertain"}


@on_one
def test_what_somebody_is_called_is_no_formula(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        session.scalars(select(Person).where(Person.first_name == "Alice")).one().first_name = "=cmd|' /C calc'!A0"
        session.scalars(select(Reward)).one().amount = 1
    assert _rows(_sheet(desk, "/app/advocates"))[0]["Advocate"].startswith("'=cmd")


@on_one
def test_a_link_is_good_for_its_own_list_and_filters_only(desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    link = unescape(re.findall(r'href="(/download/[^"]*)"', desk.get("/app/referrals", verdict="attributed").text)[0])
    client, (path, _, query) = desk.app.test_client(), link.partition("?")
    assert client.get(link).status_code == 200
    for other in (path, f"{path}?{query}&q=Alice", f"{path}?verdict=none&locale=en", f"/download/nonsense?{query}"):
        assert client.get(other).status_code == 410, other
    monkeypatch.setattr(screen, "SHEET_SECONDS", -1)
    answer = client.get(link)
    assert answer.status_code == 410 and "an hour old or more" in answer.text
    assert re.search(r'<a class="go" href="[^"]*/store/north/apps/[^"]*/app/referrals\?verdict=attributed">Open the list</a>', answer.text)
    assert 'class="go"' not in client.get(f"/download/nonsense?{query}").text


def test_lists_name_their_parts_in_one_way() -> None:
    """Sorts, filters and columns of any list that share a name share a word."""
    listings: list[Listing] = list(LISTS.values())
    assert [listing.name for listing in listings] == list(LISTS)
    assert all(listing.path == PLACES.get(listing.name, f"/app/{listing.name}") for listing in listings)
    every: list[Any] = [listing.split for listing in listings if listing.split]
    assert every and all(name == listing.choices[0].name for listing in listings for name in [listing.split] if name)

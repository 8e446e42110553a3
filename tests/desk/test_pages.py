"""Every page: with data, without any, for the wrong shop, without a token, in both languages."""

from collections import defaultdict

import pytest
from flask import Flask

from plugin.context import Context
from tests.desk.conftest import Desk, World, everything, on_one

LISTS = ("/app", "/app/figures", "/app/programmes", "/app/programmes/new", "/app/pairs", "/app/referrals", "/app/advocates", "/app/cases",
         "/app/deliveries", "/app/books", "/app/requests", "/app/orders", "/app/rewards")
SHOWN = {
    "/app": ("Friends is live", "Orders by friends", "Rewards on hold", "needs your decision", "gave up", "60 days", "activateAppId"),
    "/app/programmes": ("Friends", "10% off", "£5.00 off", "Live"),
    "/app/programmes/{programme}": ("Version 1", "10% off for you at North", "Live", "Pause"),
    "/app/pairs": ("Vase", "Candle", 'value="15"', "Publish pair"),
    "/app/referrals": ("#5001", "Attributed", "Alice", "Waits for you"),
    "/app/referrals/{order}": ("Alice (Friend code)", "Both ordered to one address.", "A rule that nobody has translated.", "£5.00",
                               "Reward earned", "Programme expense", "BOBSCODE0001"),
    "/app/advocates": ("Alice", "After an order", "Friends"),
    "/app/advocates/{advocate}": ("https://north.example/apps/tandem/r/alice", "ALICE12345", "#5001"),
    "/app/orders": ("#5001", "Paid", "Attributed", "Alice", "£90.00"),
    "/app/rewards": ("#5001", "Alice", "£5.00"),
    "/app/cases": ("#5001", "Both ordered to one address.", "Release", "Refuse"),
    "/app/deliveries": ("Send a mail", "The mailbox is &lt;full&gt;.", "Try again", "It cannot be read."),
    "/app/books": ("Reward earned", "Friend discount", "#5001"),
    "/app/requests": ("Request 77", "&lt;b&gt;Bob&lt;/b&gt;", "I have passed it on"),
}
OF_NORTH = ("/app/programmes/{programme}", "/app/referrals/{order}", "/app/advocates/{advocate}")
ACTIONS = ("/app/programmes/{programme}", "/app/programmes/{programme}/publication", "/app/programmes/{programme}/pause",
           "/app/cases/{order}/release", "/app/cases/{order}/refusal", "/app/deliveries/{delivery}/retry",
           "/app/events/{event}/retry", "/app/requests/{request}/answer", "/app/advocates/{advocate}/stop",
           "/app/advocates/{advocate}/resumption", "/app/advocates/{advocate}/notes", "/app/cases/{order}/reopening")


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_shows_what_happened(desk: Desk, world: World, path: str) -> None:
    answer = desk.get(path.format(**vars(world)))
    assert answer.status_code == 200, answer.text
    assert [text for text in SHOWN[path] if text not in answer.text] == []


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_shop_reads_what_to_do(desk: Desk, path: str) -> None:
    assert desk.get(path).status_code == 200


@on_one
@pytest.mark.parametrize("path", [*LISTS, *OF_NORTH])
def test_every_page_speaks_german(desk: Desk, world: World, path: str) -> None:
    answer = desk.get(path.format(**vars(world)), locale="de")
    assert answer.status_code == 200, answer.text
    assert not [word for word in ("Referrals", "Programmes", "Refused", "Cases", "Save") if f">{word}" in answer.text]


@on_one
@pytest.mark.parametrize("path", OF_NORTH)
def test_another_shop_finds_nothing(rival: Desk, world: World, path: str) -> None:
    assert rival.get(path.format(**vars(world))).status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_another_shop_sees_nothing(rival: Desk, world: World, path: str) -> None:
    shown = rival.get(path).text
    assert not [text for text in ("Alice", "#5001", "Vase", "BOBSCODE", "ALICE12345", "The mailbox", str(world.programme)) if text in shown]


def test_another_shop_changes_nothing(context: Context, rival: Desk, world: World) -> None:
    before = everything(context)
    form = {"name": "Mine", "advocate_kind": "fixed", "advocate_value": "1", "friend_kind": "none"}
    assert {path: rival.post(path.format(**vars(world)), form).status_code for path in ACTIONS} == dict.fromkeys(ACTIONS, 404)
    assert rival.post("/app/advocates", {"email": "eve@example.com", "programme": str(world.programme)}).status_code == 422
    assert rival.post("/app/pairs", {"first": "71", "second": "72", "percent": "10"}).status_code == 422
    assert everything(context) == before


@on_one
def test_without_a_token_nothing_is_done(app: Flask, context: Context, desk: Desk, world: World) -> None:
    before = everything(context)
    paths = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/app") and "POST" in (rule.methods or ())]
    assert len(paths) >= 15
    for path in paths:
        ids = {"programme_id": world.programme, "order_id": world.order, "event_id": world.event,
               "delivery_id": world.delivery, "data_request_id": world.request, "advocate_id": world.advocate, "name": "cases"}
        for_north = path.replace("uuid:", "").replace("<", "{").replace(">", "}").format_map(defaultdict(lambda: world.advocate, ids))
        answer = desk.post(for_north, {"name": "x"}, signed=False)
        assert (answer.status_code, answer.headers.get("X-Shopify-Retry-Invalid-Session-Request")) == (401, "1"), path
    assert everything(context) == before


@on_one
@pytest.mark.parametrize("path", ["/app/programmes/nonsense", "/app/programmes/00000000-0000-0000-0000-000000000000", "/app/referrals/0",
                                  "/app/advocates/00000000-0000-0000-0000-000000000000", "/app/referrals/%F0%9F%8D%8B"])
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert desk.get(path).status_code == 404


@on_one
@pytest.mark.parametrize("query", [{"after": "nonsense"}, {"after": "2026-11-21~1"}, {"after": "~"}, {"verdict": "'; --"},
                                   {"verdict": "hold"}])
def test_a_strange_list_begins_at_its_beginning(desk: Desk, world: World, query: dict[str, str]) -> None:
    assert desk.get("/app/referrals", **query).status_code == 200


@on_one
@pytest.mark.parametrize("path", ["/app/books", "/app/deliveries", "/app/advocates"])
def test_a_strange_page_is_no_fault(desk: Desk, world: World, path: str) -> None:
    assert desk.get(path, before="nonsense", account="nonsense", state="nonsense", kind="nonsense").status_code == 200


def test_the_address_follows_a_form(desk: Desk, world: World) -> None:
    """The page that htmx fetched after a form tells its own address, without what was said once."""
    answer = desk.app.test_client().get(f"/app/programmes/{world.programme}?shop=north.myshopify.com&said=saved",
                                        headers={**desk._headers(), "HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == f"/app/programmes/{world.programme}?shop=north.myshopify.com"
    assert "HX-Push-Url" not in desk.get("/app").headers

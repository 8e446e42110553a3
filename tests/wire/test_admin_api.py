"""The Admin API: each way a call can end, and whether it may have been applied."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from plugin.errors import Broken, Refused, TryAgain
from plugin.shopify import operations, pacing
from plugin.shopify.admin_api import AccessDenied, AdminApi, Frozen, OutcomeUnknown, Throttled, UserErrors
from tests.wire.conftest import make_settings
from tests.wire.double import Answer, Double, Handler, Script, answer
from tests.wire.signed import SHOP

MUTATION = "test_write"
QUERY = "test_read"


@pytest.fixture(autouse=True)
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / f"{MUTATION}.graphql").write_text(
        "# why\nmutation TestWrite($id: ID!) { tagsAdd(id: $id, tags: []) { userErrors { field message } } }\n")
    (tmp_path / f"{QUERY}.graphql").write_text("query TestRead { shop { name } }\n")
    monkeypatch.setattr(operations, "_HERE", tmp_path)
    operations.load.cache_clear()
    yield
    operations.load.cache_clear()


def api(double: Double, renew: Callable[[str], str | None] | None = None) -> AdminApi:
    return AdminApi(requests.Session(), make_settings(shopify_origin=double.origin), SHOP, "shpat_1", renew)


def scripted(*answers: Answer | None) -> Script:
    left = list(answers)
    return lambda _handler, _call: left.pop(0) if len(left) > 1 else left[0]


def throttle(available: float, rate: float = 100.0, cost: float = 10.0) -> dict[str, Any]:
    return {"cost": {"requestedQueryCost": cost, "actualQueryCost": None,
                     "throttleStatus": {"maximumAvailable": 1000.0, "currentlyAvailable": available, "restoreRate": rate}}}


def test_a_good_call(double: Double) -> None:
    double.script = scripted(answer({"data": {"tagsAdd": {"userErrors": []}}, "extensions": throttle(990)}))
    assert api(double).call(MUTATION, id="gid://shopify/Order/1") == {"tagsAdd": {"userErrors": []}}
    [call] = double.calls
    assert call["_path"] == f"/_shop/{SHOP}/admin/api/2026-10/graphql.json"
    assert call["_token"] == "shpat_1"
    assert call["variables"] == {"id": "gid://shopify/Order/1"}
    assert call["query"].endswith("}\n")


@pytest.mark.parametrize(("made", "write", "read"), [
    (answer({}, 500), OutcomeUnknown, TryAgain), (answer({}, 502), OutcomeUnknown, TryAgain),
    (answer(b"<html>", 503), OutcomeUnknown, TryAgain),
    (answer(b"{\"data\": {", 200), OutcomeUnknown, TryAgain), (answer(b"", 200), OutcomeUnknown, TryAgain),
    (answer([], 200), OutcomeUnknown, TryAgain),
    (answer(b"[" * 100_000, 200), OutcomeUnknown, TryAgain), (answer({"data": None}, 200), OutcomeUnknown, TryAgain),
    (answer(b"\xff", 200), OutcomeUnknown, TryAgain),
    (None, OutcomeUnknown, TryAgain), (answer({}, 408), OutcomeUnknown, TryAgain),
    (answer({"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}), OutcomeUnknown, TryAgain),
    (answer({"data": {"tagsAdd": {"node": None}}, "errors": [{"message": "x", "extensions": {"code": "ACCESS_DENIED"}}]}), OutcomeUnknown,
    AccessDenied),
    (answer({"data": {"tagsAdd": None}, "errors": [{"message": "x", "extensions": {"code": "ACCESS_DENIED"}}]}), AccessDenied,
    AccessDenied),
    (answer({"errors": [{"message": "x", "extensions": {"code": "SHOP_INACTIVE"}}]}), Frozen, Frozen),
    (answer({"errors": [{"message": "Field 'x' doesn't exist"}]}), Broken, Broken), (answer({"errors": "what"}), Broken, Broken),
    (answer({"errors": [{"message": "x", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}), Broken, Broken),
    (answer({}, 400), Broken, Broken), (answer({}, 422), Broken, Broken),
    (answer({}, 302, Location="http://evil.example/"), Broken, Broken),
    (answer({"errors": "x"}, 401), Frozen, Frozen), (answer({}, 402), Frozen, Frozen), (answer({}, 403), Frozen, Frozen),
    (answer({}, 404), Frozen, Frozen),
    (answer({}, 423), Frozen, Frozen)])
def test_how_calls_end(double: Double, made: Answer | None, write: type[Exception], read: type[Exception]) -> None:
    double.script = scripted(made)
    for operation, expected in ((MUTATION, write), (QUERY, read)):
        with pytest.raises(expected) as caught:
            api(double).call(operation, id="1")
        assert type(caught.value) is expected
    assert len(double.calls) == 2


def test_nobody_listens() -> None:
    """Never sent: a mutation, too, can simply be tried again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{probe.getsockname()[1]}/{{shop}}"
    with pytest.raises(TryAgain) as caught:
        AdminApi(requests.Session(), make_settings(shopify_origin=origin), SHOP, "t").call(MUTATION, id="1")
    assert type(caught.value) is TryAgain


def test_a_name_that_does_not_resolve_was_never_sent() -> None:
    with pytest.raises(TryAgain) as caught:
        AdminApi(requests.Session(), make_settings(shopify_origin="http://{shop}.invalid"), SHOP, "t").call(MUTATION, id="1")
    assert type(caught.value) is TryAgain


def test_a_hang_ends_in_time_and_is_unknown(double: Double) -> None:
    double.script = lambda _handler, _call: time.sleep(3)
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        api(double).call(MUTATION, id="1", _timeout=0.5)
    assert time.monotonic() - began < 1.5


def test_an_answer_that_drips_ends_in_time(double: Double) -> None:
    def drip(handler: Handler, _call: object) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b"x" * 10)
            handler.wfile.flush()
            time.sleep(0.1)

    double.script = drip
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        api(double).call(MUTATION, id="1", _timeout=0.8)
    assert time.monotonic() - began < 6


def test_an_endless_answer_is_cut(double: Double) -> None:
    double.script = scripted(answer(b" " * (11 * 2**20)))
    with pytest.raises(OutcomeUnknown):
        api(double).call(MUTATION, id="1")


def test_a_half_sent_answer_is_unknown(double: Double) -> None:
    def half(handler: Handler, _call: object) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"data": ')
        handler.close_connection = True

    double.script = half
    with pytest.raises(OutcomeUnknown):
        api(double).call(MUTATION, id="1")


def test_user_errors(double: Double) -> None:
    errors = [{"field": ["code"], "message": "Code must be unique", "code": "TAKEN"}, {"field": None, "message": "No", "code": None}]
    double.script = scripted(answer({"data": {"tagsAdd": {"node": {"id": "1"}, "userErrors": errors}}}))
    with pytest.raises(UserErrors) as caught:
        api(double).call(MUTATION, id="1")
    assert caught.value.codes == ["TAKEN", ""]
    assert caught.value.errors == errors
    assert caught.value.data["tagsAdd"]["node"] == {"id": "1"}
    assert isinstance(caught.value, Refused)


def test_throttled_inside_200_is_waited_out(double: Double) -> None:
    double.script = scripted(answer({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": throttle(0, rate=50)}),
                             answer({"data": {"shop": {"name": "North"}}, "extensions": throttle(20)}))
    assert api(double).call(QUERY) == {"shop": {"name": "North"}}
    first, second = double.calls
    assert 0.15 <= second["_at"] - first["_at"] < 1.5


def test_a_long_throttle_is_handed_back(double: Double) -> None:
    double.script = scripted(answer({"errors": [{"extensions": {"code": "THROTTLED"}}], "extensions": throttle(0, rate=1, cost=600)}))
    with pytest.raises(Throttled) as caught:
        api(double).call(MUTATION, id="1")
    assert 600 <= (caught.value.after or 0) <= 751
    assert len(double.calls) == 1


@pytest.mark.parametrize(("header", "least", "most"), [("30", 30, 30), ("0.5", 0.5, 0.5), ("soon", 1, 1), ("-5", 1, 1),
    ("99999999", 3600, 3600), (None, 1, 1), ("nan", 1, 1)])
def test_retry_after(double: Double, header: str | None, least: float, most: float) -> None:
    double.script = scripted(answer({}, 429, **({"Retry_After": header} if header else {})))
    with pytest.raises(Throttled) as caught:
        api(double).call(MUTATION, id="1", _timeout=0.5)
    assert least <= (caught.value.after or 0) <= most


def test_retry_after_as_a_date(double: Double) -> None:
    from email.utils import formatdate

    double.script = scripted(answer({}, 429, Retry_After=formatdate(time.time() + 100, usegmt=True)))
    with pytest.raises(Throttled) as caught:
        api(double).call(MUTATION, id="1")
    assert 90 <= (caught.value.after or 0) <= 101


def test_the_next_call_waits_for_the_bucket(double: Double) -> None:
    """What one answer told paces the next call, before Shopify has to say no."""
    double.script = scripted(answer({"data": {"shop": {}}, "extensions": throttle(0, rate=20)}))
    here = api(double)
    here.call(QUERY)
    here.call(QUERY)
    first, second = double.calls
    assert 0.4 <= second["_at"] - first["_at"] < 1.5


def test_a_bucket_that_is_long_empty_is_handed_back(double: Double) -> None:
    double.script = scripted(answer({"data": {"shop": {}}, "extensions": throttle(0, rate=1, cost=100)}))
    here = api(double)
    here.call(QUERY)
    with pytest.raises(Throttled) as caught:
        here.call(QUERY)
    assert 90 < (caught.value.after or 0) <= 100
    assert len(double.calls) == 1


def test_threads_share_a_shops_bucket() -> None:
    bucket = pacing.Bucket()
    bucket.learn("x", throttle(100, rate=1)["cost"])
    free: list[float] = []
    threads = [threading.Thread(target=lambda: free.append(bucket.reserve("x"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert free.count(0.0) == 10


@pytest.mark.parametrize("told", [None, [], "x", {}, {"throttleStatus": None}, {"throttleStatus": {"restoreRate": 0}},
    {"requestedQueryCost": "many"},
                                  {"throttleStatus": {"currentlyAvailable": None, "maximumAvailable": True, "restoreRate": -5}}])
def test_an_odd_cost_does_no_harm(told: object) -> None:
    bucket = pacing.Bucket()
    bucket.learn("x", told)
    assert bucket.reserve("x") < 60


def test_a_newer_token_is_tried_once_after_a_401(double: Double) -> None:
    double.script = lambda _handler, call: answer({"data": {"shop": {}}}) if call["_token"] == "shpat_2" else answer({}, 401)
    here = api(double, renew=lambda used: "shpat_2" if used == "shpat_1" else None)
    assert here.call(QUERY) == {"shop": {}}
    assert here.call(QUERY) == {"shop": {}}
    assert [call["_token"] for call in double.calls] == ["shpat_1", "shpat_2", "shpat_2"]


def test_a_401_is_not_asked_again_and_again(double: Double) -> None:
    double.script = scripted(answer({}, 401))
    for renew in (None, lambda _used: None, lambda _used: "shpat_3"):
        double.calls.clear()
        with pytest.raises(Frozen) as caught:
            api(double, renew=renew).call(QUERY)
        assert caught.value.status == 401
        assert len(double.calls) <= 2


def test_what_is_sent_is_json(double: Double) -> None:
    with pytest.raises(ValueError, match="JSON"):
        api(double).call(MUTATION, id=float("nan"))
    assert not double.calls


@pytest.mark.parametrize("name", ["nothing", "../test_read", "Test_Read", "test_read.graphql", ""])
def test_unknown_operations(double: Double, name: str) -> None:
    with pytest.raises(Broken):
        api(double).call(name)


def test_no_error_carries_what_was_sent(double: Double) -> None:
    double.script = scripted(answer({"errors": [{"message": "Variable $id: bob@example.com is wrong"}]}))
    with pytest.raises(Broken) as caught:
        api(double).call(MUTATION, id="bob@example.com")
    assert "bob" not in json.dumps([caught.value.message, str(caught.value.facts)])

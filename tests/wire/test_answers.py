"""Errors, headers, junk and sizes: what any request may come to."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from plugin.app import create_app
from plugin.context import Context
from plugin.db import make_engine, make_sessions
from plugin.shops.tables import Shop
from plugin.web import logs
from plugin.web.inputs import json_object
from plugin.web.junk import is_junk
from tests.wire.double import Double
from tests.wire.pages import views
from tests.wire.signed import SHOP, claims, proxy_query, token

EXPECTED = {"refused": 422, "not_found": 404, "later": 503, "broken": 500, "bug": 500, "link": 410, "database": 503, "unique": 500,
    "number": 400,
            "surrogate": 400, "404": 404, "405": 405, "413": 413}


def seen(context: Context) -> bool:
    with context.transaction() as session:
        return session.scalars(select(Shop).where(Shop.domain == "seen.myshopify.com")).one_or_none() is not None


@pytest.mark.parametrize("kind", EXPECTED)
def test_errors_as_pages(client: FlaskClient, context: Context, kind: str) -> None:
    response = client.get(f"/me/errors/{kind}", headers={"Accept": "text/html"})
    assert response.status_code == EXPECTED[kind]
    assert response.content_type.startswith("text/html")
    assert "bob" not in response.text
    assert "<b>" not in response.text
    assert not seen(context)


@pytest.mark.parametrize("kind", EXPECTED)
def test_errors_as_fragments_leave_the_form_alone(client: FlaskClient, kind: str) -> None:
    response = client.get(f"/me/errors/{kind}", headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Retarget"], response.headers["HX-Reswap"]) == (EXPECTED[kind], "#errors",
        "innerHTML")
    assert response.text.startswith('<div role="alert"')
    assert "<html" not in response.text
    assert "<b>" not in response.text


@pytest.mark.parametrize("kind", EXPECTED)
def test_errors_as_json(client: FlaskClient, kind: str) -> None:
    response = client.get(f"/me/errors/{kind}", headers={"Accept": "application/json"})
    assert response.status_code == EXPECTED[kind]
    assert response.json is not None
    assert set(response.json["error"]) == {"reason", "message"}


def test_later_says_when(client: FlaskClient) -> None:
    assert client.get("/me/errors/later").headers["Retry-After"] == "8"
    assert int(client.get("/me/errors/database").headers["Retry-After"]) >= 1


def test_a_fault_that_only_the_commit_finds_is_no_success(client: FlaskClient, context: Context) -> None:
    """2xx only after the commit (D9)."""
    assert client.post("/me/deferred").status_code == 500
    assert not seen(context)


def test_a_database_that_is_gone(context: Context) -> None:
    gone = "sqlite:////nowhere/at/all.db" if "sqlite" in context.settings.database_url else "postgresql://nobody@127.0.0.1:9/x"
    app = create_app(replace(context, sessions=make_sessions(make_engine(gone))))
    app.register_blueprint(views())
    client = app.test_client()
    for response in (client.get(f"/app/test?id_token={token(claims())}"), client.get(f"/proxy/test?{proxy_query()}"),
        client.get("/me/address")):
        assert response.status_code == 503
        assert "Retry-After" in response.headers
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json == {"ready": False, "database": False, "migrations": False}


def test_what_was_typed_while_the_database_is_gone_can_be_sent_again(context: Context) -> None:
    app = create_app(replace(context, sessions=make_sessions(make_engine("sqlite:////nowhere/at/all.db"))))
    client = app.test_client()
    said = client.post(f"/proxy/magic?{proxy_query()}", data={"email": 'ada@<b>.example"', "locale": "en"})
    assert said.status_code == 503 and "Send it again" in said.text
    assert '<input type="hidden" name="email" value="ada@&lt;b&gt;.example&#34;">' in said.text
    for other in (client.get(f"/proxy/magic?{proxy_query()}"), client.post(f"/proxy/magic?{proxy_query()}", data={"email": "x" * 20_001})):
        assert other.status_code == 503 and "Send it again" not in other.text


def test_unknown_and_wrong_methods(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    wrong = client.get("/webhooks")
    assert wrong.status_code == 405
    assert "POST" in wrong.headers["Allow"]


# Headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nothing", "/me/address", "/bounce", "/app/test", "/extension/test",
    "/proxy/test",
                                  "/webhooks", "/static/htmx.min.js"])
def test_security_headers_on_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert "Content-Security-Policy" in headers
    if path != "/static/htmx.min.js":
        assert headers["Cache-Control"] == "private, no-store"
    assert ("Strict-Transport-Security" in headers) is (path != "/proxy/test")


def test_only_its_own_admin_may_frame_a_shops_page(client: FlaskClient, double: Double) -> None:
    policy = client.get(f"/app/test?id_token={token(claims())}&shop=south.myshopify.com").headers["Content-Security-Policy"]
    ancestors = next(part for part in policy.split("; ") if part.startswith("frame-ancestors")).split()[1:]
    assert ancestors == [double.origin.partition("/_shop")[0], "http://127.0.0.1:9"]
    assert "script-src 'self' http://127.0.0.1:9;" in policy


def test_with_real_addresses(context: Context) -> None:
    real = replace(context.settings, shopify_origin="https://{shop}", shopify_admin_origin="https://admin.shopify.com",
        shopify_cdn="https://cdn.shopify.com")
    client = create_app(replace(context, settings=real)).test_client()
    policy = client.get(f"/bounce?shop={SHOP}&shopify-reload=/app").headers["Content-Security-Policy"]
    assert policy.startswith(f"frame-ancestors https://{SHOP} https://admin.shopify.com; script-src 'self' https://cdn.shopify.com;")
    stranger = client.get("/bounce?shop=evil.com;script-src&shopify-reload=/app").headers["Content-Security-Policy"]
    assert stranger.startswith("frame-ancestors https://admin.shopify.com;")


def test_nothing_else_may_be_framed(client: FlaskClient) -> None:
    assert "frame-ancestors 'none'" in client.get("/me/address").headers["Content-Security-Policy"]


# Junk, sizes, proxies


@pytest.mark.parametrize("target", [
    "/%ff", "/%00", "/a%0d%0aSet-Cookie:x", "/%c3%28", "/%ed%a0%80", "/x%7f", "/x?q=%ff", "/x?q=%00", "/x?q=%ed%a0%80",
    "/app/test?id_token=%ff",
    "/" + "a" * 20_000, "/x?" + "a" * 20_000])
def test_junk_bytes(client: FlaskClient, target: str) -> None:
    path, _, query = target.partition("?")
    response = client.get("/", environ_overrides={"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query})
    assert response.status_code == 400
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("path", "query", "junk"), [
    ("/app/\u00c3\u00bc", "q=%C3%BC+x", False), ("/", "", False), ("/", "q=%0a", False), ("/", "q=ü", True), ("/\u00ff", "", True),
    ("/\x01", "", True), ("/", "%00", True)])
def test_what_is_junk(path: str, query: str, junk: bool) -> None:
    assert is_junk(path, query) is junk


def test_bodies_end_at_two_megabytes(client: FlaskClient) -> None:
    assert client.post("/me/body", data=b"x" * 2**21).text == str(2**21)
    assert client.post("/me/body", data=b"x" * (2**21 + 1)).status_code == 413


@pytest.mark.parametrize(("proxies", "forwarded", "expected"), [
    (0, "1.2.3.4", "127.0.0.1 http"), (1, "1.2.3.4", "1.2.3.4 https"), (1, "6.6.6.6, 1.2.3.4", "1.2.3.4 https"),
    (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4 https"),
    (1, "2001:DB8::1", "2001:db8::1 https"), (1, "<script>", "None https"), (1, "1.2.3.4:5678", "None https"), (1, "", "127.0.0.1 https")])
def test_trusted_proxies(context: Context, proxies: int, forwarded: str, expected: str) -> None:
    app = create_app(replace(context, settings=replace(context.settings, trusted_proxies=proxies)))
    app.register_blueprint(views())
    told = app.test_client().get("/me/address", headers={"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example"})
    assert told.text == expected


def test_no_answer_repeats_the_host(client: FlaskClient) -> None:
    for host in ("evil.example", "evil.example:99", "north.myshopify.com"):
        for path in ("/app/test?shop=north.myshopify.com", "/nothing", "/bounce?shopify-reload=/app", "/app"):
            response = client.get(path, headers={"Host": host, "X-Forwarded-Host": host})
            assert host not in response.headers.get("Location", "").split("?")[0]
            assert "evil" not in response.text


# Logs


def logged(app: Flask, path: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    app.test_client().get(path, headers={"User-Agent": "bob@example.com", "Cookie": "a=bob@example.com"})
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("kind", EXPECTED)
def test_no_log_line_holds_personal_data(app: Flask, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = logged(app, f"/me/errors/{kind}?email=bob@example.com", capsys)
    assert lines[-1]["event"] == "request"
    assert (lines[-1]["route"], lines[-1]["status"]) == ("/me/errors/<kind>", EXPECTED[kind])
    left = json.dumps(lines).replace("bob@example.com was here", "") if kind == "broken" else json.dumps(lines)  # our own words
    assert "bob" not in left


def test_an_exception_is_logged_with_its_place(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    [line] = [line for line in logged(app, "/me/errors/bug", capsys) if line["event"] == "broken"]
    [told] = line["exception"]
    assert told["type"] == "ZeroDivisionError"
    assert any("tests/wire/pages.py" in place for place in told["at"])


def test_known_words_for_people_are_left_out() -> None:
    kept = logs.leave_out_people(None, "info", {"email": "b@x.example", "fact_token": "t", "order": "5"})
    assert kept == {"email": "[left out]", "fact_token": "[left out]", "order": "5"}


def test_values_of_a_failed_statement_stay_out_of_its_error(context: Context) -> None:
    from plugin.app import make_context

    made = make_context(context.settings)
    with pytest.raises(SQLAlchemyError) as caught, made.transaction() as session:
        session.execute(text("select * from nothing where a = :a"), {"a": "bob@example.com"})
    assert "bob" not in str(caught.value)
    places = logs.place_exception(None, "error", {"exc_info": caught.value})["exception"][0]["at"]
    assert "tests/wire/test_answers.py" in places[0] and "/" not in places[-1], "our own frames, then where it ended"


def test_an_empty_body_is_an_empty_object(app: Flask) -> None:
    from flask import request

    with app.test_request_context("/x", method="POST", data=b" "):
        assert json_object(request) == {}

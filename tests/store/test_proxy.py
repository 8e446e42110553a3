"""The app proxy: what it adds, what it drops, and whose answer it is."""

import hashlib
import hmac
from urllib.parse import parse_qsl

import pytest
from flask import Response
from flask.testing import FlaskClient

from devstore.state.shops import Shop
from tests.store.fake_app import SECRET, FakeApp


def signature(query: str) -> str:
    """Written after Shopify's description: sorted `key=value`, nothing between, repeated keys joined by commas."""
    values: dict[str, list[str]] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key != "signature":
            values.setdefault(key, []).append(value)
    message = "".join(sorted(f"{key}={','.join(each)}" for key, each in values.items()))
    return hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()


def test_request_is_signed_and_told_apart(visitor: FlaskClient, north: Shop, fake_app: FakeApp) -> None:
    visitor.get("/apps/tandem/thing.json?product=1&a=x&a=y&shop=evil.com&logged_in_customer_id=9")
    (seen,) = fake_app.seen
    said = dict(parse_qsl(seen["query"], keep_blank_values=True))
    assert (seen["path"], said["shop"], said["path_prefix"]) == ("thing.json", "north.myshopify.com", "/apps/tandem")
    assert said["logged_in_customer_id"] == ""
    assert "evil.com" not in seen["query"]
    assert said["signature"] == signature(seen["query"])


def test_customer_is_named_when_logged_in(visitor: FlaskClient, north: Shop, fake_app: FakeApp) -> None:
    visitor.post("/account/login", data={"customer[email]": "ada@example.com"})
    visitor.get("/apps/tandem/share.json")
    customer = north.customer_by_email("ada@example.com")
    assert customer is not None
    assert f"logged_in_customer_id={customer.id}" in fake_app.seen[0]["query"]


def test_cookies_pass_in_neither_direction(visitor: FlaskClient, north: Shop, fake_app: FakeApp) -> None:
    visitor.set_cookie("tandem_visit", "secret", domain="north.localhost")
    answer = visitor.get("/apps/tandem/x", headers={"Accept-Language": "de", "X-Forwarded-For": "203.0.113.9"})
    headers = fake_app.seen[0]["headers"]
    assert "Cookie" not in headers
    assert (headers["Accept-Language"], headers["X-Forwarded-For"]) == ("de", "203.0.113.9")
    assert not any(cookie.startswith("a=") for cookie in answer.headers.getlist("Set-Cookie"))
    assert (answer.text, answer.headers["X-Kept"]) == ("proxied", "1")


def test_each_browser_has_an_address_of_its_own_and_keeps_it(visitor: FlaskClient, north: Shop, fake_app: FakeApp) -> None:
    for _ in range(2):
        visitor.get("/apps/tandem/x")
    visitor.delete_cookie("_home", domain="north.localhost")
    visitor.get("/apps/tandem/x")
    first, second, other = (seen["headers"]["X-Forwarded-For"] for seen in fake_app.seen)
    assert first == second
    assert other != first


def test_method_and_body_pass(visitor: FlaskClient, north: Shop, fake_app: FakeApp) -> None:
    visitor.post("/apps/tandem/r/robin/claim", data={"a": "b"})
    assert (fake_app.seen[0]["method"], fake_app.seen[0]["body"]) == ("POST", "a=b")


def test_redirects_go_to_the_visitor(visitor: FlaskClient, north: Shop, fake_app: FakeApp) -> None:
    fake_app.answer = Response(status=303, headers={"Location": "/discount/A?redirect=/"})
    answer = visitor.post("/de/apps/tandem/r/robin/claim")
    assert (answer.status_code, answer.location) == (303, "/discount/A?redirect=/")


def test_liquid_is_rendered_in_the_theme(visitor: FlaskClient, north: Shop, fake_app: FakeApp) -> None:
    fake_app.answer = Response("<h1>{{ shop.name }} {{ 1450 | money }}</h1>", mimetype="application/liquid")
    html = visitor.get("/apps/tandem/r/robin").text
    assert "<h1>North Lights £14.50</h1>" in html
    assert "<footer" in html


@pytest.mark.parametrize("path", ["/apps/other/x", "/tools/tandem/x"])
def test_other_paths_are_the_stores(visitor: FlaskClient, north: Shop, fake_app: FakeApp, path: str) -> None:
    assert visitor.get(path).status_code == 404
    assert fake_app.seen == []


def test_without_the_app_there_is_no_proxy(visitor: FlaskClient, fake_app: FakeApp) -> None:
    assert visitor.get("/apps/tandem/x").status_code == 404


def test_an_app_that_is_down_is_a_502(visitor: FlaskClient, north: Shop, fake_app: FakeApp) -> None:
    fake_app.stop()
    assert visitor.get("/apps/tandem/x").status_code == 502

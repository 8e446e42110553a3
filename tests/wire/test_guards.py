"""Who gets in, what they get, and what everybody else gets."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from plugin.context import Context
from plugin.db import ShopId
from plugin.intake.tables import Inbox
from plugin.shops.tables import Shop
from plugin.web.guards import GUARDS
from tests.wire.double import Double, answer
from tests.wire.signed import SHOP, claims, oauth_query, proxy_query, token

RETRY = "X-Shopify-Retry-Invalid-Session-Request"
BUYER = {"iss": None, "dest": SHOP, "sub": "gid://shopify/Customer/7", "sid": None}
SOUTH = "south.myshopify.com"


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def shop_of(context: Context, domain: str = SHOP) -> Shop | None:
    with context.transaction() as session:
        return session.scalars(select(Shop).where(Shop.domain == domain)).one_or_none()


# The merchant


def test_a_first_visit_installs(client: FlaskClient, context: Context, double: Double) -> None:
    assert shop_of(context) is None
    response = client.get(f"/app/test?id_token={token(claims())}")
    assert (response.status_code, response.text.split()[0]) == (200, SHOP)
    shop = shop_of(context)
    assert shop is not None
    assert shop.state == "installed"
    assert len(double.token_calls) == 1
    with context.transaction() as session:
        [told] = session.scalars(select(Inbox)).all()
        assert (told.topic, told.source, told.shop_id) == ("shop/installed", "tandem", shop.id)


def test_a_fetch_with_a_token(client: FlaskClient, context: Context, rung: list[tuple[str, ShopId]]) -> None:
    response = client.post("/app/test", headers=bearer(token(claims())), data={"plan": "pro"})
    assert response.status_code == 200
    shop = shop_of(context)
    assert shop is not None
    assert shop.plan == "pro"
    assert rung == [("events", shop.id), ("deliveries", shop.id)]
    rung.clear()
    assert client.get("/app/test", headers=bearer(token(claims()))).text == f"{SHOP} pro"
    assert not rung


def test_a_document_without_token_goes_through_the_bounce_page(client: FlaskClient) -> None:
    response = client.get("/app/test?shop=north.myshopify.com&host=abc&x=1+2&id_token=old", headers={"Host": "evil.example"})
    assert response.status_code == 302
    where = urlsplit(response.headers["Location"])
    assert (where.scheme, where.netloc, where.path) == ("https", "tandem.example.com", "/bounce")
    asked = parse_qs(where.query)
    assert asked["shop"] == [SHOP]
    assert asked["shopify-reload"] == ["/app/test?shop=north.myshopify.com&host=abc&x=1+2"]
    assert "id_token" not in asked


def test_the_bounce_page(client: FlaskClient) -> None:
    response = client.get(f"/bounce?shop={SHOP}&shopify-reload=/app/test%3Fx%3D1")
    assert response.status_code == 200
    assert 'data-api-key="0123456789abcdef0123456789abcdef"' in response.text
    assert 'src="http://127.0.0.1:9/_cdn/shopifycloud/app-bridge.js"' in response.text
    assert "shopify-reload" not in response.text


@pytest.mark.parametrize("back", [
    "", "https://evil.example/app", "//evil.example/app", "/app//evil.example", "/\\evil.example", "/app\\..\\x", "javascript:alert(1)",
    "/apple", "/webhooks",
    "/app/\nx", "app", "/app/../webhooks", "/app/%2e%2e/webhooks", "///app", "/%09/evil.example"])
def test_the_bounce_page_goes_back_into_the_app_only(client: FlaskClient, back: str) -> None:
    assert client.get("/bounce", query_string={"shop": SHOP, "shopify-reload": back}).status_code == 400


@pytest.mark.parametrize("request_", [
    {"method": "POST"}, {"method": "POST", "headers": {"Authorization": "Basic x"}}, {"method": "POST", "headers": bearer("x.y.z")},
    {"method": "GET", "headers": bearer("x.y.z")}, {"method": "GET", "headers": bearer(token(claims(exp=1)))},
    {"method": "GET", "headers": {"HX-Request": "true"}},
    {"method": "GET", "headers": {"Sec-Fetch-Dest": "empty"}}, {"method": "GET", "headers": {"Authorization": "bearer " + token(claims())}},
    {"method": "POST", "query_string": {"id_token": "x.y.z"}}, {"method": "GET", "headers": bearer(token(claims(**BUYER)))}])
def test_a_fetch_without_a_good_token_is_repeated_by_app_bridge(client: FlaskClient, context: Context, request_: dict[str, object]) -> None:
    response = client.open("/app/test", **request_)  # type: ignore[arg-type]
    assert (response.status_code, response.headers[RETRY]) == (401, "1")
    assert shop_of(context) is None


def test_the_tenant_comes_from_the_token_alone(client: FlaskClient, context: Context) -> None:
    """REQUEST_DERIVED_SHOP_SCOPE: no parameter, header or form field chooses the shop."""
    response = client.post(f"/app/test?shop={SOUTH}&dest={SOUTH}", data={"shop": SOUTH, "plan": "x"},
                           headers={**bearer(token(claims())), "X-Shopify-Shop-Domain": SOUTH, "Host": SOUTH})
    assert response.text == f"{SHOP} x"
    assert shop_of(context, SOUTH) is None


def test_an_error_answer_stores_nothing(client: FlaskClient, context: Context, rung: list[tuple[str, ShopId]]) -> None:
    response = client.post("/app/half", headers=bearer(token(claims())))
    assert (response.status_code, response.text) == (422, "the form again")
    shop = shop_of(context)
    assert shop is not None
    assert shop.plan != "half done"
    assert not rung


def test_shopify_away_at_the_first_visit(client: FlaskClient, double: Double, context: Context) -> None:
    double.token_script = lambda _handler, _call: answer({}, 503)
    response = client.get(f"/app/test?id_token={token(claims())}")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert shop_of(context) is None


def test_outside_the_admin_the_merchant_is_sent_where_scopes_are_granted(client: FlaskClient) -> None:
    response = client.get(f"/app/test?{oauth_query([('host', 'abc')])}")
    assert response.status_code == 302
    assert f"/_shop/{SHOP}/admin/oauth/authorize?" in response.headers["Location"]
    forged = client.get(f"/app/test?{oauth_query(secret='wrong')}")
    assert (forged.status_code, "Location" in forged.headers) == (401, False)


# The storefront


def test_the_app_proxy(client: FlaskClient, north: Shop) -> None:
    response = client.get(f"/proxy/test?{proxy_query([('a', '1'), ('a', '2')], customer='7')}")
    assert response.text == f"{SHOP} 7 {{'a': '1,2'}}"


@pytest.mark.parametrize("changed", [{"secret": "wrong"}, {"shop": "evil.com"}, {"timestamp": 5}, {"more": [("shop", SHOP)]}, None])
def test_unsigned_proxy_requests(client: FlaskClient, north: Shop, changed: dict[str, Any] | None) -> None:
    """APP_PROXY_UNVERIFIED_SIGNATURE."""
    query = f"shop={SHOP}" if changed is None else proxy_query(**changed)
    for method in ("GET", "POST"):
        assert client.open(f"/proxy/test?{query}", method=method).status_code == 401


def test_a_shop_that_has_not_installed_us(client: FlaskClient, context: Context) -> None:
    assert client.get(f"/proxy/test?{proxy_query()}").status_code == 403
    assert client.get("/extension/test", headers=bearer(token(claims(**BUYER)))).status_code == 403
    assert shop_of(context) is None


# The extensions


def test_an_extension(client: FlaskClient, north: Shop) -> None:
    response = client.post("/extension/test", headers=bearer(token(claims(**BUYER))), json={"order_id": "5"})
    assert response.json == {"shop": SHOP, "customer": "7", "body": {"order_id": "5"}}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_the_preflight(client: FlaskClient) -> None:
    response = client.options("/extension/test",
        headers={"Origin": "https://extensions.shopifycdn.com", "Access-Control-Request-Method": "POST"})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"


def test_no_other_route_allows_other_origins(client: FlaskClient) -> None:
    for path in ("/app/test", "/proxy/test", "/me/address", "/healthz", "/webhooks"):
        for response in (client.get(path), client.options(path, headers={"Origin": "https://evil.example"})):
            assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("headers", [{}, bearer("x.y.z"), bearer(token(claims(**BUYER), secret="wrong")),
    {"Authorization": token(claims(**BUYER))}])
def test_extensions_without_a_good_token(client: FlaskClient, north: Shop, headers: dict[str, str]) -> None:
    response = client.post("/extension/test", headers=headers, json={})
    assert response.status_code == 401
    assert response.json is not None
    assert response.json["error"]["reason"] == "signature"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("body", [
    b"{", b"[]", b"5", b'"x"', b"null", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1, "a": 2}', b'{"a": "\\u0000"}', b'{"a": "\\ud800"}',
    b"\xff", b"[" * 100_000,
    b'{"a": ' * 100 + b"1" + b"}" * 100, b'{"a": ' + b"9" * 5000 + b"}", b'{"a": 9223372036854775808}', b'{"\\u0000": 1}', b"<html>",
    "\ufeff{}".encode()])
def test_bodies_that_no_database_could_keep(client: FlaskClient, north: Shop, body: bytes) -> None:
    response: TestResponse = client.post("/extension/test", headers=bearer(token(claims(**BUYER))), data=body)
    assert response.status_code == 400


# Every route


def test_every_route_has_a_guard(app: Flask) -> None:
    """Also those that others add: MISSING_TENANT_ISOLATION begins with a view that nobody guards."""
    unguarded = [str(rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"
                 and getattr(app.view_functions[rule.endpoint], "guard", None) not in GUARDS]
    assert not unguarded


def test_paths_and_guards_belong_together(app: Flask) -> None:
    expected = {"/app": "embedded", "/proxy": "proxy", "/extension": "extension"}
    for rule in app.url_map.iter_rules():
        top = "/" + rule.rule.split("/")[1]
        if top in expected:
            assert getattr(app.view_functions[rule.endpoint], "guard", None) == expected[top], rule


def test_open_views_say_why(app: Flask) -> None:
    views: dict[str, object] = dict(app.view_functions)
    assert not [name for name, view in views.items() if getattr(view, "guard", None) in ("public", "bare") and not getattr(view, "why", "")]

"""The merchant's side: installing, the frame's parameters, changing orders, moving time."""

import base64
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from devstore import signing
from devstore.app import services
from devstore.state.carts import Buyer, Cart, CartLine
from devstore.state.orders import Order
from devstore.state.shops import Shop
from devstore.state.store import Store
from tests.store.conftest import give_code
from tests.store.fake_app import CLIENT, SECRET

PAGES = ("", "/orders", "/products", "/customers", "/discounts", "/themes", "/mail", "/webhooks", "/faults", "/effects", "/apps/tandem")


@pytest.fixture
def order(store: Store, north: Shop) -> Order:
    variant = next(iter(north.variants))
    return store.place_order(north, Cart("t", [CartLine("k", variant, 3)]), Buyer(email="robin@example.com"))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("handle", ["north", "tokyo"])
def test_every_page_opens(admin: FlaskClient, order: Order, handle: str, path: str) -> None:
    assert admin.get(f"/store/{handle}{path}").status_code == 200


def test_detail_pages_open(admin: FlaskClient, store: Store, north: Shop, order: Order) -> None:
    give_code(store, north, "TEN")
    (discount,) = north.discounts
    for path in (f"orders/{order.id}", f"customers/{order.customer_id}", f"discounts/{discount}"):
        assert admin.get(f"/store/north/{path}").status_code == 200
    assert admin.get("/store/north/orders/1").status_code == 404
    assert admin.get("/store/nowhere").status_code == 404


def test_install_grants_what_the_app_declares(admin: FlaskClient, store: Store) -> None:
    assert "write_discounts" in admin.get("/store/north/apps/tandem").text
    admin.post("/store/north/apps/tandem/install")
    shop = store.shop("north")
    assert shop.installation is not None
    assert "write_discounts" in shop.installation.scopes
    admin.post("/store/north/apps/tandem/uninstall")
    assert shop.installation is None


def test_frame_is_launched_as_shopify_launches_it(admin: FlaskClient, north: Shop) -> None:
    html = admin.get("/store/north/apps/tandem/app/programmes?tab=2").text
    source = html.split('src="')[-2 if "app.js" in html.split('src="')[-1] else -1].split('"')[0].replace("&amp;", "&")
    said = {key: value[0] for key, value in parse_qs(urlsplit(source).query).items()}
    assert urlsplit(source).path == "/app/programmes"
    assert (said["shop"], said["embedded"], said["locale"], said["tab"]) == ("north.myshopify.com", "1", "en", "2")
    assert base64.urlsafe_b64decode(said["host"] + "==") == b"admin.localhost/store/north"
    claims = jwt.decode(said["id_token"], SECRET, ["HS256"], audience=CLIENT)
    assert (claims["iss"], claims["dest"]) == ("https://north.myshopify.com/admin", "https://north.myshopify.com")
    signed = {key: value for key, value in said.items() if key not in ("hmac", "tab")}
    assert said["hmac"] == signing.query_hmac(SECRET, signed)


def test_partial_refund(admin: FlaskClient, order: Order) -> None:
    line = order.lines[0]
    admin.post(f"/store/north/orders/{order.id}/refund", data={f"line-{line.id}": "1", "note": "broken"})
    assert (order.refunded, order.financial_status, line.current_quantity) == (1450, "partially_refunded", 2)


@pytest.mark.parametrize("fields", [{}, {"amount": "1000000"}, {"amount": "x"}, {"shipping": "-1"}])
def test_a_refund_that_cannot_be(admin: FlaskClient, order: Order, fields: dict[str, str]) -> None:
    answer = admin.post(f"/store/north/orders/{order.id}/refund", data=fields)
    assert answer.status_code == 303
    assert "said=" in str(answer.location)
    assert order.refunds == []


def test_cancel_and_refund(admin: FlaskClient, order: Order) -> None:
    admin.post(f"/store/north/orders/{order.id}/cancel", data={"reason": "fraud", "refund": "on"})
    assert (order.cancelled_at is not None, order.cancel_reason, order.refunded) == (True, "fraud", order.received)


def test_edit(admin: FlaskClient, north: Shop, order: Order) -> None:
    line, other = order.lines[0], list(north.variants)[1]
    admin.post(f"/store/north/orders/{order.id}/edit", data={f"line-{line.id}": "2", "variant": str(other), "quantity": "1"})
    assert [(one.current_quantity, one.added_by_edit) for one in order.lines] == [(2, False), (1, True)]


def test_time_moves_for_everybody(admin: FlaskClient, store: Store) -> None:
    before = store.clock.now()
    answer = admin.post("/store/north/clock", data={"days": "14", "back": "https://evil.com"})
    assert answer.location == "/store/north"
    assert (store.clock.now() - before).days == 14
    admin.post("/store/north/clock", data={"days": "0"})
    assert abs((store.clock.now() - before).total_seconds()) < 60


def test_mail_runs_nothing(admin: FlaskClient, devstore: Flask, north: Shop) -> None:
    raw = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Earned\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><b>hi</b>"
    with devstore.app_context():
        services().mailbox.take("a@b.example", ["c@d.example"], raw)
    assert "Earned" in admin.get("/store/north/mail").text
    assert admin.get("/store/north/mail/1").status_code == 200
    policy = admin.get("/store/north/mail/1/html").headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert admin.get("/store/north/mail/2").status_code == 404


def test_faults_and_webhooks_are_planned(admin: FlaskClient, devstore: Flask, north: Shop) -> None:
    admin.post("/store/north/faults", data={"kind": "reset_after", "operation": "storeCreditAccountCredit", "times": "2"})
    admin.post("/store/north/webhooks", data={"act": "hold", "topic": "orders/paid"})
    with devstore.app_context():
        (fault,), (disturbance,) = services().faults.planned, services().webhooks.disturbances
    assert (fault.kind, fault.operation, fault.times) == ("reset_after", "storeCreditAccountCredit", 2)
    assert (disturbance.kind, disturbance.shop, disturbance.topic) == ("hold", "north", "orders/paid")


def test_merchant_takes_a_block_away(admin: FlaskClient, visitor: FlaskClient, north: Shop) -> None:
    assert "tandem-friends.js" in visitor.get("/").text
    admin.post("/store/north/themes/blocks", data={"tandem-embed.days": "7"})
    assert "tandem-friends.js" not in visitor.get("/").text
    admin.post("/store/north/themes/blocks", data={"tandem-embed.days": "7", "shown": "tandem-embed"})
    assert 'data-days="7"' in visitor.get("/").text


def test_cdn(visitor: FlaskClient, north: Shop) -> None:
    assert visitor.get("/_cdn/shopifycloud/polaris.js").status_code == 404
    bridge = visitor.get("/_cdn/shopifycloud/app-bridge.js")
    assert (bridge.status_code, bridge.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert visitor.get("/_cdn/qr.svg?content=x").mimetype == "image/svg+xml"
    number = next(iter(north.products))
    assert visitor.get(f"/_cdn/pictures/{number}/0.svg").data == visitor.get("/_cdn/products/enamel-mug.svg").data
    assert visitor.get("/_cdn/../app.py").status_code == 404

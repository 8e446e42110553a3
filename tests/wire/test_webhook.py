"""Webhook verification: the cases of Shopify's own libraries, and what they lack (RELIABILITY 1.2, 5.5)."""

import base64
import gzip
import json
import random
from datetime import UTC, datetime

import pytest
from shopify_app import ShopifyApp

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify import verify
from tests.wire.signed import KEY, OLD_SECRET, SECRET, SHOP, body_hmac, webhook_headers

BODY = json.dumps({"id": 820982911946154508, "total_price": "12.50", "note": "grüße \U0001f381"}, ensure_ascii=False).encode()
GOOD = body_hmac(BODY)


def told_by(settings: Settings, body: bytes, headers: dict[str, str]) -> verify.Webhook:
    return verify.webhook(settings, body, {name.lower(): value for name, value in headers.items()}.get)


def refused(settings: Settings, body: bytes, headers: dict[str, str]) -> bool:
    with pytest.raises(Refused) as caught:
        told_by(settings, body, headers)
    return caught.value.reason == "signature"


@pytest.mark.parametrize("family", ["X-Shopify-", "x-shopify-", "shopify-", "Shopify-", "X-SHOPIFY-"])
def test_both_families_in_any_case(bare_settings: Settings, family: str) -> None:
    told = told_by(bare_settings, BODY, webhook_headers(BODY, family=family))
    assert (told.domain, told.topic, told.api_version) == (SHOP, "orders/paid", "2026-07")
    assert told.webhook_id.startswith("b54557e4")
    assert told.event_id is not None
    assert told.event_id.startswith("98880550")
    assert told.triggered_at == datetime(2026, 11, 21, 18, 0, 27, 877041, UTC)


def test_families_are_not_mixed(bare_settings: Settings) -> None:
    """Unsigned values of one family must not ride on the other's signature."""
    headers = webhook_headers(BODY, shop_domain=None) | {"shopify-shop-domain": "south.myshopify.com"}
    assert refused(bare_settings, BODY, headers)


def test_the_old_secret_while_it_is_rotated(bare_settings: Settings) -> None:
    assert told_by(bare_settings, BODY, webhook_headers(BODY, secret=OLD_SECRET)).domain == SHOP


def test_the_old_secret_afterwards(bare_settings: Settings) -> None:
    from dataclasses import replace

    assert refused(replace(bare_settings, shopify_old_api_secret=None), BODY, webhook_headers(BODY, secret=OLD_SECRET))


def test_shopifyapp_agrees_on_what_is_good(bare_settings: Settings) -> None:
    app = ShopifyApp(KEY, SECRET, OLD_SECRET)
    request = {"method": "POST", "url": "https://x.example/webhooks", "headers": webhook_headers(BODY), "body": BODY.decode()}
    assert app.verify_webhook_req(request).ok  # type: ignore[arg-type]
    assert told_by(bare_settings, BODY, webhook_headers(BODY))


def test_any_body_that_is_signed_is_taken_as_it_is(bare_settings: Settings) -> None:
    for body in (b"", b"\x00\xff\xfe", b"not json", b"\xef\xbb\xbf{}"):
        assert told_by(bare_settings, body, webhook_headers(body))


@pytest.mark.parametrize("signature", [
    None, "", " ", "wrong", GOOD[:-1], GOOD.rstrip("="), GOOD + "=", GOOD + " ", " " + GOOD, GOOD + "\n", GOOD.lower(), GOOD.upper(),
    GOOD + "," + GOOD,
    base64.b64decode(GOOD).hex(), base64.urlsafe_b64encode(base64.b64decode(GOOD)).decode() + "x", "ü" * 44, "\udcff" * 44, "é" + GOOD[1:],
    "A" * 2**20,
    body_hmac(BODY, "another shop's or app's secret"), body_hmac(BODY, ""), body_hmac(b""), "None", "null", "true", "0"])
def test_bad_signatures(bare_settings: Settings, signature: str | None) -> None:
    assert refused(bare_settings, BODY, webhook_headers(BODY, hmac_sha256=signature))


def test_every_flipped_bit_of_the_signature(bare_settings: Settings) -> None:
    raw = base64.b64decode(GOOD)
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        assert refused(bare_settings, BODY, webhook_headers(BODY, hmac_sha256=base64.b64encode(bytes(flipped)).decode()))


def test_changed_bodies(bare_settings: Settings) -> None:
    changed = [BODY + b" ", BODY + b"\n", b"\xef\xbb\xbf" + BODY, gzip.compress(BODY), json.dumps(json.loads(BODY)).encode(), BODY[:-1],
        b"",
               BODY.replace(b"12.50", b"12.51"), BODY.decode().encode("utf-16")]
    picker = random.Random(7)
    for _ in range(50):
        one = bytearray(BODY)
        one[picker.randrange(len(one))] ^= 1 << picker.randrange(8)
        changed.append(bytes(one))
    for body in changed:
        assert refused(bare_settings, body, webhook_headers(BODY))


@pytest.mark.parametrize("name", ["hmac_sha256", "topic", "shop_domain", "api_version", "webhook_id"])
@pytest.mark.parametrize("value", [None, "", " ", "\x00", "a b", "x" * 5000])
def test_required_headers(bare_settings: Settings, name: str, value: str | None) -> None:
    assert refused(bare_settings, BODY, webhook_headers(BODY, **{name: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, "", "yesterday", "2026-13-45", "2026-11-21T18:00:27", "9" * 500])
def test_unreadable_times_are_no_time(bare_settings: Settings, value: str | None) -> None:
    assert told_by(bare_settings, BODY, webhook_headers(BODY, triggered_at=value)).triggered_at is None


def test_a_missing_event_id_is_none(bare_settings: Settings) -> None:
    assert told_by(bare_settings, BODY, webhook_headers(BODY, event_id=None)).event_id is None


@pytest.mark.parametrize("domain", [
    "evil.com", "north.myshopify.com.evil.com", "north.myshopify.com/../x", "north.myshopify.com\n", "north.myshopify.com ",
    "evil@north.myshopify.com",
    "%0anorth.myshopify.com", "north.myshopify.com/foo/bar", "two words.myshopify.com", ".myshopify.com", "-north.myshopify.com",
    "https://north.myshopify.com",
    "north.myshopify.com:443", "nörth.myshopify.com", "north.sub.myshopify.com", "north_myshopify_com", "north.myshopify.comx",
    "a" * 300 + ".myshopify.com",
    "north.myshopify.io", "myshopify.com", "None", "north.myshopify.com\x00", "north.myshopify.com,south.myshopify.com"])
def test_bad_domains_with_a_good_signature(bare_settings: Settings, domain: str) -> None:
    assert refused(bare_settings, BODY, webhook_headers(BODY, shop_domain=domain))
    with pytest.raises(Refused):
        verify.shop_domain(domain)


@pytest.mark.parametrize("thing", [None, 5, b"north.myshopify.com", ["north.myshopify.com"], True])
def test_a_domain_is_text(thing: object) -> None:
    with pytest.raises(Refused):
        verify.shop_domain(thing)


def test_domains_are_lower_case() -> None:
    assert verify.shop_domain("North.MyShopify.com") == "north.myshopify.com"

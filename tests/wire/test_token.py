"""ID tokens: the matrix of RELIABILITY 1.2 and what ``shopifyapp`` lets pass (DESIGN 5)."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify import verify
from tests.wire.signed import KEY, OLD_SECRET, SHOP, claims, token

BUYER = {"iss": None, "dest": SHOP, "sub": "gid://shopify/Customer/7", "sid": None}
BOTH = (verify.id_token, verify.customer_token)


def refused(settings: Settings, text: str) -> None:
    for check in BOTH:
        with pytest.raises(Refused) as caught:
            check(settings, text)
        assert caught.value.reason == "signature"


def test_a_merchant(bare_settings: Settings) -> None:
    assert verify.id_token(bare_settings, token(claims())) == verify.Identity(SHOP, "42")


def test_a_buyer(bare_settings: Settings) -> None:
    assert verify.customer_token(bare_settings, token(claims(**BUYER))) == verify.Identity(SHOP, "7")
    assert verify.customer_token(bare_settings, token(claims(**{**BUYER, "sub": None}))) == verify.Identity(SHOP, None)


def test_a_buyers_token_opens_no_admin(bare_settings: Settings) -> None:
    for issuer in (None, f"https://{SHOP}", f"https://{SHOP}/account", f"https://{SHOP}/admin/x", f"https://{SHOP}/Admin",
        f"http://{SHOP}/admin"):
        with pytest.raises(Refused):
            verify.id_token(bare_settings, token(claims(**{**BUYER, "iss": issuer})))


def test_a_staff_id_is_no_customer(bare_settings: Settings) -> None:
    assert verify.customer_token(bare_settings, token(claims())).subject is None


@pytest.mark.parametrize("subject", ["7", "gid://shopify/Customer/", "gid://shopify/Customer/7x", "gid://shopify/Order/7",
    "gid://shopify/Customer/7\n"])
def test_only_a_customers_gid_is_a_subject(bare_settings: Settings, subject: object) -> None:
    assert verify.customer_token(bare_settings, token(claims(**{**BUYER, "sub": subject}))).subject is None


@pytest.mark.parametrize("subject", [7, True, ["gid://shopify/Customer/7"], {}])
def test_a_subject_is_text(bare_settings: Settings, subject: object) -> None:
    refused(bare_settings, token(claims(sub=subject)))
    refused(bare_settings, token(claims(**{**BUYER, "sub": subject})))


def test_the_old_secret(bare_settings: Settings) -> None:
    assert verify.id_token(bare_settings, token(claims(), secret=OLD_SECRET)).domain == SHOP
    refused(replace(bare_settings, shopify_old_api_secret=None), token(claims(), secret=OLD_SECRET))


@pytest.mark.parametrize("text", [
    "", "Bearer", "a", "a.b", "a.b.c", "...", "a.b.c.d", " " + token(claims()), token(claims()) + "\n", token(claims()) + "=", "ü.ü.ü",
    "x" * 5000 + ".a.b",
    token(claims(), secret="wrong"), token(claims())[:-2], token(claims()).rpartition(".")[0] + ".", token(b"[]"), token(b"null"),
    token(b"not json"), token(b"\xff"),
    token(b"[" * 3000), token(claims(), header={"alg": "none"}), token(claims(), header={"alg": "None"}),
    token(claims(), header={"alg": "HS512"}),
    token(claims(), header={"alg": "RS256"}), token(claims(), header={"typ": "JWT"}),
    token(claims(), header={"alg": "HS256", "crit": ["x"], "x": 1}),
    token(claims(), header={"alg": ["HS256"]})])
def test_not_a_token_of_ours(bare_settings: Settings, text: str) -> None:
    refused(bare_settings, text)


def test_alg_none_without_signature(bare_settings: Settings) -> None:
    head, body, _ = token(claims(), header={"alg": "none", "typ": "JWT"}).split(".")
    refused(bare_settings, f"{head}.{body}.")


NOW = int(time.time())


@pytest.mark.parametrize("changed", [
    {"exp": None}, {"nbf": None}, {"aud": None}, {"dest": None}, {"exp": NOW - 30}, {"exp": 0}, {"exp": -1}, {"nbf": NOW + 10**6},
    {"exp": str(NOW + 10**6)},
    {"exp": NOW + 10**6 + 0.5}, {"exp": True}, {"exp": [NOW + 10**6]}, {"nbf": str(NOW)}, {"nbf": False}, {"aud": "another"},
    {"aud": [KEY]},
    {"aud": [KEY, "another"]},
    {"aud": KEY + " "}, {"aud": ""}, {"aud": {"x": KEY}},
    {"dest": "https://evil.com"}, {"dest": f"https://{SHOP}.evil.com"}, {"dest": f"https://evil.com/{SHOP}"},
    {"dest": f"https://{SHOP}/../x"}, {"dest": ""},
    {"dest": f"http://{SHOP}"}, {"dest": f"https://{SHOP}\n"}, {"dest": f"https://evil@{SHOP}"}, {"dest": f"https://{SHOP}:443"},
    {"dest": [SHOP]}, {"dest": 5},
    {"dest": "https://south.myshopify.com"}, {"iss": "https://south.myshopify.com/admin"}, {"iss": "https://evil.com/admin"},
    {"iss": f"https://{SHOP}.evil.com/admin"},
    {"iss": f"https://evil.com/{SHOP}/admin"}, {"iss": ""}, {"iss": 5}, {"iss": [f"https://{SHOP}/admin"]}])
def test_bad_claims_with_a_good_signature(bare_settings: Settings, changed: dict[str, Any]) -> None:
    refused(bare_settings, token(claims(**changed)))


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
def test_numbers_that_are_none(bare_settings: Settings, raw: str) -> None:
    for name in ("exp", "nbf"):
        payload = json.dumps(claims(**{name: 12345})).replace("12345", raw)
        for check in BOTH:
            try:
                check(bare_settings, token(payload.encode()))
            except Refused:
                continue
            assert (name, raw) == ("exp", "9" * 400)  # a whole number, far in the future: harmless in itself


def test_clocks_may_differ_by_ten_seconds(bare_settings: Settings) -> None:
    now = int(time.time())
    assert verify.id_token(bare_settings, token(claims(nbf=now + 8)))
    assert verify.id_token(bare_settings, token(claims(exp=now - 8)))
    refused(bare_settings, token(claims(nbf=now + 15)))
    refused(bare_settings, token(claims(exp=now - 15)))

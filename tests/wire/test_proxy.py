"""App proxy verification (RELIABILITY 1.2 and the corpus of signed queries)."""

import time
from dataclasses import replace
from urllib.parse import quote

import pytest
from shopify_app import ShopifyApp

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify import verify
from tests.wire.signed import KEY, OLD_SECRET, SECRET, SHOP, body_hmac, oauth_query, proxy_query, proxy_signature


def refused(settings: Settings, query: str | bytes) -> bool:
    with pytest.raises(Refused) as caught:
        verify.proxy(settings, query if isinstance(query, bytes) else query.encode())
    return caught.value.reason == "signature"


def test_good(bare_settings: Settings) -> None:
    visitor = verify.proxy(bare_settings, proxy_query([("product", "42"), ("q", "a b/ü")], customer="7").encode())
    assert (visitor.domain, visitor.customer_id, visitor.params) == (SHOP, "7", {"product": "42", "q": "a b/ü"})


def test_nobody_is_logged_in(bare_settings: Settings) -> None:
    assert verify.proxy(bare_settings, proxy_query(customer="").encode()).customer_id is None
    assert verify.proxy(bare_settings, proxy_query(customer=None).encode()).customer_id is None


def test_repeated_words_of_the_visitor_are_joined_by_commas(bare_settings: Settings) -> None:
    assert verify.proxy(bare_settings, proxy_query([("id", "1"), ("id", "2"), ("e", "")]).encode()).params == {"id": "1,2", "e": ""}


def test_spaces_as_percent_20_or_plus(bare_settings: Settings) -> None:
    query = proxy_query([("q", "a b")])
    assert "%20" in query
    assert verify.proxy(bare_settings, query.encode()).params == {"q": "a b"}
    assert verify.proxy(bare_settings, query.replace("%20", "+").encode()).params == {"q": "a b"}


def test_both_secrets(bare_settings: Settings) -> None:
    query = proxy_query(secret=OLD_SECRET)
    assert verify.proxy(bare_settings, query.encode())
    assert refused(replace(bare_settings, shopify_old_api_secret=None), query)
    assert refused(bare_settings, proxy_query(secret="another"))


def test_shopifyapp_agrees_on_what_is_good() -> None:
    url = f"https://x.example/proxy/r/abc?{proxy_query([('a', '1'), ('a', '2')], customer='7')}"
    result = ShopifyApp(KEY, SECRET).verify_app_proxy_req({"method": "GET", "url": url, "headers": {}, "body": ""})
    assert (result.ok, result.shop, result.logged_in_customer_id) == (True, "north", "7")


@pytest.mark.parametrize("offset", [-90, -89, 0, 89, 90])
def test_times_within_the_window(bare_settings: Settings, offset: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify.proxy(bare_settings, proxy_query(timestamp=int(time.time()) + offset + (1 if offset < 0 else 0)).encode())


@pytest.mark.parametrize("offset", [-100_000, -92, 92, 100_000, 10**11])
def test_times_out_of_the_window(bare_settings: Settings, offset: int) -> None:
    assert refused(bare_settings, proxy_query(timestamp=int(time.time()) + offset))


@pytest.mark.parametrize("timestamp", [
    "", " ", "NaN", "Infinity", "-Infinity", "123.45", "null", "[]", "0x10", "1e9", "+{now}", "{now} ", " {now}", "{now}.0", "-{now}",
    "{now}\n", "١٢٣", "{now}_0",
    "9" * 400])
def test_odd_times(bare_settings: Settings, timestamp: str) -> None:
    assert refused(bare_settings, proxy_query(timestamp=timestamp.replace("{now}", str(int(time.time())))))


def test_no_time(bare_settings: Settings) -> None:
    assert refused(bare_settings, proxy_query(timestamp=False))


@pytest.mark.parametrize("name", ["shop", "timestamp", "signature", "logged_in_customer_id", "path_prefix"])
def test_repeats_of_what_may_come_once(bare_settings: Settings, name: str) -> None:
    """Also with a signature that is good for the repeat."""
    value = {"shop": SHOP, "timestamp": str(int(time.time())), "signature": "0" * 64}.get(name, "7")
    assert refused(bare_settings, proxy_query(more=[(name, value)]))
    if name != "signature":
        assert refused(bare_settings, proxy_query([(name, value)], customer="8"))


@pytest.mark.parametrize("name", ["shop[]", "timestamp[]", "SHOP", "Signature"])
def test_other_spellings_are_other_words(bare_settings: Settings, name: str) -> None:
    assert verify.proxy(bare_settings, proxy_query([(name, "x")]).encode()).params == {name: "x"}


def test_extra_words_are_part_of_what_is_signed(bare_settings: Settings) -> None:
    assert refused(bare_settings, proxy_query() + "&product=42")
    assert refused(bare_settings, proxy_query([("product", "42")]).replace("product=42", "product=43"))
    assert refused(bare_settings, proxy_query([("product", "42")]).replace("product=42&", ""))


@pytest.mark.parametrize("shop", [
    None, "", "evil.com", "north.myshopify.com.evil.com", "north.myshopify.com/../x", "north.myshopify.com\n", "evil@north.myshopify.com",
    "north", "https://north.myshopify.com"])
def test_bad_shops_with_a_good_signature(bare_settings: Settings, shop: str | None) -> None:
    assert refused(bare_settings, proxy_query(shop=shop))


@pytest.mark.parametrize("customer", ["abc", "7,8", "-1", "7.0", " 7", "gid://shopify/Customer/7", "٧", "9" * 40])
def test_bad_customers_with_a_good_signature(bare_settings: Settings, customer: str) -> None:
    assert refused(bare_settings, proxy_query(customer=customer))


@pytest.mark.parametrize("change", [str.upper, lambda s: s[:-1], lambda s: s + "0", lambda s: " " + s, lambda s: "ü" + s[1:],
    lambda _s: "", lambda s: "0x" + s])
def test_bad_signatures(bare_settings: Settings, change: object) -> None:
    query = proxy_query()
    head, _, signature = query.rpartition("signature=")
    assert refused(bare_settings, f"{head}signature={quote(change(signature))}")  # type: ignore[operator]


def test_a_signature_of_another_kind_is_no_proxy_signature(bare_settings: Settings) -> None:
    """Webhook and OAuth signatures come from the same secret."""
    now = str(int(time.time()))
    text = f"logged_in_customer_id=path_prefix=/apps/tandemshop={SHOP}timestamp={now}"
    query = f"shop={SHOP}&timestamp={now}&logged_in_customer_id=&path_prefix=/apps/tandem&signature="
    assert verify.proxy(bare_settings, (query + proxy_signature([("shop", SHOP), ("timestamp", now), ("logged_in_customer_id", ""),
        ("path_prefix", "/apps/tandem")])).encode())
    assert refused(bare_settings, query + quote(body_hmac(text.encode())))
    assert refused(bare_settings, oauth_query())
    assert refused(bare_settings, oauth_query().replace("hmac=", "signature="))


@pytest.mark.parametrize("query", [b"", b"&&&", b"=", b"\xff\xfe", b"shop=%ff", b"shop", b"%00", b"a=1&" * 500, b"signature=" + b"0" * 64,
    "shop=ü".encode()])
def test_junk(bare_settings: Settings, query: bytes) -> None:
    assert refused(bare_settings, query)

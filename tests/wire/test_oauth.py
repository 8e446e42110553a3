"""The older way in: queries signed for OAuth, through ShopifyAPI, with its gaps closed."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import shopify

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify import scopes, verify, version
from tests.wire.signed import KEY, OLD_SECRET, SHOP, oauth_query, proxy_query


def refused(settings: Settings, query: str) -> bool:
    with pytest.raises(Refused) as caught:
        verify.oauth(settings, query.encode())
    return caught.value.reason == "signature"


def test_good(bare_settings: Settings) -> None:
    told = verify.oauth(bare_settings, oauth_query([("host", "YWRtaW4"), ("code", "a=b")]).encode())
    assert (told["shop"], told["host"]) == (SHOP, "YWRtaW4")


def test_lists_and_delimiters_are_signed_as_shopifyapi_signs_them(bare_settings: Settings) -> None:
    session: Any = type("S", (shopify.Session,), {"secret": bare_settings.shopify_api_secret})
    params = {"shop": SHOP, "timestamp": str(int(time.time())), "ids[]": ["1", "2"], "a&b": "c=d&e%"}
    query = "&".join([f"shop={SHOP}", f"timestamp={params['timestamp']}", "ids[]=1", "ids[]=2", "a%26b=c%3Dd%26e%25",
        f"hmac={session.calculate_hmac(params)}"])
    assert verify.oauth(bare_settings, query.encode())["a&b"] == "c=d&e%"
    assert refused(bare_settings, query.replace("ids[]=2", "ids[]=3"))
    assert refused(bare_settings, query.replace("a%26b=c%3Dd%26e%25", "a=&b=c%3Dd%26e%25"))


def test_the_old_secret(bare_settings: Settings) -> None:
    assert verify.oauth(bare_settings, oauth_query(secret=OLD_SECRET).encode())
    assert refused(bare_settings, oauth_query(secret="another"))


@pytest.mark.parametrize("told", ["", "abc", "NaN", "1.5", "Infinity", -200, 200, 10**7, "٣"])
def test_times(bare_settings: Settings, told: str | int) -> None:
    """A number is seconds from now. ShopifyAPI alone would take any future time, a day-old one, and raise on ``abc``."""
    assert refused(bare_settings, oauth_query(timestamp=int(time.time()) + told if isinstance(told, int) else told))


def test_missing_parts(bare_settings: Settings) -> None:
    good = oauth_query()
    assert refused(bare_settings, good.rpartition("&hmac=")[0])
    assert refused(bare_settings, "&".join(part for part in good.split("&") if not part.startswith("timestamp")))
    assert refused(bare_settings, "")


@pytest.mark.parametrize("name", ["hmac", "shop", "timestamp", "state", "code", "host"])
def test_repeats(bare_settings: Settings, name: str) -> None:
    assert refused(bare_settings, oauth_query([("state", "1"), ("code", "1"), ("host", "1")], more=[(name, "1")]))


@pytest.mark.parametrize("shop", ["evil.com", "north.myshopify.com.evil.com", "north.myshopify.com/x", "north.myshopify.com\n", ""])
def test_bad_shops_with_a_good_signature(bare_settings: Settings, shop: str) -> None:
    assert refused(bare_settings, oauth_query(shop=shop))


def test_other_signatures(bare_settings: Settings) -> None:
    assert refused(bare_settings, proxy_query().replace("signature=", "hmac="))
    assert refused(bare_settings, oauth_query().replace("hmac=", "hmac=%C3%BC"))


def test_the_permission_url_follows_the_origin(bare_settings: Settings) -> None:
    url = urlsplit(verify.permission_url(bare_settings, SHOP, scopes.REQUIRED))
    asked = parse_qs(url.query)
    assert url.geturl().startswith(f"http://127.0.0.1:9/_shop/{SHOP}/admin/oauth/authorize?")
    assert asked["client_id"] == [KEY]
    assert asked["redirect_uri"] == ["https://tandem.example.com/app"]
    assert set(asked["scope"][0].split(",")) == set(scopes.REQUIRED)


def test_nothing_is_left_on_shopifyapis_own_class(bare_settings: Settings) -> None:
    verify.oauth(bare_settings, oauth_query().encode())
    assert shopify.Session.secret is None
    assert shopify.Session.api_key is None


def test_the_version_has_one_home() -> None:
    assert version.admin_path() == f"/admin/api/{version.ADMIN}/graphql.json"


def test_missing_scopes() -> None:
    assert scopes.missing(",".join(scopes.REQUIRED)) == ()
    assert scopes.missing("") == scopes.REQUIRED
    without = [scope for scope in scopes.REQUIRED if scope != "read_orders"]
    assert scopes.missing(",".join([*without, "write_orders"])) == ()

"""Token exchange and refresh, by hand and by shopifyapp; ID tokens of all three kinds."""

from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from shopify_app import ShopifyApp

from devstore import signing
from tests.devstore.conftest import SECRET
from tests.devstore.world import Api, World

APP = ShopifyApp("client-1", SECRET)


def refresh(world: World, token: str) -> Any:  # noqa: ANN401  (JSON)
    return world.oauth(grant_type="refresh_token", refresh_token=token).json()


def works(world: World, token: str) -> bool:
    return Api(f"{world.url}/_shop/north.myshopify.com", token).send("{ shop { id } }").status_code == 200


def test_exchange_gives_an_hour_and_ninety_days(world: World) -> None:
    world.ask("install", shop="north", scopes=["read_orders", "write_discounts"])
    pair = world.exchange().json()
    assert (pair["expires_in"], pair["refresh_token_expires_in"], pair["scope"]) == (3600, 7_776_000, "read_orders,write_discounts")
    assert works(world, pair["access_token"])


def test_an_expired_token_is_401_and_a_permanent_one_403(world: World) -> None:
    api = world.connect()
    permanent = Api(api.origin, world.exchange(expiring="0").json()["access_token"])
    assert permanent.send("{ shop { id } }").status_code == 403
    installation = world.shop().installation
    assert installation is not None
    token = installation.access_tokens[api.token]
    assert token.expires_at is not None
    token.expires_at -= timedelta(seconds=3601)
    assert api.send("{ shop { id } }").status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"client_secret": "wrong"},
        {"client_id": "other"},
        {"subject_token": "nonsense"},
        {"subject_token_type": "urn:x"},
        {"requested_token_type": "urn:x"},
        {"grant_type": "password"},
    ],
)
def test_bad_requests_are_refused(world: World, fields: dict[str, str]) -> None:
    world.ask("install", shop="north")
    answer = world.exchange(**fields) if "grant_type" not in fields else world.oauth(**fields)
    assert answer.status_code in (400, 401) and answer.json()["error"]


def test_a_token_of_another_shop_is_refused(world: World) -> None:
    world.ask("install", shop="north")
    assert world.exchange(subject_token=world.id_token("south")).json()["error"] == "invalid_subject_token"


def test_not_installed_is_refused(world: World) -> None:
    assert world.exchange().json()["error"] == "application_cannot_be_found"


def test_the_old_refresh_token_works_until_the_new_one_is_used(world: World) -> None:
    world.ask("install", shop="north")
    first = world.exchange().json()["refresh_token"]
    lost = refresh(world, first)["refresh_token"]
    second = refresh(world, first)["refresh_token"]
    third = refresh(world, second)["refresh_token"]
    assert refresh(world, first)["error"] == "invalid_grant"
    assert lost != second and "access_token" in refresh(world, third)
    assert len(world.effects("token_refreshed")) == 4


def test_uninstall_kills_every_token(world: World) -> None:
    api = world.connect()
    token = world.exchange().json()["refresh_token"]
    world.ask("uninstall", shop="north")
    assert api.send("{ shop { id } }").status_code == 401
    world.ask("install", shop="north")
    assert refresh(world, token)["error"] == "invalid_grant"


class ToDevstore(httpx.BaseTransport):
    """Leads https://north.myshopify.com to where devstore serves it."""

    def __init__(self, world: World) -> None:
        self.world, self.inner = world, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        address = httpx.URL(f"{self.world.url}/_shop/{request.url.host}{request.url.raw_path.decode()}")
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
        return self.inner.handle_request(httpx.Request(request.method, address, headers=headers, content=request.read()))


def test_shopifyapp_exchanges_and_asks(world: World) -> None:
    world.ask("install", shop="north")
    request: Any = {"method": "GET", "headers": {"Authorization": f"Bearer {world.id_token()}"}, "url": "/", "body": ""}
    details = APP.verify_app_home_req(request, app_home_patch_id_token_path="/bounce")
    assert details.ok and details.shop == "north"
    with httpx.Client(transport=ToDevstore(world)) as client:
        result = APP.exchange_using_token_exchange("offline", details.id_token, http_client=client)
        assert result.ok and result.access_token is not None, result.log
        token = result.access_token.token
        answer = APP.admin_graphql_request("{ shop { myshopifyDomain } }", "north", token, "2026-10", http_client=client)
    assert answer.data == {"shop": {"myshopifyDomain": "north.myshopify.com"}}


def test_id_tokens_carry_what_they_should(world: World) -> None:
    claims = jwt.decode(world.id_token(), SECRET, ["HS256"], audience="client-1")
    assert {"iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid"} == claims.keys()
    assert claims["iss"] == "https://north.myshopify.com/admin" and claims["exp"] - claims["iat"] == 60


@pytest.mark.parametrize("kind", ["checkout", "customer-account"])
def test_extension_tokens_satisfy_shopifyapp(world: World, kind: str) -> None:
    token = world.ask("tokens", shop="north", kind=kind, customer_id="42")["token"]
    request: Any = {"method": "GET", "headers": {"Authorization": f"Bearer {token}"}, "url": "/", "body": ""}
    verify = APP.verify_checkout_ui_ext_req if kind == "checkout" else APP.verify_customer_account_ui_ext_req
    result = verify(request)
    assert result.ok and result.id_token is not None
    assert result.id_token.claims["sub"] == "gid://shopify/Customer/42"


def test_proxy_queries_satisfy_shopifyapp() -> None:
    theirs = "slug=a%20b&x=1&x=2&shop=evil.com&ü=ß"
    query = signing.proxy_query(SECRET, theirs, shop="north.myshopify.com", path_prefix="/apps/tandem", customer_id=7)
    request: Any = {"method": "GET", "headers": {}, "url": f"https://app.example/proxy/x?{query}", "body": ""}
    result = APP.verify_app_proxy_req(request)
    assert result.ok and result.shop == "north" and str(result.logged_in_customer_id) == "7", result.log
    request["url"] = request["url"].replace("x=1", "x=3")
    assert not APP.verify_app_proxy_req(request).ok

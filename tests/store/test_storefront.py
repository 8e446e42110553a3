"""Pages of a store: whole in both languages, prices in the chosen currency, discount links, accounts."""

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from devstore.state.shops import Shop
from devstore.state.store import Store
from devstore.storefront.pages import relative
from tests.store.conftest import give_code

PAGES = ("/", "/collections/all", "/products/enamel-mug", "/cart", "/account/login", "/pages/refer-a-friend")


@pytest.mark.parametrize("language", ["", "/de"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole(visitor: FlaskClient, north: Shop, language: str, path: str) -> None:
    answer = visitor.get(f"{language}{path}")
    assert answer.status_code == 200
    assert "Liquid error" not in answer.text
    assert "Translation missing" not in answer.text
    assert f'<html lang="{language.strip("/") or "en"}">' in answer.text


def test_nothing_is_loaded_from_outside(visitor: FlaskClient, north: Shop) -> None:
    html = visitor.get("/products/enamel-mug").text
    loaded = re.findall(r'<(?:script|img|link)[^>]+(?:src|href)="([^"]+)"', html)
    assert loaded
    assert all(url.startswith(("/", "data:", "http://north.localhost")) for url in loaded)


@pytest.mark.parametrize("path", ["/nothing", "/products/none", "/collections/none", "/account/orders/none"])
def test_unknown_page_is_a_404_of_the_theme(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "This page is not there" in answer.text


def test_unknown_store(visitor: FlaskClient) -> None:
    assert visitor.get("/", base_url="http://nowhere.localhost").status_code == 404


def test_blocks_and_embed_show_only_while_the_app_is_installed(visitor: FlaskClient, store: Store) -> None:
    assert "tandem-friends.js" not in visitor.get("/").text
    visitor.post("/store/north/apps/tandem/install", base_url="http://admin.localhost")
    html = visitor.get("/").text
    assert "tandem-friends.js" in html
    assert 'data-block-handle="refer-a-friend"' in html
    assert "<tandem-offer" not in visitor.get("/products/enamel-mug").text


def test_prices_follow_the_chosen_currency(visitor: FlaskClient, north: Shop) -> None:
    assert "£14.50 GBP" in visitor.get("/products/enamel-mug").text
    visitor.post("/localization", data={"currency_code": "EUR", "return_to": "/"})
    assert "€16,97 EUR" in visitor.get("/products/enamel-mug").text
    assert visitor.get("/products/enamel-mug.js").json["price"] == 1697  # type: ignore[index]


def test_yen_are_hundredths_in_liquid_and_whole_in_print(visitor: FlaskClient, store: Store) -> None:
    answer = visitor.get("/products/enamel-mug.js", base_url="http://tokyo.localhost")
    assert answer.json["price"] == 145000  # type: ignore[index]
    assert "¥1,450" in visitor.get("/products/enamel-mug", base_url="http://tokyo.localhost").text


def test_language_switch_keeps_the_page(visitor: FlaskClient) -> None:
    answer = visitor.post("/localization", data={"language_code": "de", "return_to": "/products/enamel-mug"})
    assert answer.location == "/de/products/enamel-mug"


def test_a_german_store_speaks_german_at_its_root(visitor: FlaskClient) -> None:
    assert '<html lang="de">' in visitor.get("/", base_url="http://south.localhost").text
    assert '<html lang="en">' in visitor.get("/en", base_url="http://south.localhost").text


EVIL = (
    "https://evil.com",
    "//evil.com",
    "/\\evil.com",
    "\\\\evil.com",
    "javascript:alert(1)",
    "/\t/evil.com",
    "evil.com",
    "http:evil.com",
    "",
)


@pytest.mark.parametrize("target", EVIL)
def test_discount_link_never_leaves_the_store(visitor: FlaskClient, target: str) -> None:
    answer = visitor.get(f"/discount/FRIEND?redirect={quote(target, safe='')}")
    assert answer.status_code == 302
    assert answer.location == "/"


@pytest.mark.parametrize("target", ["/", "/products/x?variant=1", "/de/cart#top"])
def test_relative_targets_pass(target: str) -> None:
    assert relative(target) == target


def test_discount_link_applies_its_code(visitor: FlaskClient, store: Store, north: Shop) -> None:
    give_code(store, north, "FRIEND10")
    variant = next(iter(north.variants))
    assert visitor.get("/discount/friend10?redirect=/products/enamel-mug").location == "/products/enamel-mug"
    visitor.post("/cart/add.js", json={"id": variant})
    cart = visitor.get("/cart.js").get_json()
    assert cart["discount_codes"] == [{"code": "FRIEND10", "applicable": True}]
    assert cart["total_price"] == 1305


def test_the_newest_discount_link_wins(visitor: FlaskClient, store: Store, north: Shop) -> None:
    for code in ("FIRST", "SECOND"):
        give_code(store, north, code)
    visitor.post("/cart/add.js", json={"id": next(iter(north.variants))})
    visitor.get("/discount/FIRST")
    visitor.get("/discount/SECOND")
    assert [one["code"] for one in visitor.get("/cart.js").get_json()["discount_codes"]] == ["SECOND"]


def test_log_in_and_out(visitor: FlaskClient, store: Store, north: Shop) -> None:
    assert visitor.get("/account").location == "/account/login"
    visitor.post("/account/login", data={"customer[email]": "ada@example.com"})
    assert "ada@example.com" in visitor.get("/account").text
    assert north.customer_by_email("ADA@example.com") is not None
    visitor.get("/account/logout")
    assert visitor.get("/account").location == "/account/login"


def test_login_of_one_store_is_none_of_another(visitor: FlaskClient, store: Store, north: Shop) -> None:
    visitor.post("/account/login", data={"customer[email]": "ada@example.com"})
    cookie = visitor.get_cookie("_customer", domain="north.localhost")
    assert cookie is not None
    other = visitor.get("/account", base_url="http://south.localhost", headers={"Cookie": f"_customer={cookie.value}"})
    assert other.location == "/account/login"


def test_a_forged_login_is_none(visitor: FlaskClient, north: Shop) -> None:
    assert visitor.get("/account", headers={"Cookie": "_customer=1"}).location == "/account/login"

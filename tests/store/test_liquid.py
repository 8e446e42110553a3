"""Shopify's dialect: filters, tags and locale files, each against what Shopify's documentation shows."""

import json
from pathlib import Path
from typing import Any

import pytest

from devstore.theme.engine import Engine, schema_text
from devstore.theme.locales import Locales
from devstore.theme.money import hundredths, money_format
from devstore.theme.page import Page

PRODUCT = {"id": 7, "title": 'Mug "blue"', "price": 123456, "featured_image": {"src": "/x.svg", "alt": "a"}}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    (tmp_path / "locales").mkdir()
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "card.liquid").write_text("[{{ card.title }}|{{ outer }}]")
    (tmp_path / "locales" / "en.default.json").write_text(
        json.dumps(
            {
                "a": {
                    "hi": "Hi {{ name }}",
                    "raw_html": "<b>{{ name }}</b>",
                    "n": {"one": "{{ count }} day", "other": "{{ count }} days"},
                    "only": "English",
                }
            }
        )
    )
    (tmp_path / "locales" / "de.json").write_text(json.dumps({"a": {"hi": "Hallo {{ name }}"}}))
    return Engine(tmp_path, "/assets")


def render(engine: Engine, text: str, language: str = "en", currency: str = "GBP", **more: object) -> str:
    page = Page(language, money_format(currency), "north.localhost")
    variables: dict[str, Any] = {"_page": page, "product": PRODUCT, **more}
    return engine.render_text(text, variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ product.price | money }}", "£1,234.56"),
        ("{{ product.price | money_with_currency }}", "£1,234.56 GBP"),
        ("{{ 1000 | money_without_trailing_zeros }}", "£10"),
        ("{{ 1050 | money_without_trailing_zeros }}", "£10.50"),
        ("{{ product.price | money_without_currency }}", "1,234.56"),
        ("{{ nothing | money }}", ""),
        ("{{ 0 | money }}", "£0.00"),
        ("{{ 'Blue Mug & Co.' | handleize }}", "blue-mug-co"),
        ("{{ 'x.js' | asset_url | script_tag }}", '<script src="/assets/x.js" type="text/javascript"></script>'),
        ("{{ 'x.css' | asset_url | stylesheet_tag }}", '<link href="/assets/x.css" rel="stylesheet" type="text/css" media="all">'),
        ("{{ 'Go' | link_to: '/a', 'There' }}", '<a href="/a" title="There">Go</a>'),
        ("{{ product | image_url: width: 200 }}", "//north.localhost/x.svg?width=200"),
        ("{{ nothing | image_url: width: 200 }}", ""),
        ("{{ '/x.svg' | image_url: width: 9 | image_tag: alt: 'a\"b' }}",
         '<img src="//north.localhost/x.svg?width=9" alt="a&quot;b" loading="lazy" width="9" height="9">'),
        ("{{ product.title | json }}", '"Mug \\"blue\\""'),
        ("{{ nothing | json }}", "null"),
        ("{{ '</script>' | json }}", '"<\\/script>"'),
        ("{{ 'a' | md5 }}", "0cc175b9c0f1b6a831c399e269772661"),
        ("{{ 'a.hi' | t: name: '<b>' }}", "Hi &lt;b&gt;"),
        ("{{ 'a.raw_html' | t: name: '<i>' }}", "<b><i></b>"),
        ("{{ 'a.n' | t: count: 1 }}|{{ 'a.n' | t: count: 3 }}", "1 day|3 days"),
        ("{{ 'a.gone' | t }}", "Translation missing: en.a.gone"),
        ("{% style %}a{width:{{ product.id }}px}{% endstyle %}", "<style data-shopify>a{width:7px}</style>"),
        ('{% schema %}{"name": "{{ x"}{% endschema %}.', "."),
        ("{% javascript %}x = {{}};{% endjavascript %}", "<script>x = {{}};</script>"),
        ("{% assign outer = 1 %}{% render 'card', card: product %}", '[Mug "blue"|]'),
    ],
)  # fmt: skip
def test_dialect(engine: Engine, text: str, expected: str) -> None:
    assert render(engine, text) == expected


def test_german_falls_back_to_the_default_locale(engine: Engine) -> None:
    assert render(engine, "{{ 'a.hi' | t: name: 'Ada' }} {{ 'a.only' | t }}", language="de") == "Hallo Ada English"


@pytest.mark.parametrize(("currency", "expected"), [("EUR", "€1.234,56"), ("JPY", "¥1,235"), ("XTS", "XTS 1,234.56")])
def test_each_currency_has_its_form(engine: Engine, currency: str, expected: str) -> None:
    assert render(engine, "{{ product.price | money }}", currency=currency) == expected


@pytest.mark.parametrize(("minor", "currency", "expected"), [(1250, "GBP", 1250), (1250, "JPY", 125000), (12505, "KWD", 1250)])
def test_liquid_amounts_are_hundredths(minor: int, currency: str, expected: int) -> None:
    assert hundredths(minor, currency) == expected


def test_an_unknown_filter_is_an_error_in_its_place(engine: Engine) -> None:
    assert "Liquid error" in render(engine, "{{ 'x' | no_such_filter }}")


def test_form_writes_what_the_route_needs(engine: Engine) -> None:
    html = render(engine, "{% form 'product', product, class: 'buy', data-x: '1' %}in{% endform %}")
    assert html.startswith('<form method="post" action="/cart/add" accept-charset="UTF-8" class="buy" data-x="1">')
    assert '<input type="hidden" name="form_type" value="product">' in html
    assert html.endswith("in</form>")


def test_app_block_is_rendered_where_the_section_says(engine: Engine) -> None:
    section = {"blocks": [{"type": "@app", "html": "<i>app</i>"}]}
    assert render(engine, "{% for block in section.blocks %}{% render block %}{% endfor %}", section=section) == "<i>app</i>"


def test_locale_texts_of_settings(tmp_path: Path) -> None:
    (tmp_path / "en.default.schema.json").write_text(json.dumps({"pair": {"name": "Bought together"}}))
    assert Locales(tmp_path).setting_text("t:pair.name", "de") == "Bought together"
    assert Locales(tmp_path).setting_text("plain", "de") == "plain"


def test_schema_text() -> None:
    assert json.loads(schema_text('a{%- schema -%}{"name": "x"}{%- endschema -%}')) == {"name": "x"}
    assert schema_text("no schema") == ""

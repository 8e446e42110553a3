"""Theme app extensions: blocks with their defaults, embeds, placement."""

import json
from pathlib import Path

import pytest

from devstore.theme.blocks import Block, Extension
from devstore.theme.money import money_format
from devstore.theme.page import Page

SCHEMA = {
    "name": "t:b.name",
    "target": "section",
    "stylesheet": "b.css",
    "javascript": "b.js",
    "settings": [
        {"type": "header", "content": "x"},
        {"type": "text", "id": "title", "default": "t:b.title"},
        {"type": "range", "id": "days", "default": 30},
    ],
    "enabled_on": {"templates": ["product"]},
}
BODY = (
    "<p {{ block.shopify_attributes }}>{{ block.settings.title }} {{ block.settings.days }} {{ product.title }} {{ 'x.svg' | asset_url }}"
)


@pytest.fixture
def extension(tmp_path: Path) -> Extension:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "locales").mkdir()
    (tmp_path / "blocks" / "box.liquid").write_text(f"{BODY}{{% schema %}}{json.dumps(SCHEMA)}{{% endschema %}}")
    (tmp_path / "blocks" / "tail.liquid").write_text('tail{% schema %}{"name": "Tail", "target": "body"}{% endschema %}')
    (tmp_path / "locales" / "en.default.schema.json").write_text(json.dumps({"b": {"name": "Box", "title": "Hello"}}))
    return Extension(tmp_path)


def page() -> dict[str, object]:
    return {"_page": Page("en", money_format("GBP"), "north.localhost"), "product": {"title": "Mug"}}


def test_block_has_the_defaults_of_its_schema(extension: Extension) -> None:
    variables = page()
    (block, own), *_ = extension.placed("section", "product", {})
    html = extension.render(block, own, variables)
    assert '<div id="shopify-block-tandem_box" class="shopify-block shopify-app-block" data-block-handle="box">' in html
    assert "<p >Hello 30 Mug /_cdn/extensions/theme/assets/x.svg" in html


def test_merchants_settings_win_and_disabled_takes_it_away(extension: Extension) -> None:
    (block, own), *_ = extension.placed("section", "product", {"box": {"title": "Mine"}})
    assert "Mine 30" in extension.render(block, own, page())
    assert extension.placed("section", "product", {"box": {"disabled": "true"}}) == []


def test_script_and_style_are_asked_for_once(extension: Extension) -> None:
    variables = page()
    (block, own), *_ = extension.placed("section", "product", {})
    for _ in range(2):
        extension.render(block, own, variables)
    shared = variables["_page"]
    assert isinstance(shared, Page)
    assert shared.scripts == ["/_cdn/extensions/theme/assets/b.js"]
    assert shared.styles == ["/_cdn/extensions/theme/assets/b.css"]


@pytest.mark.parametrize(("template", "fits"), [("product", True), ("index", False)])
def test_enabled_on(extension: Extension, template: str, *, fits: bool) -> None:
    assert bool(extension.placed("section", template, {})) is fits


@pytest.mark.parametrize(
    ("schema", "fits"),
    [({}, True), ({"enabled_on": {"templates": ["*"]}}, True), ({"disabled_on": {"templates": ["index"]}}, False)],
)
def test_fits(schema: dict[str, object], *, fits: bool) -> None:
    assert Block("x", schema).fits("index") is fits


def test_embed_goes_to_its_target(extension: Extension) -> None:
    assert [block.handle for block, _ in extension.placed("body", "index", {})] == ["tail"]

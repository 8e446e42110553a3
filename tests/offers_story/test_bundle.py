"""A kit that is one product too: asked for, allowed, made at Shopify, taken from a part's page, bought, counted; never discounted twice."""

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx
from playwright.sync_api import Page

from tests.offers_story.cases import CANDLE, VASE
from tests.offers_story.conftest import Builder
from tests.offers_story.shopping import box, buy, cart_total, goods_paid, take
from tests.walk.conftest import Stage, Visit, until

TYPED = {"goods_a": (VASE,), "goods_b": (CANDLE,), "count_b": "2", "value": "15", "title": "Evening light", "bundled": "active"}
WIDE = {"goods_a": ["everything"], "least_a": "1", "value_a": "10", "least_b": "", "value_b": "", "title": "Ten off all"}

SENT = """(body) => fetch('/cart/add.js', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  .then((told) => told.status)"""


def product(stage: Stage, handle: str) -> Mapping[str, Any] | None:
    return next((one for one in stage.control("products?shop=north")["products"] if one["handle"] == handle), None)


def test_from_the_builder_to_an_order_that_counts(builder: Builder, stage: Stage, visitor: Visit) -> None:
    values = builder.values("kit", TYPED)
    [example] = builder.preview(values)
    asked = builder.merchant.send("/app/offers/preview", values).text
    assert "Shopify sells it as one product too, for £" in asked
    kit, wide = builder.publish(values), builder.publish(builder.values("tiers", WIDE))
    until("Tandem says what it needs", lambda: "may not make products" in builder.merchant.open(f"/app/offers/{kit}") or None)
    [granted] = [one["scopes"] for one in stage.control("state")["shops"] if one["handle"] == "north"]
    stage.control("scopes", {"shop": "north", "scopes": [*granted, "write_products", "write_publications"]})
    until("Shopify has it", lambda: product(stage, "evening-light"))
    page = visitor()

    def on_the_page() -> bool | None:
        page.goto(stage.shop("north", f"/products/{VASE}"))
        return box(page).locator("input[name=id]").count() == 1 or None

    until("the page of a part offers it", on_the_page)
    assert take(page, example) == example.paid == cart_total(page)
    cart = page.evaluate("fetch('/cart.js').then((told) => told.json())")
    assert [(line["quantity"], line["handle"]) for line in cart["items"]] == [(1, "evening-light")]
    before = stock(stage)
    order = buy(page, stage)
    assert goods_paid(order) == example.paid
    payload = stage.control(f"orders/{order['id']}/payload")
    assert [one["title"] for one in payload["line_item_groups"]] == ["Evening light"] and not payload["discount_applications"]
    assert [before[one] - stock(stage)[one] for one in (VASE, CANDLE)] == [1, 2]
    sold_out(builder, stage, visitor())
    until("the report counts the candles; the vase was looked at anyway", lambda: counted(builder, kit) == 2 or None)
    builder.pause(wide)
    builder.pause(kit)
    until("it is off the shelves", lambda: (product(stage, "evening-light") or {}).get("status") == "ARCHIVED" or None)


def sold_out(builder: Builder, stage: Stage, page: Page) -> None:
    """While a part is missing the bundle can be bought nowhere: not on its own page, not from the box, not by who knows its number."""
    candle, light = builder.ids[CANDLE], product(stage, "evening-light")
    assert light is not None
    held = stock(stage)[CANDLE]
    put_in_stock(stage, candle, 0)
    page.goto(stage.shop("north", "/products/evening-light"))
    assert page.evaluate("fetch('/products/evening-light.js').then((told) => told.json())")["available"] is False
    body = {"items": [{"id": light["variants"][0]["id"], "quantity": 1}]}
    assert page.evaluate(SENT, json.dumps(body)) == 422

    def vanished() -> bool | None:
        page.goto(stage.shop("north", f"/products/{VASE}"))
        return page.get_by_text("Evening light").count() == 0 and page.locator("tandem-offer [data-part=add]:visible").count() == 0 or None

    until("the box is gone from a part's page", vanished)
    assert cart_total(page) == 0
    put_in_stock(stage, candle, held)


def put_in_stock(stage: Stage, product_id: str, count: int) -> None:
    httpx.patch(f"{stage.place.devstore}/_devstore/products/{product_id}", json={"stock": count}).raise_for_status()


def stock(stage: Stage) -> dict[str, int]:
    return {handle: one["variants"][0]["stock"] for handle in (VASE, CANDLE) if (one := product(stage, handle))}


def counted(builder: Builder, kit: str) -> int:
    """Units that the report says were bought."""
    words = " ".join(re.sub(r"<[^>]+>", " ", builder.merchant.open(f"/app/offers/{kit}/report")).split())
    found = re.search(r"Units bought (\d+)", words)
    return int(found[1]) if found else 0

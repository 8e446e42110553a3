"""What a visitor reads of offers, as plain words, and what they put into the cart."""

import re
from typing import Any

from flask.testing import FlaskClient

from devstore.state.shops import Shop
from plugin.offers.rules.model import Benefit, Offer, Part
from tests.placements.cast import goods, offer, percent

FREE = Benefit("free")


def number(shop: Shop, handle: str) -> int:
    return shop.handles[handle]


def boxes(visitor: FlaskClient, path: str = "/products/stoneware-vase") -> list[str]:
    """The words of each box."""
    found = re.findall(r"<tandem-offer.*?</tandem-offer>", visitor.get(path).text, re.DOTALL)
    return [" ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", one, flags=re.DOTALL).split()) for one in found]


def goals(visitor: FlaskClient) -> str:
    found = re.search(r"<tandem-goal.*?</tandem-goal>", visitor.get("/cart").text, re.DOTALL)
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", found[0], flags=re.DOTALL).split()) if found else ""


def kit(shop: Shop, **more: Any) -> Offer:  # noqa: ANN401 - Offer's own fields
    vase, candle = goods(number(shop, "stoneware-vase")), goods(number(shop, "beeswax-candle"))
    return offer("kit", Part(vase), Part(candle, 2), whole=percent(1500), **more)


def add(visitor: FlaskClient, shop: Shop, handle: str, quantity: int = 1) -> None:
    variant = shop.products[number(shop, handle)].variants[0]
    visitor.post("/cart/add.js", json={"id": variant.id, "quantity": quantity})

"""``POST /extension/offers {"held": [{"product": id, "quantity": n}]}``: what goes with the goods of a checkout or an order."""

import re
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.mirror.rules import Product, Variant
from plugin.offers.flows import showing
from plugin.offers.rules.suggesting import Row, Suggestion
from plugin.shopify.verify import Identity
from plugin.shops.tables import Shop
from plugin.web.guards import extension, looks
from plugin.web.inputs import json_object

LINES, QUANTITY = 500, 1_000_000
_PRODUCT = re.compile(r"(?:gid://shopify/Product/)?([0-9]{1,20})", re.ASCII)


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/extension/offers")(suggested)


@extension
@looks
def suggested(shop: Shop, session: Session, identity: Identity) -> ResponseReturnValue:
    """Titles and prices are the mirror's, in the shop's currency; a checkout asks Shopify for its own. Raises Refused("input")."""
    found = showing.suggestions(session, shop.id, _held(json_object(request).get("held")))
    return jsonify({"currency": shop.currency, "offers": [_told(*one) for one in found]})


def _held(told: object) -> dict[str, int]:
    if not isinstance(told, list) or len(told) > LINES:
        raise Refused("input", f"held is a list of at most {LINES} lines.")
    held: dict[str, int] = {}
    for line in told:
        product, quantity = (line.get("product"), line.get("quantity")) if isinstance(line, dict) else (None, None)
        match = _PRODUCT.fullmatch(product) if isinstance(product, str) else None
        if match is None or type(quantity) is not int or not 0 < quantity <= QUANTITY:
            raise Refused("input", "A line is a product's id and a quantity.")
        held[match[1]] = held.get(match[1], 0) + quantity
    return held


def _told(one: Suggestion, product: Product, variant: Variant) -> dict[str, Any]:
    return {"number": one.number, "spec": one.spec, "had": [_row(row) for row in one.had],
            "missing": {**_row(one.missing), "variant": variant.id, "title": product.title, "handle": product.handle,
                        "image": product.image, "price": variant.price.amount, "currency": variant.price.currency}}


def _row(row: Row) -> dict[str, Any]:
    return {"product": row.product_id, "count": row.count, "part": row.part, "cap": row.cap}

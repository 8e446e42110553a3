"""``POST /extension/offers {"held": [{"product": id, "quantity": n}]}``: what goes with the goods of a checkout or an order.

``"swap": true`` from where goods can still be taken away asks for upgrades too; ``replaces`` is then the product whose place one takes.

``"buyer": {"attributes": {name: value}, "unit": text, "writes": yes or no}`` once the shopper agrees to be counted: the cart's attributes,
the checkout's own token, and whether attributes can still be written there. Offers that hold some visitors out then have ``"arm": {"held",
"name", "first"}``; see ``experiments.rules.drawn``. Who has not agreed is shown everything.
"""

import re
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.experiments.rules import Buyer, Drawn, drawn, met
from plugin.mirror.rules import Product, Variant
from plugin.offers.flows import showing
from plugin.offers.rules.suggesting import Row, Suggestion
from plugin.shopify.verify import Identity
from plugin.shops.tables import Shop
from plugin.web.guards import extension, looks
from plugin.web.inputs import json_object, yes_or_no

LINES, QUANTITY, ATTRIBUTES, TEXT = 500, 1_000_000, 250, 1000
_PRODUCT = re.compile(r"(?:gid://shopify/Product/)?([0-9]{1,20})", re.ASCII)


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/extension/offers")(suggested)


@extension
@looks
def suggested(shop: Shop, session: Session, identity: Identity) -> ResponseReturnValue:
    """Titles and prices are the mirror's, in the shop's currency; a checkout asks Shopify for its own. Raises Refused("input")."""
    asked = json_object(request)
    buyer = _buyer(asked["buyer"], identity) if "buyer" in asked else None
    found = showing.suggestions(session, shop.id, _held(asked.get("held")), swap=yes_or_no(asked.get("swap", False)), draws=True)
    return jsonify({"currency": shop.currency, "offers": [{**_told(*one), **_arm(one[0], buyer)} for one in found]})


def _buyer(told: object, identity: Identity) -> Buyer:
    said = told if isinstance(told, dict) else {"unit": None}
    attributes, unit = said.get("attributes", {}), said.get("unit", "")
    if not isinstance(unit, str) or len(unit) > TEXT:
        raise Refused("input", "A buyer's unit is a text.")
    if not isinstance(attributes, dict) or len(attributes) > ATTRIBUTES or not all(isinstance(one, str) for one in attributes.values()):
        raise Refused("input", "A buyer's attributes are texts by their names.")
    return Buyer(met(attributes), identity.subject, unit, yes_or_no(said.get("writes", False)))


def _arm(one: Suggestion, buyer: Buyer | None) -> dict[str, Any]:
    found: Drawn | None = drawn(one.number, one.arm, buyer) if one.arm and buyer else None
    return {"arm": {"held": found.held, "name": found.name, "first": found.first}} if found else {}


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
    return {"number": one.number, "spec": one.spec, "replaces": one.replaces, "had": [_row(row) for row in one.had],
            "missing": {**_row(one.missing), "variant": variant.id, "title": product.title, "handle": product.handle,
                        "image": product.image, "price": variant.price.amount, "currency": variant.price.currency}}


def _row(row: Row) -> dict[str, Any]:
    return {"product": row.product_id, "count": row.count, "part": row.part, "cap": row.cap, "keys": row.keys}

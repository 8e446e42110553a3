"""The pair block of the product page asks here what to show."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin.messaging import texts
from plugin.mirror import tables as mirror
from plugin.offers import rules, tables
from plugin.shopify.verify import Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import proxy

blueprint = Blueprint("offers", __name__)


@blueprint.get("/proxy/pair.json")
@proxy
def pair(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    """The first pair of this product of which both halves can be bought now, with real data; null if there is none."""
    product_id = visitor.params.get("product", "")
    locale = visitor.params.get("locale") or request.headers.get("Accept-Language")
    spoken = texts.preferred(locale) if locale else texts.closest(shop.locale)
    rows = tables.of_product(session, shop.id, product_id) if product_id.isascii() and product_id.isdigit() else []
    for row in rows[:5]:
        products = mirror.products(session, shop.id, [row.first_product_id, row.second_product_id])
        found = rules.shown(row.terms(), products, spoken)
        if found is not None:
            return jsonify({"pair": found})
    return jsonify({"pair": None})

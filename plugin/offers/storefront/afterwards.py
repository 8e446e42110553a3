"""What the post-purchase extension asks: which offers fit what was just bought, and the changeset of the one that was accepted.

Both need the token that Shopify made of the purchase. A changeset is signed only after the shopper has accepted (Shopify takes none that
was signed before the purchase was complete), for exactly the goods and the price that were shown.
"""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from jwt.api_jws import PyJWS
from sqlalchemy.orm import Session

from plugin import clock
from plugin.config import Settings
from plugin.errors import Refused
from plugin.offers.flows import afterwards
from plugin.offers.rules.afterwards import Extra, changes, changeset
from plugin.shopify.verify import Purchase
from plugin.shops.tables import Shop
from plugin.web.guards import looks, purchase
from plugin.web.inputs import json_object
from plugin.web.state import current_web

LONGEST = 20


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/extension/afterwards", endpoint="afterwards")(offered)
    blueprint.post("/extension/afterwards/changeset", endpoint="afterwards_changeset")(accepted)


@purchase
@looks
def offered(shop: Shop, session: Session, purchase: Purchase) -> ResponseReturnValue:
    """``{"offers": [one, and a smaller one]}``; empty where nothing fits."""
    return jsonify({"offers": [_told(one) for one in afterwards.extras(session, shop.id, purchase)]})


@purchase
@looks
def accepted(shop: Shop, session: Session, purchase: Purchase) -> ResponseReturnValue:
    """``number`` and ``price`` of what was shown. Raises Refused("input") or Refused("gone")."""
    asked = json_object(request)
    number, price = asked.get("number"), asked.get("price")
    if type(number) is not int or not isinstance(price, str) or len(price) > LONGEST:
        raise Refused("input", "Which offer, and at which price?")
    found = afterwards.chosen(session, shop.id, purchase, number, price)
    settings = current_web().context.settings
    claims = changeset(found, issuer=settings.shopify_api_key, domain=shop.domain, reference=purchase.reference, at=clock.machine_now())
    return jsonify({"changeset": _signed(settings, claims)})


def _signed(settings: Settings, claims: str) -> str:
    return PyJWS().encode(claims.encode(), settings.shopify_api_secret, "HS256", {"typ": "JWT"})


def _told(one: Extra) -> dict[str, Any]:
    """Amounts are decimal text of all units together; ``changes`` is JSON, to ask Shopify what it will charge."""
    return {"number": one.number, "title": one.product.title, "option": one.variant.title if len(one.product.variants) > 1 else "",
            "image": one.product.image, "variant": int(one.variant.id), "count": len(one.cuts), "before": one.before.text(),
            "price": one.price.text(), "currency": one.price.currency, "changes": changes(one)}

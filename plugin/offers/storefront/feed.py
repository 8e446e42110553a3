"""``/apps/tandem/offers.json?product=ID``: a product's offers, for storefronts that draw their own pages. Theme blocks do not need it.

The answer is the same for everybody in a shop, so any cache between may keep it for a minute. It names its shop, and its address at
us carries the shop as Shopify signed it, so that no cache can take one shop's for another's. Here, the pages of a shop are worked out
once for each revision of its offers (``flows.shown``).
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, json, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.offers.flows.shown import shown
from plugin.offers.rules.placing import shard
from plugin.shopify.verify import Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import looks, proxy

SECONDS = 60
_PRODUCT = re.compile(r"[0-9]{1,20}", re.ASCII)
Pages = Mapping[str, Any]


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/proxy/offers.json")(of_product)


@proxy
@looks
def of_product(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    """Raises Refused("input") where ``product`` is no id."""
    product = visitor.params.get("product", "")
    if not _PRODUCT.fullmatch(product):
        raise Refused("input", "Which product? Its id is digits.")
    return _cacheable({"shop": shop.domain, "product": product, **_told(shown(session, shop.id).pages, product)})


def _told(pages: Pages, product: str) -> dict[str, Any]:
    if not pages:
        return {"offers": [], "cap": 10_000}
    whole, own = pages["offers"], pages[shard(product)]
    numbers = [one for one in whole["order"] if one in own["at"].get(product, ()) or (
        "watch" in whole["offers"][str(one)] and -one not in own["at"].get(product, ()))]
    beside = own["mates"].get(product, {})
    rounds = {str(one): whole["rounds"][str(one)] for one in numbers if str(one) in whole.get("rounds", ())}
    rivals = {str(one): whole["rivals"][str(one)] for each in rounds.values() for some in each for one in some if one > 0}
    return {"offers": [{"number": one, **whole["offers"][str(one)], **({"mates": beside[str(one)]} if str(one) in beside else {})}
                       for one in numbers], "cap": own["caps"].get(product, whole["cap"]),
            **({"rounds": rounds, "rivals": rivals, "turns": whole.get("turns", False)} if rounds else {})}


def _cacheable(body: Mapping[str, Any]) -> Response:
    text = json.dumps(body, separators=(",", ":"))
    answer = Response(text, mimetype="application/json")
    answer.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    answer.cache_control.public, answer.cache_control.max_age = True, SECONDS
    answer.make_conditional(request)
    return answer

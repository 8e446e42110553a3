"""The Storefront API as far as a UI extension asks it: variants by their ids, in the shopper's currency. Everything else is refused.

Goods have titles in the shop's own language alone, whichever is asked for.
"""

import re
from typing import Any

from flask import Response, jsonify, request

from devstore import gid
from devstore.state.products import Variant
from devstore.storefront import drops
from devstore.storefront.shopper import Shopper, shopper, store_blueprint

graphql = store_blueprint("storefront_graphql")
MOST = 250
FIELDS = frozenset({"id", "title", "availableForSale", "price", "amount", "currencyCode", "image", "url", "product"})
_LANGUAGE = r"(?:, \$language: LanguageCode!\) @inContext\(language: \$language\)|\))"
_NODES = r" \{ nodes\(ids: \$ids\) \{ \.\.\. on ProductVariant \{(?P<fields>.+)\} \} \}"
_QUERY = re.compile(r"query \w+\(\$ids: \[ID!\]!" + _LANGUAGE + _NODES, re.DOTALL)


@graphql.post("/api/2026-07/graphql.json")
def answer() -> Response:
    said = request.get_json(silent=True) or {}
    asked = _QUERY.fullmatch(" ".join(str(said.get("query", "")).split()))
    ids = (said.get("variables") or {}).get("ids")
    names = set(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", asked["fields"]))) if asked else {"?"}
    if not names <= FIELDS or not isinstance(ids, list) or len(ids) > MOST:
        return jsonify({"errors": [{"message": f"This store answers variants by their ids alone; not: {sorted(names - FIELDS)}"}]})
    seen = shopper()
    return jsonify({"data": {"nodes": [_node(seen, str(one)) for one in ids]}})


def _node(seen: Shopper, wanted: str) -> dict[str, Any] | None:
    """None for what is not there or not published."""
    number = wanted.removeprefix("gid://shopify/ProductVariant/")
    variant = seen.shop.variants.get(int(number)) if number.isdigit() else None
    if variant is None or not seen.shop.product_of(variant.id).on_sale:
        return None
    product = seen.shop.product_of(variant.id)
    picture = drops.picture_path(product, None if drops.default_only(product) else variant)
    return {"id": gid.make("ProductVariant", variant.id), "title": variant.title, "availableForSale": variant.stock > 0,
            "price": {"amount": _amount(seen, variant), "currencyCode": seen.currency}, "image": {"url": f"http://{seen.host}{picture}"},
            "product": {"title": product.title}}  # fmt: skip


def _amount(seen: Shopper, variant: Variant) -> str:
    shown = seen.shown(variant.price)
    return f"{shown // 100}.{shown % 100:02d}"

"""A shop's permanent domain, strictly: ``name.myshopify.com`` and nothing before, after or inside."""

import re
from functools import lru_cache

from shopify.utils.shop_url import sanitize_shop_domain

from plugin.errors import Refused

_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,98}\.myshopify\.com")


def shop_domain(text: object) -> str:
    """``text`` in lower case if it is a shop's domain. Raises Refused("signature").

    ShopifyAPI's sanitising repairs what people type (adds the ending, drops https); here it must find nothing to repair.
    """
    plain = text.lower() if isinstance(text, str) else ""
    if not _DOMAIN.fullmatch(plain) or not _needs_no_repair(plain):
        raise Refused("signature", "This is not the domain of a Shopify shop.")
    return plain


@lru_cache(maxsize=4096)
def _needs_no_repair(plain: str) -> bool:
    return bool(sanitize_shop_domain(plain) == plain)

"""What counts as a visit, and where a friend may be sent. Pure."""

import re
from collections.abc import Mapping

VISITS_A_MINUTE, VISITS_AN_HOUR = 30, 200
CLAIMS_IN_7_DAYS = 10

_PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
LOOKED_AT = (*_PURPOSES, "Sec-Fetch-Dest", "User-Agent")

_PLACES: Mapping[str, str] = {"home": "/", "all": "/collections/all", "cart": "/cart"}
_HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{0,99}", re.ASCII)
_BOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|facebot|whatsapp|telegram|skypeuri|embedly|quora link|outbrain"
    r"|pinterest|vkshare|monitor|uptime|lighthouse|pagespeed|archiver|scanner|curl/|wget|python-|httpx|aiohttp|go-http|java/"
    r"|okhttp|axios|node-fetch|libwww", re.IGNORECASE)


def destination(place: str | None = None, product: str | None = None) -> str:
    """A path of the shop's own: one of the fixed places or a product by handle. Anything else is the home page."""
    if product is not None and _HANDLE.fullmatch(product):
        return f"/products/{product}"
    return _PLACES.get(place or "home", "/")


def why_not_counted(method: str, headers: Mapping[str, str]) -> str | None:
    """Why this request is no visit: ``method``, ``prefetch``, ``not_a_page`` or ``bot``; None if a person opened the page.

    ``headers`` has those of ``LOOKED_AT`` that were sent.
    """
    if method != "GET":
        return "method"
    purpose = " ".join(headers.get(name, "") for name in _PURPOSES).casefold()
    if "prefetch" in purpose or "preview" in purpose or "prerender" in purpose:
        return "prefetch"
    if headers.get("Sec-Fetch-Dest", "") not in ("document", ""):
        return "not_a_page"
    return "bot" if is_bot(headers.get("User-Agent", "")) else None


def is_bot(agent: str) -> bool:
    """A messenger's or search engine's, or one that does not say what it is."""
    return not agent.strip() or _BOTS.search(agent) is not None

"""In which language this request is answered. The answer is a tag for ``locales.closest`` and ``locales.region``."""

import re
from urllib.parse import urlsplit

from flask import g, request

from plugin.locales import chosen

_ROOT = re.compile(r"(/[a-z]{2}(?:-[a-z]{2,4})?)(?:/|$)", re.IGNORECASE)


def visitors(shop_locale: str | None, *, root: str = "", known: str | None = None) -> str:
    """A shopper's: what the theme told, what we know of this person, the path of the store, the browser, the shop."""
    return chosen(request.values.get("locale"), known, root.removeprefix("/"), request.headers.get("Accept-Language"), shop_locale)


def merchants(shop_locale: str | None) -> str:
    """As the admin around us tells it, else the shop's."""
    return chosen(request.args.get("locale"), shop_locale)


def anybodys() -> str:
    """For errors, when it may not be known who asks: nothing is read that could fail again."""
    shop_locale, browser = g.get("shop_locale"), request.headers.get("Accept-Language")
    asked = request.args.get("locale")
    return chosen(asked, shop_locale, browser) if g.get("framed") else chosen(asked, browser, shop_locale)


def root_of(path: str | None) -> str:
    """The part of a store's path that stands for a language or market: "/de/apps/tandem" → "/de", "/apps/tandem" → ""."""
    found = _ROOT.match(path or "")
    return found[1] if found else ""


def came_from() -> str:
    """The language root of the store's page that sent this request through the app proxy; browsers say so by themselves."""
    if not request.path.startswith("/proxy/"):
        return ""
    return root_of(urlsplit(request.headers.get("Referer", "")[:2000]).path)

"""Who asks, in which language, and what every page of a shop needs."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.messaging import texts
from plugin.people import flows as people
from plugin.people.rules import device_key
from plugin.referrals.flows import Caller
from plugin.referrals.rules.visiting import LOOKED_AT, why_not_counted
from plugin.shops.tables import Shop
from plugin.web.inputs import client_address
from plugin.web.signing import Signer
from plugin.web.speaking import came_from, root_of, visitors
from plugin.web.state import current_context

NETWORK = "network"
NOWHERE = {"not_found": ("unknown", 404), "link": ("stale", 410)}
"""Reasons that a shopper reads as a page of the shop: the words of it and the status."""


def root_of_store() -> str:
    """The path of the store's language that the visitor is in: "/de", or "" for the store's own. Shopify may tell it in the proxy's
    prefix; else the page that sent this request does. It goes in front of every path that we send a visitor to."""
    return root_of(request.args.get("path_prefix")) or came_from()


def locale_of(shop: Shop) -> str:
    """The visitor's language where the theme, the path or the browser tells it, else the shop's. ``g.spoken`` is what a view knows."""
    return visitors(shop.locale, root=root_of_store(), known=g.get("spoken"))


def caller_of(session: Session, shop: Shop) -> Caller:
    """Keyed hashes of this visitor's device and network address, and whether a person opened a page."""
    secret, ip = people.secret_of(session, shop.id), client_address(request)
    agent = request.headers.get("User-Agent", "")[:500]
    return Caller(device_key(secret, ip=ip, agent=agent), device_key(secret, ip=ip, agent=NETWORK), _why_not_counted() is None)


def is_machine() -> bool:
    """Does a messenger or a crawler ask, for a card or an index?"""
    return _why_not_counted() == "bot"


def _why_not_counted() -> str | None:
    return why_not_counted(request.method, {name: request.headers.get(name, "") for name in LOOKED_AT})


def signer() -> Signer:
    return Signer(current_context().settings)


def storefront_of(shop: Shop) -> str:
    return (shop.storefront_url or f"https://{shop.domain}").rstrip("/")


def translator(locale: str) -> Callable[..., str]:
    return partial(texts.say, locale)


def page(template: str, shop: Shop, **values: Any) -> str:  # noqa: ANN401 - whatever the template wants
    """A page of this shop in the visitor's language."""
    locale = locale_of(shop)
    return render_template(f"storefront/{template}", t=translator(locale), locale=locale, shop_name=shop.name or shop.domain, **values)


def notice(shop: Shop, what: str, *, href: str, button: str = "landing.shop_button", typed: str = "", **values: object) -> str:
    """One thing to say and one way on. ``what`` names the words: landing.paused, me.used; ``values`` stand in them. ``typed``: what the
    visitor wrote and we could not keep."""
    say, name = translator(locale_of(shop)), shop.name or shop.domain
    return page("notice.html", shop, page_title=say(f"{what}_title", shop=name, **values), text=say(what, shop=name, **values),
                button=say(button), href=href, typed=typed)


def kindly(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """For pages below the app proxy: a link that leads nowhere is answered in the visitor's language, with the way to the shop.

    What raises these reasons has written nothing.
    """

    @wraps(view)
    def shown(shop: Shop, **values: Any) -> ResponseReturnValue:  # noqa: ANN401 - the view's own
        try:
            return view(shop=shop, **values)
        except Refused as refused:
            if refused.reason not in NOWHERE:
                raise
            what, status = NOWHERE[refused.reason]
            return notice(shop, f"landing.{what}", href=f"{root_of_store()}/"), status

    return shown

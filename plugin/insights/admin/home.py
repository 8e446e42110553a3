"""The first page: where the programme stands, what to do next, and live figures."""

from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from plugin import clock
from plugin.insights.figures import figures, history
from plugin.referrals import tables as programmes
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import fragment, page
from plugin.web.state import current_context

EDITOR = "shopify://admin/themes/current/editor"


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/app")(home)
    blueprint.get("/app/figures")(live)


@embedded
def home(shop: Shop, session: Session) -> str:
    return page("insights/home.html", shop=shop, blocks=_blocks(), **_told(session, shop))


@embedded
def live(shop: Shop, session: Session) -> str:
    """The part of the home page that changes by itself."""
    return fragment("insights/figures.html", shop=shop, **_told(session, shop))


def _told(session: Session, shop: Shop) -> dict[str, Any]:
    listed = programmes.programmes(session, shop.id)
    return {"figures": figures(session, shop.id), "history": history(session, shop.id), "programmes": listed,
            "live": programmes.open_versions(session, shop.id, clock.now()), "storefront": shop.storefront_url or f"https://{shop.domain}"}


def _blocks() -> list[tuple[str, str]]:
    """Our theme blocks by handle, each with the place in the theme editor that turns it on."""
    key = current_context().settings.shopify_api_key
    return [("tandem-embed", f"{EDITOR}?context=apps&activateAppId={key}/tandem-embed"),
            ("refer-a-friend", f"{EDITOR}?template=index&addAppBlockId={key}/refer-a-friend&target=newAppsSection"),
            ("pair", f"{EDITOR}?template=product&addAppBlockId={key}/pair&target=mainSection")]

"""Where a kit stands that is sold as one product too, for its page; and the button with which the merchant has it tried or made again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.offers import tables
from plugin.offers.flows import bundles
from plugin.offers.tables import Offer
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import moved
from plugin.web.state import current_web

PAGE = "/app/offers/<uuid:offer_id>/bundle"


@dataclass(frozen=True, slots=True)
class Standing:
    """``state``: of the row, or "draft" for a product that the merchant puts on sale. ``reason``: a text's key and facts, empty where all
    is well. ``link``: the product in the Shopify admin. ``scopes``: what is to be granted first."""

    state: str
    reason: Mapping[str, Any]
    link: str
    scopes: tuple[str, ...] = ()


def add_to(blueprint: Blueprint) -> None:
    blueprint.post(PAGE, endpoint="offer_bundle")(again)


def standing(session: Session, shop: Shop, offer: Offer | None) -> Standing | None:
    """None for an offer that never was to be a product."""
    row = tables.bundle_product(session, ShopId(shop.id), offer.id) if offer else None
    if row is None:
        return None
    status = str(row.wanted["status"])
    error = bundles.given_up(session, ShopId(shop.id), row)
    state = "failed" if error is not None else "draft" if row.state == "live" and status == "DRAFT" else row.state
    reason = row.reason if error is None else {"key": "bundles.given_up", "said": error} if error else {"key": "bundles.given_up_unsaid"}
    ungranted = row.reason.get("key") == "bundles.needs_access"
    link = f"{current_web().context.settings.shopify_admin_origin}/store/{shop.domain.removesuffix('.myshopify.com')}/products"
    return Standing(state, reason, f"{link}/{row.product_id}" if row.product_id else "",
                    bundles.NEEDED["active" if status == "ACTIVE" else "draft"] if ungranted else ())


@embedded
def again(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    """What was refused is tried again, and what was deleted at Shopify is made again. Raises NotFound."""
    bundles.again(session, ShopId(shop.id), offer_id, clock.now())
    return moved(f"/app/offers/{offer_id}")

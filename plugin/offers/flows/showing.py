"""What shoppers may be shown of a shop's offers where Liquid cannot reach: the versions that stand at Shopify, as the pages have them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product, Variant
from plugin.offers import tables
from plugin.offers.flows.configuring import known_products, shelf, wall
from plugin.offers.flows.guarding import guard
from plugin.offers.rules.model import Offer
from plugin.offers.rules.placing import Shelf, placed
from plugin.offers.rules.suggesting import Suggestion, suggest


def revision(session: Session, shop_id: ShopId) -> str | None:
    """Another one whenever what the pages show may be another: a newer wish, or Shopify has followed it. None where no offer was ever
    published."""
    row = tables.configuration(session, shop_id)
    return ",".join([row.revision_id.hex, *row.shown]) if row else None


def pages(session: Session, shop_id: ShopId) -> Mapping[str, Any]:
    """The metafields of the shop's pages, worked out anew."""
    offers, known = _shown(session, shop_id)
    return placed(offers, known)


def suggestions(session: Session, shop_id: ShopId, held: Mapping[str, int]) -> list[tuple[Suggestion, Product, Variant]]:
    """What goes with these units (by product id), each with a variant that can be bought."""
    offers, known = _shown(session, shop_id)
    local = wall(session, shop_id, clock.now())
    open_now = [one for one in offers if (one.schedule.starts is None or one.schedule.starts <= local)
                and (one.schedule.ends is None or local < one.schedule.ends)]
    found = suggest(open_now, held, known)
    products = {one.id: one for one in mirror.products(session, shop_id, [one.missing.product_id for one in found])}
    return [(one, products[one.missing.product_id], variant) for one in found
            if (variant := _buyable(products[one.missing.product_id], one.missing.count))]


def _shown(session: Session, shop_id: ShopId) -> tuple[Sequence[Offer], Shelf]:
    row = tables.configuration(session, shop_id)
    offers = [version.offer() for version in tables.in_force(session, shop_id).values() if row and str(version.id) in row.shown]
    room = guard(session, shop_id, offers, known_products(session, shop_id) if offers else [], now=clock.now())
    return offers, shelf(session, shop_id, room)


def _buyable(product: Product, count: int) -> Variant | None:
    """The first variant that has stock for it; stock that is not counted is enough."""
    return next((one for one in product.variants if one.stock is None or one.stock >= count), None)

"""What shoppers may be shown of a shop's offers where Liquid cannot reach: what goes with what they hold."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product, Variant
from plugin.offers.flows.configuring import wall
from plugin.offers.flows.shown import shown
from plugin.offers.mining import flows as mining
from plugin.offers.rules.suggesting import MOST, Suggestion, suggest

Suggested = tuple[Suggestion, Product, Variant]


def suggestions(session: Session, shop_id: ShopId, held: Mapping[str, int], most: int = MOST, *, swap: bool = False,
                draws: bool = False) -> list[Suggested]:
    """What goes with these units (by product id), each with a variant that can be bought, and nothing that the merchant bans beside one.
    ``swap``: also what is better than one of them, where that can still be taken away. ``draws``: also what some visitors are held out
    from, which whoever shows it then must tell from others."""
    local, known = wall(session, shop_id, clock.now()), shown(session, shop_id)
    open_now = [one for one in (*known.bundles, *(known.upgrades if swap else ())) if one.schedule.is_open(local)
                and (draws or one.arm is None)]
    banned = mining.banned(session, shop_id, list(held))
    found = [one for one in suggest(open_now, held, most + len(banned)) if one.missing.product_id not in banned][:most]
    products = {one.id: one for one in mirror.products(session, shop_id, [one.missing.product_id for one in found])}
    return [(one, products[one.missing.product_id], variant) for one in found if one.missing.product_id in products
            and (variant := buyable(products[one.missing.product_id], one.missing.count))]


def buyable(product: Product, count: int) -> Variant | None:
    """The first variant that has stock for it, of a product that is in the online store; stock that is not counted is enough."""
    if product.status != "active":
        return None
    return next((one for one in product.variants if one.stock is None or one.stock >= count), None)

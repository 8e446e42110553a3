"""Kits that are sold as one product of their own: what Shopify is to make of each follows from what is switched on.

The offer stays with the Function as well, so a cart with the parts themselves costs the same; a bundle's own line is none of its parts, and
no offer on goods takes from it (``rules.bundling.spared``).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import NotFound
from plugin.margin import tables as margins
from plugin.mirror import tables as mirror
from plugin.offers import tables
from plugin.offers.flows.configuring import Whole, wall
from plugin.offers.flows.strangers import own_ones
from plugin.offers.rules.bundling import Beside, Bundle, bundle, why_not
from plugin.offers.rules.model import Offer
from plugin.offers.tables.bundles import BundleProduct, bundle_by_product, bundle_ids, bundle_product, bundle_products
from plugin.outbox import flows as outbox
from plugin.outbox import tables as outboxes
from plugin.shops import tables as shops

KIND = "bundle_publish"
AWAY = "ARCHIVED"
NEEDED: Mapping[str, tuple[str, ...]] = {"draft": ("write_products",), "active": ("write_products", "write_publications")}
"""Scopes by what the merchant chose; they are optional, and asked for only then."""
MOST_LISTED = 200
"""So many changes of the parts' prices are remembered."""
Access = Literal["none", "soon", "here"]


def follow(session: Session, shop_id: ShopId, whole: Whole, now: datetime) -> None:
    """What is switched on was told to Shopify: bring the bundles in line with it. Only what is another than before leaves again."""
    rows = {row.offer_id: row for row in bundle_products(session, shop_id)}
    chosen = [offer for offer in whole.weighed.offers if offer.bundled != "no"]
    if not chosen and not rows:
        return
    beside = surroundings(session, shop_id, whole)
    for offer in chosen:
        why, row = why_not(offer, beside), rows.pop(offer.id, None)
        if why is None:
            made = bundle(offer, beside, wall(session, shop_id, now))
            _wish(session, shop_id, offer.id, row, _plain(session, shop_id, offer, made), now=now)
        elif row is not None:
            _away(session, shop_id, row, {"key": f"bundles.why_{why}"}, now)
    for row in rows.values():
        _away(session, shop_id, row, {}, now)


def surroundings(session: Session, shop_id: ShopId, whole: Whole) -> Beside:
    """What decides whether one product says what a kit says."""
    known = mirror.catalogue(session, shop_id)
    loose = bool(margins.floors(session, shop_id)) and any("product" in row.told().classes for row in own_ones(session, shop_id))
    return Beside(shops.get(session, shop_id).currency, {one.id: one for one in known}, bundle_ids(session, shop_id),
                  loose or bool(whole.strangers), whole.room)


def _plain(session: Session, shop_id: ShopId, offer: Offer, made: Bundle) -> dict[str, Any]:
    """A kit that the merchant wants on sale is a draft before and after its time."""
    return {"title": made.title, "components": [[one.product_id, one.variant_id, one.count] for one in made.components],
            "price": made.price, "listed": dict(made.listed), "cost": _cost(session, shop_id, made),
            "status": "ACTIVE" if offer.bundled == "active" and made.open else "DRAFT"}


def _cost(session: Session, shop_id: ShopId, made: Bundle) -> int | None:
    """What the parts cost the merchant, so that the guard weighs the bundle as it weighs goods; None where that of one is not known."""
    known = mirror.products(session, shop_id, [one.product_id for one in made.components])
    costs = {variant.id: variant.cost for product in known for variant in product.variants}
    told = [(costs.get(one.variant_id), one.count) for one in made.components]
    currency = shops.get(session, shop_id).currency
    if any(cost is None or cost.currency != currency for cost, _ in told):
        return None
    return sum(cost.amount * count for cost, count in told if cost)


def _wish(session: Session, shop_id: ShopId, offer_id: UUID, row: BundleProduct | None, wanted: dict[str, Any], *, now: datetime) -> None:
    """What was refused, or deleted at Shopify, waits for the merchant; unless it says something else now."""
    if row is not None and row.wanted == wanted:
        return
    if row is None:
        row = BundleProduct(shop_id=shop_id, offer_id=offer_id, said={}, reason={}, former=[], listed=[])
        session.add(row)
    elif row.state == "gone":
        forget(row)
    row.wanted = wanted
    _send(session, shop_id, row, now)


def _away(session: Session, shop_id: ShopId, row: BundleProduct, reason: dict[str, Any], now: datetime) -> None:
    """Off the shelves; the product stays, so that it can come back as what it was. One that never was needs no call."""
    if row.wanted.get("status") != AWAY:
        row.wanted = {**row.wanted, "status": AWAY}
        if row.state == "gone":
            row.changed_at = now
        else:
            _send(session, shop_id, row, now)
    row.reason = reason or row.reason
    session.flush()


def _send(session: Session, shop_id: ShopId, row: BundleProduct, now: datetime) -> None:
    row.revision_id, row.state, row.reason, row.changed_at = new_id(), "waiting", {}, now
    session.flush()
    outbox.put(session, shop_id, KIND, row.revision_id, now=now, lane=f"bundle:{row.offer_id}")


def came_to(row: BundleProduct, state: str, reason: dict[str, Any], now: datetime) -> None:
    """As far as it comes. One that was put away keeps why it was."""
    row.state, row.reason, row.changed_at = state, row.reason if state == "away" and not reason else reason, now
    if state == "gone":
        forget(row)
    elif state == "live":
        _remember(row, now)


def _remember(row: BundleProduct, now: datetime) -> None:
    """From now on it is sold at what was said; what its parts cost by themselves meanwhile is kept, so that reports know what it saved."""
    listed = row.said.get("listed", {})
    if listed and (not row.listed or row.listed[-1][1] != listed):
        row.listed = [*row.listed[1 - MOST_LISTED:], [now.isoformat(), listed]]


def forget(row: BundleProduct) -> None:
    """The product is no more: another must be made."""
    row.former = [*row.former, row.product_id] if row.product_id else row.former
    row.product_id = row.variant_id = row.operation_id = row.sent_at = None
    row.said = {}


def again(session: Session, shop_id: ShopId, offer_id: UUID, now: datetime) -> None:
    """The merchant has done what was asked, or wants back what was deleted at Shopify. Raises NotFound."""
    row = bundle_product(session, shop_id, offer_id, lock=True)
    if row is None:
        raise NotFound("bundle")
    if row.state == "gone":
        forget(row)
    if row.state in ("gone", "failed") or given_up(session, shop_id, row) is not None:
        _send(session, shop_id, row, now)


def given_up(session: Session, shop_id: ShopId, row: BundleProduct) -> str | None:
    """What went wrong, where nobody tries any more although it is still to leave; else None."""
    delivery = outboxes.find(session, shop_id, KIND, row.revision_id) if row.state == "waiting" else None
    return (delivery.error or "") if delivery is not None and delivery.state == outboxes.DEAD else None


def in_trouble(session: Session, shop_id: ShopId) -> frozenset[UUID]:
    """Offers whose product is not as the merchant wants it before they do something."""
    return frozenset(row.offer_id for row in bundle_products(session, shop_id)
                     if row.state in ("failed", "gone") or given_up(session, shop_id, row) is not None)


def product_gone(session: Session, shop_id: ShopId, product_id: str, now: datetime) -> None:
    """The merchant deleted a bundle at Shopify: it is not made again before they say so."""
    row = bundle_by_product(session, shop_id, product_id)
    if row is not None:
        forget(row)
        row.state, row.reason, row.changed_at = "gone", {"key": "bundles.gone"}, now
        session.flush()


def product_changed(session: Session, shop_id: ShopId, product_id: str, now: datetime) -> None:
    """A bundle's price is its kit's. Another, whoever set it, would not be the preview's: it is set right again."""
    row = bundle_by_product(session, shop_id, product_id)
    product = mirror.product(session, shop_id, product_id) if row is not None and row.state == "live" else None
    if row is not None and product is not None and [one.price.amount for one in product.variants] != [row.said.get("price")]:
        row.said = {**row.said, "price": -1}
        _send(session, shop_id, row, now)


def access(session: Session, shop_id: ShopId, bundled: str) -> Access:
    """Has the merchant granted what this needs? "soon": they have, and the next page that they open brings the token that carries it."""
    shop, token = shops.get(session, shop_id), shops.token(session, shop_id)
    needed = set(NEEDED.get(bundled, ()))
    if not needed <= set(shop.scopes.split(",")):
        return "none"
    return "here" if token is not None and needed <= set(token.scopes.split(",")) else "soon"


def granted(session: Session, shop_id: ShopId, now: datetime) -> None:
    """Scopes changed: what waited for them tries again."""
    for row in bundle_products(session, shop_id):
        if row.state == "failed" and row.reason.get("key") == "bundles.needs_access":
            _send(session, shop_id, row, now)


def handles(session: Session, shop_id: ShopId) -> dict[int, tuple[str, int]]:
    """Number of the offer → the product's handle and variant, of bundles that can be bought now, as far as the mirror knows."""
    rows = {row.offer_id: row for row in bundle_products(session, shop_id) if row.state == "live" and row.product_id and row.variant_id
            and row.wanted.get("status") == "ACTIVE"}
    if not rows:
        return {}
    numbers = {version.offer().number: rows[id] for id, version in tables.in_force(session, shop_id).items() if id in rows}
    known = mirror.handles(session, shop_id, [row.product_id for row in numbers.values() if row.product_id])
    return {number: (known[row.product_id], int(row.variant_id)) for number, row in numbers.items()
            if row.product_id in known and row.variant_id}

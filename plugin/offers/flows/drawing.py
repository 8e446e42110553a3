"""Drawing companions from the shop's own orders: which products stand beside each page of an offer, and what the guard lets be cut."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers.flows.guarding import weigh
from plugin.offers.mining import flows as mining
from plugin.offers.mining import tables as mined
from plugin.offers.mining.flows import Suggestion
from plugin.offers.rules import drawing, plain
from plugin.offers.rules.drawing import Drawn, Found
from plugin.offers.rules.model import EVERYTHING, Goods, Offer, Part
from plugin.offers.rules.reaching import Catalogue
from plugin.offers.tables.bundles import bundle_ids
from plugin.offers.tables.drawings import Drawing, drawings, drop_drawings

LOOKED_AT = 5
"""Companions beyond those that are shown: what stood there before is looked for among them."""
_TERMS = ("goods", "drawn", "whole", "audience")


def drawn(session: Session, shop_id: ShopId, offers: Iterable[Offer], products: Sequence[Product], *, now: datetime,
          anew: bool = False) -> dict[UUID, Drawn]:
    """Of each offer that is drawn: product of the page → companions. What Shopify was told stays, unless the offer says something else
    by now; ``anew``: unless the orders do."""
    asked = [offer for offer in offers if offer.drawn]
    if not asked:
        return {}
    known = drawings(session, shop_id)
    return {offer.id: _drawn(session, shop_id, offer, products, known.get(offer.id), now=now, anew=anew) for offer in asked}


def told(session: Session, shop_id: ShopId, offers: Iterable[Offer]) -> dict[int, Drawn]:
    """What Shopify was told, by the numbers of these offers."""
    known = drawings(session, shop_id)
    return {offer.number: known[offer.id].drawn for offer in offers if offer.drawn and offer.id in known}


def keep(session: Session, shop_id: ShopId, offers: Iterable[Offer], found: Mapping[UUID, Drawn], now: datetime) -> None:
    """Shopify has been told this."""
    known, offers = drawings(session, shop_id), [offer for offer in offers if offer.id in found]
    drop_drawings(session, shop_id, but=[offer.id for offer in offers])
    for offer in offers:
        row = known.get(offer.id)
        if row is None:
            row = Drawing(shop_id=shop_id, offer_id=offer.id)
            session.add(row)
        row.terms, row.pages, row.looked_at = terms_of(offer), [[page, list(mates)] for page, mates in found[offer.id].items()], now
    session.flush()


def found_for(session: Session, shop_id: ShopId, offer: Offer, pages: Sequence[Product], products: Sequence[Product], *,
              now: datetime) -> dict[str, list[Suggestion]]:
    """What could stand on each of these pages, closest first, each with why; nothing of which the guard would let less be taken."""
    found = mining.suggest_each(session, shop_id, pages, market=market_of(offer), segment=_segment(offer), limit=offer.drawn + LOOKED_AT)
    named = {*found, *(one.product_id for some in found.values() for one in some)}
    cut = _cut(session, shop_id, offer, named, products, now) | bundle_ids(session, shop_id)  # a bundle's price is an offer's already
    return {page: [one for one in some if one.product_id not in cut] for page, some in found.items() if page not in cut}


def chosen(offer: Offer, found: Sequence[Suggestion], before: Sequence[str] = ()) -> tuple[str, ...]:
    """Of what could stand there."""
    most = offer.drawn + (drawing.SPARE if offer.recommends else 0)
    return drawing.steady([Found(one.product_id, one.key, one.score) for one in found], before, most)


def pages_of(session: Session, shop_id: ShopId, offer: Offer, products: Sequence[Product], before: Collection[str] = ()) -> list[Product]:
    """The pages that it names, those first that sell best."""
    known = {one.id: one for one in products if one.status == "active"}
    sold, named = mined.ordered(session, shop_id), Catalogue(known.values())(offer.goods)
    most = drawing.PAGES if offer.recommends else 2 * drawing.MOST_SETS
    return [known[one] for one in drawing.pages({one: sold.get(one, 0) for one in named}, before, most)]


def terms_of(offer: Offer) -> dict[str, Any]:
    """All that it says about what is drawn."""
    said = plain.dump(offer)
    return {name: said[name] for name in _TERMS if name in said}


def stamps(found: Mapping[UUID, Drawn]) -> list[str]:
    """Another one whenever something else is drawn; none where nothing is."""
    told = sorted((str(offer_id), sorted((page, list(mates)) for page, mates in drawn.items())) for offer_id, drawn in found.items())
    return [f"drawn-{crc32(json.dumps(told).encode())}"] if told else []


def gone(session: Session, shop_id: ShopId, ids: Collection[str]) -> bool:
    """Can any of these products not be bought any more?"""
    ready = [one for one in mirror.products(session, shop_id, sorted(ids)) if mining.can_be_bought(one)]
    return len(ready) < len(ids)


def market_of(offer: Offer) -> str | None:
    """The country whose orders count most for it: the only one that it is for."""
    return next(iter(offer.audience.countries)) if len(offer.audience.countries) == 1 else None


def _segment(offer: Offer) -> str | None:
    return "referred" if offer.audience.referred else None


def _drawn(session: Session, shop_id: ShopId, offer: Offer, products: Sequence[Product], row: Drawing | None, *, now: datetime,
           anew: bool) -> Drawn:
    if row is not None and row.terms == terms_of(offer) and not anew:
        return row.drawn
    before: Drawn = row.drawn if row is not None else {}
    beside = found_for(session, shop_id, offer, pages_of(session, shop_id, offer, products, before), products, now=now)
    made = {page: chosen(offer, some, before.get(page, ())) for page, some in beside.items()}
    return {page: mates for page, mates in made.items() if mates}


def _cut(session: Session, shop_id: ShopId, offer: Offer, ids: Collection[str], products: Sequence[Product], now: datetime) -> set[str]:
    """Of which of these products the floor lets less be taken than the offer would."""
    if offer.whole is None:
        return set()
    all_of_them = replace(offer, drawn=0, goods=EVERYTHING, parts=(Part(Goods(products=frozenset(ids))),))
    return {good.product_id for good, _ in weigh(session, shop_id, [all_of_them], products, now=now).room.cut}

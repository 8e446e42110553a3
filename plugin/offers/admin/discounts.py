"""The merchant's own discounts: which of them the margin guard counts, and beside which the offers do not stand."""

from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.margin import codes
from plugin.margin import tables as margins
from plugin.margin.codes import KeptDiscount
from plugin.margin.rules.codes import GOODS
from plugin.offers.admin.floor import MARGIN
from plugin.offers.flows import floors, strangers
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, moved, page

LIST = f"{MARGIN}/discounts"
_SAYINGS = ("counted", "uncounted", "reading")
Standing = Literal["counted", "apart", "never", "unknown"]
"""``counted``; ``apart``: not counted, so the offers keep from it; ``never``: it stands beside none of ours; ``unknown``: it may stand
beside ours, but what it takes cannot be told, so the offers keep from it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One discount. ``worth``: what it takes, as a share or an amount."""

    kept: KeptDiscount
    standing: Standing


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST, endpoint="own_discounts")(listed)
    blueprint.post(f"{LIST}/reading", endpoint="read_own_discounts")(read)
    blueprint.post(f"{LIST}/<discount_id>/counting", endpoint="count_discount")(count)
    blueprint.post(f"{LIST}/<discount_id>/leaving", endpoint="leave_discount")(leave)


@embedded
def listed(shop: Shop, session: Session) -> str:
    """As Shopify last told of them; the first look asks for them."""
    known, said = codes.reading(session, shop.id), request.args.get(SAID)
    rows = [Row(one, _standing(one)) for one in strangers.own_ones(session, shop.id)]
    return page("offers/discounts.html", shop=shop, rows=rows, reading=known, has_floor=bool(margins.floors(session, shop.id)),
                said=said if said in _SAYINGS else None)


@embedded
def read(shop: Shop, session: Session) -> ResponseReturnValue:
    strangers.read_soon(session, ShopId(shop.id), now=clock.now())
    return moved(LIST, said="reading")


@embedded
def count(shop: Shop, session: Session, discount_id: str) -> ResponseReturnValue:
    floors.mark(session, ShopId(shop.id), discount_id, counted=True, now=clock.now())
    return moved(LIST, said="counted")


@embedded
def leave(shop: Shop, session: Session, discount_id: str) -> ResponseReturnValue:
    floors.mark(session, ShopId(shop.id), discount_id, counted=False, now=clock.now())
    return moved(LIST, said="uncounted")


def _standing(row: KeptDiscount) -> Standing:
    told = row.told()
    if not told.barred(GOODS):
        return "never"
    if told.take() is None:
        return "unknown"
    return "counted" if row.counted else "apart"

"""A margin floor moves: what is tried before it is kept, and what is worked out anew once it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.margin import codes
from plugin.margin import flows as margin
from plugin.margin import tables as margins
from plugin.margin.rules import Verdict, worst_cart
from plugin.margin.rules.guard import Tried
from plugin.offers.flows import collecting, publishing, strangers
from plugin.offers.flows.guarding import SOURCE
from plugin.shops import tables as shops


@dataclass(frozen=True, slots=True)
class Aim:
    """What a floor is for: ``scope`` shop (``name`` is empty then), product (by id), vendor, tag or collection."""

    scope: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A programme whose friends' discount breaks a floor."""

    title: str
    verdict: Verdict


def tried(session: Session, shop_id: ShopId, floor_bp: int | None, cost_bp: int | None) -> Tried:
    """The shop's own floor and assumed cost as they might be, beside the closer floors as they are."""
    return Tried(replace(margins.floors(session, shop_id), shop=floor_bp), cost_bp)


def tried_closer(session: Session, shop_id: ShopId, aims: Iterable[Aim], floor_bp: int) -> Tried:
    """These goods' own floor as it might be, beside all others as they are."""
    floors, kept = margins.floors(session, shop_id), margins.floor(session, shop_id)
    for aim in aims:
        if aim.scope == "shop":
            floors = replace(floors, shop=floor_bp)
        elif aim.scope == "product":
            floors = replace(floors, products={**floors.products, aim.name: floor_bp})
        else:
            floors = replace(floors, groups=(*floors.groups, (floor_bp, margins.members(session, shop_id, aim.scope, aim.name))))
    return Tried(floors, kept.cost_bp if kept else None)


def set_floors(session: Session, shop_id: ShopId, aims: Iterable[Aim], floor_bp: int | None, *, now: datetime) -> None:
    """Floors for these, or none any more (None). Raises Refused("floor"), and NotFound for what the shop does not have."""
    kept = margins.floor(session, shop_id)
    for aim in aims:
        if aim.scope == "shop":
            margin.set_floor(session, shop_id, floor_bp=floor_bp, cost_bp=kept.cost_bp if kept else None, now=now)
        else:
            margin.set_floor_of(session, shop_id, aim.scope, aim.name, floor_bp=floor_bp, now=now)
        if aim.scope == "collection":
            collecting.product_changed(session, shop_id, now)  # what is in it is read anew
    moved(session, shop_id, now)


def mark(session: Session, shop_id: ShopId, discount_id: str, *, counted: bool, now: datetime) -> None:
    """The merchant lets a discount of their own stand beside the offers, or no longer. Raises as ``codes.count``."""
    codes.count(session, shop_id, discount_id, counted=counted, now=now)
    publishing.guard_again(session, shop_id, now)


def moved(session: Session, shop_id: ShopId, now: datetime) -> None:
    """All that is switched on is weighed anew. Discounts of the shop's own matter from its first floor on."""
    if codes.reading(session, shop_id) is None:
        strangers.changed(session, shop_id, now)
    publishing.guard_again(session, shop_id, now)


def judged(session: Session, shop_id: ShopId, *, now: datetime, tried: Tried | None = None) -> list[Judged]:
    """Programmes whose friends' discount breaks a floor by itself; what floors mean for offers, ``finding.effects`` tells."""
    currency, combinable = shops.get(session, shop_id).currency, margin.combinable(session, shop_id, now)
    floors = tried.floors if tried else margins.floors(session, shop_id)
    goods = margins.goods(session, shop_id, currency, cost_bp=tried.cost_bp) if tried else margins.goods(session, shop_id, currency)
    beside = [take for take in margins.published(session, shop_id, now, but=SOURCE) if take.kind != "code"]
    names = dict.fromkeys(take.programme for take in beside)
    found = [Judged(name, worst_cart(goods, [take for take in beside if take.programme == name], floors, combinable))
             for name in names]
    return [one for one in found if one.verdict.outcome != "fine"]

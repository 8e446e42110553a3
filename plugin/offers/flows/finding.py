"""What the margin guard says of each offer, kept where it says something else than before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin.rules import Good
from plugin.margin.rules.guard import Tried
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers import tables
from plugin.offers.flows.configuring import as_said, concrete, known_products
from plugin.offers.flows.guarding import Weighed, named, reached, weigh
from plugin.offers.flows.publishing import live
from plugin.offers.rules.drawing import Drawn
from plugin.offers.rules.model import Offer
from plugin.offers.rules.taking import wanted
from plugin.offers.tables.drawings import drawings
from plugin.offers.tables.findings import Finding, drop_findings


@dataclass(frozen=True, slots=True)
class Effect:
    """``cut``: goods of which less may be taken than the offer says, with the most basis points. ``refused``: why it cannot be at all."""

    offer: Offer
    cut: tuple[tuple[Good, int], ...] = ()
    refused: Refused | None = None

    @property
    def state(self) -> str:
        return "out" if self.refused else "cut" if self.cut else "whole"


@dataclass(frozen=True, slots=True)
class Effects:
    """``alone``: friends' discounts do not stand beside the offers, since both together would break the floor."""

    offers: tuple[Effect, ...]
    alone: bool


def effects(session: Session, shop_id: ShopId, *, now: datetime, tried: Tried | None = None) -> Effects:
    """What floors mean for what is switched on; ``tried``: what others would mean. Nothing is written."""
    products, offers = known_products(session, shop_id), live(session, shop_id)
    drawn = {offer_id: row.drawn for offer_id, row in drawings(session, shop_id).items()}
    weighed = weigh(session, shop_id, concrete(offers, drawn), products, now=now, tried=tried)
    return Effects(tuple(_effects(replace(weighed, offers=as_said(offers, weighed.offers)), drawn, products)), weighed.room.alone)


def note(session: Session, shop_id: ShopId, weighed: Weighed, drawn: Mapping[UUID, Drawn], *, now: datetime) -> None:
    """Keep what the guard says now of each offer that is switched on, with what it said before where that is something else. ``drawn``:
    the pages of those whose companions the orders choose."""
    kept = tables.findings(session, shop_id)
    found = _effects(weighed, drawn, known_products(session, shop_id) if weighed.room.cut else [])
    drop_findings(session, shop_id, but=[effect.offer.id for effect in found])
    for effect in found:
        row, told = kept.get(effect.offer.id), _told(effect)
        if row is None:
            session.add(Finding(shop_id=shop_id, offer_id=effect.offer.id, state=effect.state, told=told, was=None, changed_at=now))
        elif (row.state, row.told) != (effect.state, told):
            row.was, row.state, row.told, row.changed_at = row.state, effect.state, told, now
    session.flush()


def _effects(weighed: Weighed, drawn: Mapping[UUID, Drawn], products: Sequence[Product]) -> list[Effect]:
    """Of one that is drawn, of all its sets together. Those that are left out come last."""
    known = {one.id: one for one in products}
    kept = [Effect(offer, _cut(weighed, concrete([offer], drawn), known)) for offer in weighed.offers]
    return kept + [Effect(offer, refused=refused) for offer, refused in weighed.out]


def _cut(weighed: Weighed, offers: Sequence[Offer], known: Mapping[str, Product]) -> tuple[tuple[Good, int], ...]:
    """Goods of which some of these offers would take more than it may."""
    return tuple((good, most) for good, most in weighed.room.cut
                 if any(wanted(offer, good) > most and any(reached(goods, known[good.product_id]) for goods in named(offer))
                        for offer in offers))


def _told(effect: Effect) -> dict[str, Any]:
    if effect.refused is None:
        return {"cut": [[good.title, most] for good, most in effect.cut]}
    facts = effect.refused.plain()
    return {name: {"amount": value.amount, "currency": value.currency} if isinstance(value, Money) else value
            for name, value in facts.items()}

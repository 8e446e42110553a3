"""What the margin guard says of all offers of a shop together: how much of each product they may take, and which cannot be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.margin.rules import Good, Take
from plugin.margin.rules.guard import Beside, Broken, Floors, Room, Tried, apart, beside, most_off, room, worst_bundle
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers.rules.model import Goods, Offer
from plugin.offers.rules.reaching import Reach
from plugin.offers.rules.reaching import reached as reached
from plugin.offers.rules.taking import Inside, places, takes, trimmed, unweighed, wanted
from plugin.shops import tables as shops

SOURCE = "offers"
"""Whose takes are ours."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """``offers`` may be within ``room``. ``out``: those that break a floor however little they take, each with what the guard says.
    ``takes``: what others may not overlook, whatever stands beside it; only where there is a floor."""

    offers: tuple[Offer, ...]
    room: Room = Room()
    out: tuple[tuple[Offer, Refused], ...] = ()
    takes: tuple[Take, ...] = ()


def weigh(session: Session, shop_id: ShopId, offers: Sequence[Offer], products: Sequence[Product], *, now: datetime,
          tried: Tried | None = None) -> Weighed:
    """What offers on goods may take of each product, and whether a friend's discount may stand beside them.

    Left out is an offer on the basket, or a bundle whose paid goods do not carry what it gives, that breaks a floor even where nothing
    else stands beside it; the others are weighed without it. ``tried``: floors that the merchant thinks of, instead of theirs.
    """
    floors = tried.floors if tried else margins.floors(session, shop_id)
    if not offers or not floors:
        return Weighed(tuple(offers))
    currency = shops.get(session, shop_id).currency
    goods = margins.goods(session, shop_id, currency, cost_bp=tried.cost_bp) if tried else margins.goods(session, shop_id, currency)
    others = _others(session, shop_id, now)
    most = _bearable(goods, floors, apart(others)) if any(offer.own_class == "order" for offer in offers) else []
    table = _Table(most, floors, others, currency, Reach(goods, products))
    kept, out = list(offers), []
    while refused := next(((offer, why) for offer in kept if (why := table.refusal(offer, kept))), None):
        kept.remove(refused[0])
        out.append(refused)
    return Weighed(tuple(kept), table.room(kept), tuple(out), tuple(takes(kept, table.inside, currency)))


@dataclass(frozen=True, slots=True)
class _Table:
    """What offers are weighed with. ``most``: see ``_bearable``; only for offers on the basket."""

    most: Sequence[tuple[Good, int]]
    floors: Floors
    others: Sequence[Take]
    currency: str
    inside: Inside

    def refusal(self, offer: Offer, offers: Sequence[Offer]) -> Refused | None:
        """Why it cannot be among these, however little it takes."""
        if (field := unweighed(offer)) is not None:
            return Refused("margin", "Amounts in other currencies cannot be weighed.", key="offers.refused_currency_floor", field=field,
                           title=offer.title)
        try:
            _keep_basket(offer, self.most, self.floors)
        except Refused as refused:
            return refused
        always = takes(offers, self.inside, self.currency)
        broken = _broken(offer, self.inside, self.floors, apart([*self.others, *always], always))
        return _unborne(offer, broken, self.currency) if broken else None

    def room(self, offers: Sequence[Offer]) -> Room:
        """Offers for friends are cut to what fits beside the friends' discounts: standing alone they would reach nobody."""
        always = takes(offers, self.inside, self.currency)
        cut = any(offer.kind == "welcome" or offer.audience.referred for offer in offers)
        found = room(_wants(offers, self.inside).items(), self.floors, self.others, always=always, cut=cut)
        together = beside([*self.others, *always])
        if not found.alone and any(_broken(offer, self.inside, self.floors, together) for offer in offers):
            return Room(found.cap, found.caps, alone=True, cut=found.cut)
        return found


def _bearable(goods: Iterable[Good], floors: Floors, others: Beside) -> list[tuple[Good, int]]:
    """Goods that have a floor, each with the most basis points off it; asked once, however many offers on the basket there are."""
    return [(good, most_off(good, floor, others)) for good in goods if (floor := floors.of(good.product_id)) is not None]


def _others(session: Session, shop_id: ShopId, now: datetime) -> list[Take]:
    """Everybody's takes but our own: what other programmes published."""
    return margins.published(session, shop_id, now, but=SOURCE)


def _wants(offers: Iterable[Offer], inside: Inside) -> dict[Good, int]:
    """The most basis points that an offer wants of each of the goods that it takes from."""
    found: dict[Good, int] = {}
    for offer in offers:
        for good in (good for goods in named(offer) if trimmed(offer) for good in inside(goods)):
            want = wanted(offer, good)
            if want > found.get(good, 0):
                found[good] = want
    return found


def _broken(offer: Offer, inside: Inside, floors: Floors, others: Beside) -> Broken | None:
    found = places(offer, inside)
    return worst_bundle(found, floors, others) if found else None


def _unborne(offer: Offer, broken: Broken, currency: str) -> Refused:
    return Refused("margin", "A bundle would break the floor.", key="offers.refused_bundle_floor", field="parts", title=offer.title,
                   goods=list(dict.fromkeys(good.title for good in broken.goods)), floor_bp=broken.floor_bp,
                   short=Money(broken.short, currency))


def _keep_basket(offer: Offer, goods: Sequence[tuple[Good, int]], floors: Floors) -> None:
    """Discounts on the basket are not trimmed by product, so the poorest good must bear them."""
    benefit = offer.benefit
    if offer.own_class != "order" or benefit is None:
        return
    minimum = offer.basket.amounts[0].amount if offer.basket.amounts else 0
    for good, most in goods:
        least = max(good.price, minimum)
        if least <= 0:
            continue
        off = benefit.basis_points if benefit.worth == "percent" else -(-benefit.amounts[0].amount * 10_000 // least)
        if off > most:
            raise Refused("margin", "An offer on the basket would break the floor.", key="offers.refused_floor", field="benefit",
                          title=good.title, most_bp=most, floor_bp=floors.of(good.product_id))


def named(offer: Offer) -> tuple[Goods, ...]:
    """The goods from which an offer takes."""
    if offer.parts or offer.drawn:  # of one that is drawn its sets are weighed
        return tuple(part.goods for part in offer.parts if part.benefit or offer.whole)
    return (offer.goods,)

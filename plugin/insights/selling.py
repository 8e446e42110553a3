"""What offers have brought: added up from the rows that settling wrote (``offers.tables.sales``), from unit costs, and from what browsers
counted. docs/reports.md says what each figure is. Amounts are in the shop's currency; orders in another one are not in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision
from plugin.db import ShopId
from plugin.experiments import tables as experiments
from plugin.experiments.rules import Tally
from plugin.insights.priced import whole
from plugin.insights.rules.effect import Effect, Group, effect
from plugin.insights.rules.intervals import WHOLE
from plugin.insights.rules.periods import Span
from plugin.mirror.tables import Cost, OrderLine, Variant
from plugin.offers.tables.sales import OfferSale

_FIGURES = ("orders", "adding", "bought", "kept", "caused", "discount", "beside", "cost", "unknown", "unknown_units")


@dataclass(frozen=True, slots=True)
class Sums:
    """``orders``: in which the offer added something or took something off; ``adding``: in which it added. ``cost``: of the kept units
    whose cost is known or assumed; ``unknown``: the part of ``caused`` whose cost is not. For the rest see ``offers.rules.sold``."""

    orders: int = 0
    adding: int = 0
    bought: int = 0
    kept: int = 0
    caused: int = 0
    discount: int = 0
    beside: int = 0
    cost: int = 0
    unknown: int = 0
    unknown_units: int = 0

    @property
    def margin(self) -> int:
        """Of what the offer caused, after the goods' cost and what it took off goods that it did not add. Where a cost is not known,
        nothing counts as margin."""
        return self.caused - self.unknown - self.cost - self.beside

    @property
    def known_margin(self) -> int | None:
        """None where no cost of what was kept is known: then 0 would be a claim too."""
        return None if self.unknown_units and self.unknown_units == self.kept else self.margin


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows: of one offer, or of all; ``cost_bp``: what goods without a known cost are taken to cost, of their price."""

    currency: str
    offer_id: UUID | None = None
    cost_bp: int | None = None
    span: Span | None = None


def total(session: Session, shop_id: ShopId, scope: Scope) -> Sums:
    return next(iter(_sums(session, shop_id, scope, []).values()), Sums())


def by_placement(session: Session, shop_id: ShopId, scope: Scope) -> dict[str, Sums]:
    return {key[0]: sums for key, sums in _sums(session, shop_id, scope, [OfferSale.placement]).items()}


def by_offer(session: Session, shop_id: ShopId, scope: Scope) -> dict[UUID, Sums]:
    return {key[0]: sums for key, sums in _sums(session, shop_id, scope, [OfferSale.offer_id]).items()}


def _sums(session: Session, shop_id: ShopId, scope: Scope, groups: Sequence[Any]) -> dict[tuple[Any, ...], Sums]:
    asked = _priced(shop_id, scope, groups)
    found = session.execute(asked.group_by(*groups) if groups else asked).all()
    return {tuple(row[:len(groups)]): _read(row[len(groups):]) for row in found}


def _read(figures: Sequence[Any]) -> Sums:
    """In the order of the fields of Sums, which is that of ``_priced``."""
    return Sums(**{name: int(figure or 0) for name, figure in zip(_FIGURES, figures, strict=True)})


def _priced(shop_id: ShopId, scope: Scope, groups: Sequence[Any]) -> Select[Any]:
    assumed = null() if scope.cost_bp is None else (OrderLine.amount * scope.cost_bp + WHOLE // 2) // WHOLE
    unit = func.coalesce(Cost.amount, assumed)
    is_unknown = and_(unit.is_(None), OfferSale.kept > 0)
    added = case((OfferSale.bought > 0, OfferSale.order_id))
    return (select(*groups, func.count(OfferSale.order_id.distinct()), func.count(added.distinct()),
                   *(whole(func.sum(one)) for one in (
                       OfferSale.bought, OfferSale.kept, OfferSale.caused, OfferSale.discount, OfferSale.beside,
                       func.coalesce(unit, 0) * OfferSale.kept, case((is_unknown, OfferSale.caused), else_=0),
                       case((is_unknown, OfferSale.kept), else_=0))))
            .select_from(OfferSale)
            .outerjoin(OrderLine, and_(OrderLine.shop_id == OfferSale.shop_id, OrderLine.order_id == OfferSale.order_id,
                                       OrderLine.id == OfferSale.line_id))
            .outerjoin(Variant, and_(Variant.shop_id == OfferSale.shop_id, Variant.id == OfferSale.variant_id))
            .outerjoin(Cost, and_(Cost.shop_id == Variant.shop_id, Cost.inventory_item_id == Variant.inventory_item_id,
                                  Cost.currency == OfferSale.currency))
            .where(*_where(shop_id, scope)))


def _where(shop_id: ShopId, scope: Scope) -> list[ColumnElement[bool]]:
    told = [OfferSale.shop_id == shop_id, OfferSale.currency == scope.currency]
    told += [OfferSale.offer_id == scope.offer_id] if scope.offer_id else []
    return told + ([OfferSale.ordered_at >= scope.span.since, OfferSale.ordered_at < scope.span.until] if scope.span else [])


@dataclass(frozen=True, slots=True)
class Beside:
    """What offers brought in all orders, and what of it lies in friends' orders, where the programme's profit and loss has it already."""

    every: Sums
    friends: Sums

    @property
    def margin(self) -> int:
        return self.every.margin - self.friends.margin


def beside_programme(session: Session, shop_id: ShopId, scope: Scope) -> Beside:
    return Beside(total(session, shop_id, scope), among_friends(session, shop_id, scope))


def among_friends(session: Session, shop_id: ShopId, scope: Scope) -> Sums:
    """The part that lies in orders which friends placed: the programme's profit and loss holds it already."""
    brought = select(Decision.order_id).where(Decision.shop_id == shop_id, Decision.verdict == "attributed")
    asked = _priced(shop_id, scope, []).where(OfferSale.order_id.in_(brought))
    return _read(session.execute(asked).one())


def orders_of(shop_id: ShopId, scope: Scope) -> Select[str]:
    """The ids of the orders that these rows lie in."""
    return select(OfferSale.order_id).where(*_where(shop_id, scope))


def course(session: Session, shop_id: ShopId, scope: Scope, spans: Sequence[Span]) -> list[int]:
    """What was caused in each span. One statement, each part a look into one index."""
    if not spans:
        return []
    parts = [select(literal(n).label("n"), whole(func.coalesce(func.sum(OfferSale.caused), 0)).label("caused")).where(
        *_where(shop_id, Scope(scope.currency, scope.offer_id, span=span))) for n, span in enumerate(spans)]
    return [int(caused) for _, caused in sorted(tuple(row) for row in session.execute(union_all(*parts)))]


def began(session: Session, shop_id: ShopId, scope: Scope) -> datetime | None:
    """When the first order came that an offer had to do with."""
    return session.scalar(select(func.min(OfferSale.ordered_at)).where(*_where(shop_id, scope)))


def seen(session: Session, shop_id: ShopId, offers: Mapping[int, UUID], first: date | None, last: date) -> dict[tuple[UUID, str], Tally]:
    """What browsers counted, by offer and placement. Held-out visitors were shown nothing, so they are not in it."""
    found: dict[tuple[UUID, str], Tally] = {}
    for place, tally in experiments.counts(session, shop_id, offers.keys(), first, last).items():
        if place.arm != "held":
            key = offers[place.offer], place.placement
            found[key] = found.get(key, Tally()) + tally
    return found


@dataclass(frozen=True, slots=True)
class Trial:
    """What an offer changes, in money and in units kept, since the share that is held out now was set."""

    since: datetime
    held_bp: int
    net: Effect
    kept: Effect


def trial(session: Session, shop_id: ShopId, scope: Scope, number: int, *, held_bp: int, since: datetime, days: tuple[date, date]) -> Trial:
    """``days``: the first and the last day of the counting since then."""
    visitors = {"shown": 0, "held": 0}
    for place, tally in experiments.counts(session, shop_id, [number], *days).items():
        visitors[place.arm] = visitors.get(place.arm, 0) + tally.visitors
    theirs = experiments.per_visitor(session, shop_id, number, scope.currency, since=since)

    def of(name: str) -> Effect:
        shown, held = (Group(visitors[arm], theirs.get(arm, {}).get(name, {})) for arm in ("shown", "held"))
        return effect(shown, held, held_bp)

    return Trial(since, held_bp, of("net"), of("kept"))

"""Whether an offer does what its merchant wants of it: each purpose (``offers.rules.model.Outcome``) has its own figure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.insights.priced import ranked
from plugin.insights.selling import Scope, Sums, among_friends, orders_of
from plugin.offers.rules.model import Outcome


@dataclass(frozen=True, slots=True)
class Reached:
    """``part`` of ``whole``: for "basket" what all orders with added units grew by, in minor units, and how many those are; for "units" the
    units kept and the orders; for "friends" friends' orders and all; for "again" buyers who bought again later and all buyers."""

    part: int
    whole: int


def reached(session: Session, shop_id: ShopId, scope: Scope, outcome: Outcome, sums: Sums) -> Reached:
    """``sums``: the offer's, of the same scope."""
    return _FIGURES[outcome](session, shop_id, scope, sums)


def _basket(_session: Session, _shop_id: ShopId, _scope: Scope, sums: Sums) -> Reached:
    return Reached(sums.caused, sums.adding)


def _units(_session: Session, _shop_id: ShopId, _scope: Scope, sums: Sums) -> Reached:
    return Reached(sums.kept, sums.adding)


def _friends(session: Session, shop_id: ShopId, scope: Scope, sums: Sums) -> Reached:
    return Reached(among_friends(session, shop_id, scope).orders, sums.orders)


def _again(session: Session, shop_id: ShopId, scope: Scope, _sums: Sums) -> Reached:
    """Of those who bought with the offer, who bought again after their first order with it."""
    again, buyers = session.execute(_buyers(shop_id, scope)).one()
    return Reached(int(again or 0), buyers)


def _buyers(shop_id: ShopId, scope: Scope) -> Select[Any, int]:
    orders = ranked(shop_id)
    met = case((orders.c.id.in_(orders_of(shop_id, scope)), orders.c.rank))
    theirs = (select(func.min(met).label("first"), func.max(orders.c.rank).label("last"))
              .where(orders.c.currency == scope.currency).group_by(orders.c.buyer).having(func.min(met).is_not(None)).subquery("theirs"))
    return select(func.sum(case((theirs.c.last > theirs.c.first, 1), else_=0)), func.count()).select_from(theirs)


_FIGURES: Mapping[Outcome, Callable[[Session, ShopId, Scope, Sums], Reached]] = {
    "basket": _basket, "units": _units, "friends": _friends, "again": _again}

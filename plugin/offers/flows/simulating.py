"""What an offer would have done to past orders. Nothing is written; a batch at a time, so that many orders are no long wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.margin.rules import Floors, Sold, keeps
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Order
from plugin.offers import tables
from plugin.offers.flows.configuring import configure
from plugin.offers.rules.cart import Context, Line, Outcome, Told
from plugin.offers.rules.compiled import Compiled
from plugin.offers.rules.drawing import Drawn
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import OF_SETS, Offer, Schedule
from plugin.offers.rules.reaching import marks
from plugin.offers.tables.sales import sales_of
from plugin.shops import tables as shops

PERIOD, A_BATCH = timedelta(days=30), 100


@dataclass(frozen=True, slots=True)
class Batch:
    """``seen`` orders, of which the offer would have applied to ``applied`` and taken ``cost`` minor units off, ``sold`` being what those
    orders' goods list. ``broken``: it would have brought so many below the floor; ``unknown``: of so many the goods' cost is not known.
    ``left_out``: orders in other currencies, and such as cannot be read as a cart. ``last``: where the next batch goes on, None at the end.
    """

    seen: int = 0
    applied: int = 0
    cost: int = 0
    sold: int = 0
    broken: int = 0
    unknown: int = 0
    left_out: int = 0
    last: str | None = None


def simulate(session: Session, shop_id: ShopId, offer: Offer, *, beside: Sequence[Offer], after: str | None, now: datetime) -> Batch:
    """The next hundred orders of the last thirty days under ``offer`` and what else is live. Its dates and those of the others do not
    count: the question is what it would have done. Raises Refused as configuring does."""
    offers = [_dateless(one) for one in (*beside, offer)]
    whole = configure(session, shop_id, offers, now=now)
    asked = _Asked(whole.compiled, offer, whole.drawn.get(offer.id, {}))
    ids = tables.past_orders(session, shop_id, since=now - PERIOD, after=after, limit=A_BATCH)
    currency, floors = shops.get(session, shop_id).currency, margins.floors(session, shop_id)
    told = [_one(session, shop_id, order, asked, currency=currency, floors=floors)
            for order in (mirror.load(session, shop_id, id_) for id_ in ids) if order is not None]
    return _sum(told, len(ids), ids[-1] if len(ids) == A_BATCH else None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """``drawn``: what would stand on which page, of an offer whose companions the orders choose."""

    compiled: Compiled
    offer: Offer
    drawn: Drawn

    def takes(self, told: Iterable[Told], lines: Iterable[Line]) -> tuple[bool, int]:
        """Does it apply, and what does it take? One that only recommends applies where its goods were bought together all the same."""
        if self.offer.recommends:
            bought = {str(line.product) for line in lines}
            return any(page in bought and bought.intersection(mates) for page, mates in self.drawn.items()), 0
        mine = [one for one in told if one.number % OF_SETS == self.offer.number]
        return any(one.taken for one in mine), sum(one.amount for one in mine)


def _one(session: Session, shop_id: ShopId, order: Order, asked: _Asked, *, currency: str, floors: Floors) -> Batch:
    compiled = asked.compiled
    lines = lines_of(session, shop_id, order, compiled)
    if order.currency != currency or not lines:
        return Batch(left_out=1)
    try:
        outcome = evaluate(compiled, lines, Context(order.currency, country=order.country or ""))
    except Refused:
        return Batch(left_out=1)
    taken, cost = asked.takes(outcome.told, lines)
    if not taken:
        return Batch()
    listed = sum(line.price * line.quantity for line in lines)
    broken, unknown = _breaks(session, shop_id, order, outcome, floors)
    return Batch(applied=1, cost=cost, sold=listed, broken=broken, unknown=unknown)


def _breaks(session: Session, shop_id: ShopId, order: Order, outcome: Outcome, floors: Floors) -> tuple[int, int]:
    """(1 if the floors held as it was bought and would not with the offers as well, 1 if that rests on a cost that is not known). What
    came off the order then, but for our offers, comes off it again: nobody can say which of both Shopify would have let stand."""
    if not floors:
        return 0, 0
    costs, ours = margins.costs_of(session, shop_id, order.lines, order.currency), _ours(session, shop_id, order)
    before = [Sold(line.product_id, min(line.price.amount * line.quantity, line.paid.amount + ours.get(line.id, 0)), cost)
              for line, cost in zip(order.lines, costs, strict=True)]
    after = [replace(one, paid=max(0, one.paid - outcome.product(line.id) - outcome.order_lines.get(line.id, 0)))
             for one, line in zip(before, order.lines, strict=True)]
    held = keeps(before, floors)
    return (0, 1) if held is None else (int(held and not keeps(after, floors)), 0)


def _ours(session: Session, shop_id: ShopId, order: Order) -> dict[str, int]:
    """By line, what our offers took off then."""
    found: dict[str, int] = {}
    for sale in sales_of(session, shop_id, order.id):
        found[sale.line_id] = found.get(sale.line_id, 0) + sale.discount
    return found


def lines_of(session: Session, shop_id: ShopId, order: Order, compiled: Compiled, *, chosen: bool = False) -> list[Line]:
    """As they were bought, before discounts. ``chosen``: also the offer from which each was added."""
    known = {one.id: one for one in mirror.products(session, shop_id, sorted({line.product_id for line in order.lines if line.product_id}))}
    return [Line(line.id, int(line.variant_id or 0), int(line.product_id or 0), line.price.amount, line.quantity,
                 marks(known[line.product_id], compiled) if line.product_id in known else 0, line.offer if chosen else 0)
            for line in order.lines if line.quantity > 0]


def _sum(told: Sequence[Batch], seen: int, last: str | None) -> Batch:
    return Batch(seen, sum(one.applied for one in told), sum(one.cost for one in told), sum(one.sold for one in told),
                 sum(one.broken for one in told), sum(one.unknown for one in told), sum(one.left_out for one in told), last)


def _dateless(offer: Offer) -> Offer:
    return replace(offer, schedule=Schedule(), native=False)

"""What an offer would have done to past orders. Nothing is written; a batch at a time, so that many orders are no long wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Order
from plugin.offers import tables
from plugin.offers.flows.configuring import configure
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiled import Compiled
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Offer, Schedule
from plugin.shops import tables as shops

PERIOD, A_BATCH = timedelta(days=30), 100
WHOLE = 10_000


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
    compiled = configure(session, shop_id, offers, now=now).compiled
    ids = tables.past_orders(session, shop_id, since=now - PERIOD, after=after, limit=A_BATCH)
    currency, floor_bp = shops.get(session, shop_id).currency, _floor(session, shop_id)
    told = [_one(session, shop_id, order, compiled, number=offer.number, currency=currency, floor_bp=floor_bp)
            for order in (mirror.load(session, shop_id, id_) for id_ in ids) if order is not None]
    return _sum(told, len(ids), ids[-1] if len(ids) == A_BATCH else None)


def _one(session: Session, shop_id: ShopId, order: Order, compiled: Compiled, *, number: int, currency: str, floor_bp: int | None) -> Batch:
    lines = _lines(session, shop_id, order, compiled)
    if order.currency != currency or not lines:
        return Batch(left_out=1)
    try:
        outcome = evaluate(compiled, lines, Context(order.currency, country=order.country or ""))
    except Refused:
        return Batch(left_out=1)
    told = next(one for one in outcome.told if one.number == number)
    if not told.taken:
        return Batch()
    listed = sum(line.price * line.quantity for line in lines)
    broken, unknown = _breaks(session, shop_id, order, listed=listed, paid=listed - outcome.total, floor_bp=floor_bp)
    return Batch(applied=1, cost=told.amount, sold=listed, broken=broken, unknown=unknown)


def _breaks(session: Session, shop_id: ShopId, order: Order, *, listed: int, paid: int, floor_bp: int | None) -> tuple[int, int]:
    """(1 if the floor held at list prices and would not with the offers, 1 if the cost is not known)."""
    if floor_bp is None:
        return 0, 0
    cost = margins.cost_of(session, shop_id, order.lines, order.currency)
    if cost is None:
        return 0, 1
    held = (listed - cost.amount) * WHOLE >= floor_bp * listed
    return int(held and (paid - cost.amount) * WHOLE < floor_bp * paid), 0


def _lines(session: Session, shop_id: ShopId, order: Order, compiled: Compiled) -> list[Line]:
    """As they were bought, before discounts. Collections are known to Shopify alone, so what asks for one takes nothing here."""
    known = {one.id: one for one in mirror.products(session, shop_id, sorted({line.product_id for line in order.lines if line.product_id}))}
    numbers = count()
    return [Line(str(next(numbers)), int(line.variant_id or 0), int(line.product_id or 0), line.price.amount, line.quantity,
                 _marks(compiled, known[line.product_id].tags if line.product_id in known else ()))
            for line in order.lines if line.quantity > 0]


def _marks(compiled: Compiled, tags: Sequence[str]) -> int:
    return sum(1 << 4 + at for at, tag in enumerate(compiled.tags) if tag in tags)


def _sum(told: Sequence[Batch], seen: int, last: str | None) -> Batch:
    return Batch(seen, sum(one.applied for one in told), sum(one.cost for one in told), sum(one.sold for one in told),
                 sum(one.broken for one in told), sum(one.unknown for one in told), sum(one.left_out for one in told), last)


def _dateless(offer: Offer) -> Offer:
    return replace(offer, schedule=Schedule())


def _floor(session: Session, shop_id: ShopId) -> int | None:
    kept = margins.floor(session, shop_id)
    return kept.floor_bp if kept else None

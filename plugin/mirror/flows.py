"""Bringing the mirror up to what Shopify tells, whatever the order in which it tells it.

A telling of an order replaces an older one; what is monotone (refunds, a cancellation, having been paid) is only ever
added. So the state is a function of the set of what was told, not of its sequence.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, insert, update
from sqlalchemy.orm import Session

from plugin.db import ShopId, insert_once
from plugin.mirror import rules, tables
from plugin.mirror.tables import DeletedOrder, Dispute, Order, OrderLine, Refund
from plugin.people import flows as people
from plugin.people.tables import Person
from plugin.shopify.payloads import BuyerTold, DiscountTold, DisputeTold, LineTold, OrderTold, RefundTold


def apply_order(session: Session, shop_id: ShopId, told: OrderTold, now: datetime) -> bool:
    """Take in a telling of an order. True if anything we know changed, and the order must be settled again."""
    if session.get(DeletedOrder, (shop_id, told.id)) is not None:
        return False
    row = tables.row_of(session, shop_id, told.id, lock=True)
    changed = _add_refunds(session, shop_id, told.refunds)
    if row is None:
        row = _first(session, shop_id, told)
        changed = True
    elif _is_newer(session, told, row):
        _replace_lines(session, row, told)
        changed = True
    changed |= _add_lasting(row, told)
    _meet_buyer(session, row, told, now)
    if changed:
        touch(row)
    session.flush()
    return changed


def apply_refund(session: Session, shop_id: ShopId, told: RefundTold) -> bool:
    """Take in a refund, perhaps before its order. True if it was new."""
    row = tables.row_of(session, shop_id, told.order_id, lock=True)
    if not _add_refunds(session, shop_id, [told]):
        return False
    if row is not None:
        touch(row)
        session.flush()
    return True


def apply_dispute(session: Session, shop_id: ShopId, told: DisputeTold, now: datetime) -> bool:
    """Take in how a dispute stands. True if it was new."""
    row = session.get(Dispute, (shop_id, told.order_id, told.id), with_for_update=True)
    if row is None:
        return insert_once(session, Dispute, {"shop_id": shop_id, "order_id": told.order_id, "id": told.id, "kind": told.kind,
                                              "status": told.status, "seen_at": now})
    row.kind, row.status = told.kind, told.status
    session.flush()
    return False


def delete_order(session: Session, shop_id: ShopId, order_id: str, now: datetime) -> None:
    """The order is gone at Shopify: it counts as cancelled, and no late telling brings it back."""
    if not insert_once(session, DeletedOrder, {"shop_id": shop_id, "order_id": order_id, "at": now}):
        return
    row = tables.row_of(session, shop_id, order_id, lock=True)
    if row is not None:
        row.cancelled_at = row.cancelled_at or now
        touch(row)
        session.flush()


def touch(row: Order) -> None:
    """Something about the order changed: it is to be settled, at once."""
    row.revision += 1
    row.settled = row.counted = False
    row.retry_at = None
    row.failures = 0


def settled(session: Session, shop_id: ShopId, order_id: str, revision: int, next_at: datetime | None) -> None:
    """The order was settled as of ``revision``; ``next_at`` (business time) says when to look again without news.

    If it changed meanwhile it stays unsettled.
    """
    row = tables.row_of(session, shop_id, order_id, lock=True)
    if row is None or row.settled_revision > revision:
        return
    row.settled_revision, row.settle_at = revision, next_at
    row.settled = row.revision == revision
    row.retry_at, row.failures, row.error = None, 0, None
    session.flush()


def weigh(session: Session, shop_id: ShopId, order: rules.Order) -> None:
    """Write down what is left of an order, for whoever adds up many: in the same transaction in which its books are settled."""
    row = session.get_one(Order, (shop_id, order.id))
    row.subtotal, row.net = order.subtotal.amount, order.net.amount
    left = {line.id: 0 if order.is_dead else line.current_quantity for line in order.lines}
    changed = [{"shop_id": shop_id, "order_id": order.id, "id": line.id, "kept": left[line.id]}
               for line in order.lines if left[line.id] != line.quantity]
    if changed:  # a line is born with all its units, and loses them for good
        session.execute(update(OrderLine), changed)


def counted(session: Session, shop_id: ShopId, revisions: Mapping[str, int]) -> None:
    """What was bought together has been counted as of these revisions; an order that changed meanwhile is counted again."""
    unchanged = (Order.shop_id == shop_id, Order.id == bindparam("which"), Order.revision == bindparam("seen"))
    session.connection().execute(update(Order).where(*unchanged).values(counted=True),
                                 [{"which": order_id, "seen": revision} for order_id, revision in revisions.items()])
    session.expire_all()


def count_again(session: Session, shop_id: ShopId, *, since: datetime) -> None:
    """Every order from then on is to be counted anew."""
    session.execute(update(Order).where(Order.shop_id == shop_id, Order.created_at >= since, Order.counted).values(counted=False)
                    .execution_options(synchronize_session=False))
    session.expire_all()


def settling_failed(session: Session, shop_id: ShopId, order_id: str, error: str, *, retry_at: datetime) -> None:
    """Settling came to nothing this time; ``retry_at`` is machine time."""
    session.execute(update(Order).where(Order.shop_id == shop_id, Order.id == order_id).values(
        failures=Order.failures + 1, error=error[:500], retry_at=retry_at).execution_options(synchronize_session=False))
    session.expire_all()


def settle_again(session: Session, shop_id: ShopId, order_id: str) -> bool:
    """Something outside the order changed what it should cause. False if we do not know the order."""
    row = tables.row_of(session, shop_id, order_id, lock=True)
    if row is None:
        return False
    touch(row)
    session.flush()
    return True


# -- within an order ---------------------------------------------------------------------------------------------------


def _is_newer(session: Session, told: OrderTold, row: Order) -> bool:
    if told.updated_at != row.updated_at:
        return told.updated_at > row.updated_at
    lines, units, removed = tables.extent(session, row.shop_id, row.id)
    kept = rules.Telling(row.updated_at, lines, units, removed, row.financial, row.told_cancelled, row.digest)
    return rules.Telling(
        told.updated_at, len(told.lines), sum(line.quantity for line in told.lines), sum(line.removed for line in told.lines),
        told.financial, told.cancelled_at is not None, told.digest).is_newer(kept)


def _first(session: Session, shop_id: ShopId, told: OrderTold) -> Order:
    row = Order(shop_id=shop_id, id=told.id, cancelled_at=None, paid_once=False, revision=0, settled_revision=0, settled=False,
                counted=False, failures=0, **_header(told))
    session.add(row)
    session.flush()
    _add_lines(session, row, told)
    return row


def _replace_lines(session: Session, row: Order, told: OrderTold) -> None:
    for name, value in {**_header(told), "risk": told.risk or row.risk}.items():
        setattr(row, name, value)
    session.execute(delete(OrderLine).where(OrderLine.shop_id == row.shop_id, OrderLine.order_id == row.id))
    session.flush()
    _add_lines(session, row, told)


def _header(told: OrderTold) -> dict[str, Any]:
    return {
        "name": told.name, "currency": told.currency, "created_at": told.created_at, "updated_at": told.updated_at, "digest": told.digest,
        "told_cancelled": told.cancelled_at is not None, "financial": told.financial, "test": told.test, "customer_id": told.customer_id,
        "shipping": told.shipping.amount, "shipping_discounts": _stored(told.shipping_discounts), "codes": list(told.codes),
        "attributes": dict(told.attributes), "landing_site": told.landing_site, "country": told.country, "risk": told.risk,
        "gateways": list(told.gateways), "heard": told.heard}


def _add_lines(session: Session, row: Order, told: OrderTold) -> None:
    """One statement for all of them: an order may have hundreds."""
    if told.lines:
        session.execute(insert(OrderLine), [_line(row, line, position) for position, line in enumerate(told.lines)])


def _line(row: Order, told: LineTold, position: int) -> dict[str, Any]:
    return {
        "shop_id": row.shop_id, "order_id": row.id, "id": told.id, "position": position, "product_id": told.product_id,
        "variant_id": told.variant_id, "title": told.title, "quantity": told.quantity, "removed": told.removed,
        "kept": told.quantity - told.removed,
        "amount": told.price.amount, "currency": told.price.currency, "discounts": _stored(told.discounts),
        "offer": told.offer, "placement": told.placement, "bundle_id": told.bundle_id}


def _stored(discounts: Iterable[DiscountTold]) -> list[dict[str, Any]]:
    return [{"kind": one.kind, "code": one.code, "title": one.title, "amount": one.amount.amount} for one in discounts]


def _add_refunds(session: Session, shop_id: ShopId, refunds: Sequence[RefundTold]) -> bool:
    """Refunds are facts that stay: the first telling of each counts."""
    new = [insert_once(session, Refund, {
        "shop_id": shop_id, "order_id": refund.order_id, "id": refund.id, "created_at": refund.created_at,
        "amount": refund.unassigned.amount, "currency": refund.unassigned.currency,
        "lines": [{"line_id": line.line_id, "quantity": line.quantity, "amount": line.amount.amount} for line in refund.lines],
    }) for refund in refunds]
    return any(new)


def _add_lasting(row: Order, told: OrderTold) -> bool:
    """What no later telling takes back: the earliest cancellation, and having been paid."""
    before = (row.cancelled_at, row.paid_once)
    if told.cancelled_at is not None:
        row.cancelled_at = min(told.cancelled_at, row.cancelled_at or told.cancelled_at)
    row.paid_once = row.paid_once or told.financial in rules.PAID
    return (row.cancelled_at, row.paid_once) != before


def _meet_buyer(session: Session, row: Order, told: OrderTold, now: datetime) -> None:
    buyer = told.buyer
    if buyer is None:
        return
    person = _person(session, row, buyer, now)
    if person is not None:
        row.person_id = person.id
    people.note_order(session, row.shop_id, row.id, person, email=buyer.email, address=buyer.address, ip=buyer.ip, agent=buyer.agent)


def _person(session: Session, row: Order, buyer: BuyerTold, now: datetime) -> Person | None:
    if row.customer_id is None and people.key_of_email(session, row.shop_id, buyer.email) is None:
        return None
    return people.meet(session, row.shop_id, customer_id=row.customer_id, email=buyer.email, first_name=buyer.first_name,
                       locale=buyer.locale, now=now)


def forget_shop(session: Session, shop_id: ShopId) -> int:
    """The shop asked to be forgotten. Orders keep amounts and ids, and lose what could describe somebody."""
    gone = session.execute(update(Order).where(Order.shop_id == shop_id).values(
        customer_id=None, person_id=None, name="", attributes={}, landing_site=None, country=None, error=None))
    session.expire_all()
    return cast(CursorResult[Any], gone).rowcount

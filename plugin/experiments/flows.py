"""Drawing arms, adding up what browsers counted, and noting what visitors of each arm bought."""

import secrets
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy.orm import Session

from plugin.db import ShopId, insert_once
from plugin.experiments import rules, tables
from plugin.experiments.rules import Arm, Place, Tally
from plugin.experiments.tables import ExperimentKey, Outcome
from plugin.mirror.rules import Order

BYTES = 32


def secret(session: Session, shop_id: ShopId) -> str:
    """The shop's own, made when it is first asked for."""
    known = tables.key(session, shop_id)
    if known is None:
        insert_once(session, ExperimentKey, {"shop_id": shop_id, "secret": secrets.token_hex(BYTES)})
        known = tables.key(session, shop_id)
    assert known is not None
    return known


def held_customers(session: Session, shop_id: ShopId, shares: Mapping[int, int],
                   customer_ids: Collection[str]) -> dict[str, frozenset[int]]:
    """Of each customer the offers, by number, from which they are held out: the same that the storefront works out for them.

    ``shares``: number → held-out basis points."""
    held = {number: held_bp for number, held_bp in shares.items() if held_bp}
    if not held:
        return dict.fromkeys(customer_ids, frozenset())
    known = secret(session, shop_id)
    return {one: rules.held_out(known, held, rules.customer(one)) for one in customer_ids}


def note_landing(session: Session, shop_id: ShopId, day: date, offers: Collection[int], *, added: bool = False) -> None:
    """The page that we drew ourselves showed these offers, or put them into a cart. Nothing is read from or kept in the browser for it."""
    tally = Tally(added=1) if added else Tally(shown=1)
    tables.add(session.connection(), shop_id, day, {Place(number, "landing", "all"): tally for number in offers})


def note_order(session: Session, shop_id: ShopId, order: Order, shares: Mapping[int, int]) -> None:
    """Which arms an order's visitor was in and what it came to, brought up to date. ``shares``: those in force when it was placed.

    One that was never paid, is a test or was cancelled comes to nothing, and stays: its visitor did order."""
    told, known = rules.met(order.attributes), tables.key(session, shop_id)
    if not told or known is None or order.test:
        return
    noted = tables.outcomes(session, shop_id, order.id)
    for number, (salt, visitor) in sorted(told.items()):
        held_bp = shares.get(number, 0)
        if not held_bp or salt != rules.salt(known, number, held_bp):
            continue
        row = noted.get(number)
        if row is None:
            arm: Arm = "held" if rules.is_held(salt, visitor, held_bp) else "shown"
            row = Outcome(shop_id=shop_id, offer=number, order_id=order.id, visitor=rules.pseudonym(known, visitor), arm=arm,
                          ordered_at=order.created_at, currency=order.currency)
            session.add(row)
        lives = order.paid_once and not order.is_dead
        row.net, row.kept = (order.net.amount, sum(line.current_quantity for line in order.lines)) if lives else (0, 0)
    session.flush()

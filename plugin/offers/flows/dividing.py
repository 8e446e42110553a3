"""Whose part of a discount is whose where several offers took something off one line: Shopify tells one sum for them ("A + B"), so
what each took is worked out again on the goods as they were bought."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.mirror.rules import Order
from plugin.offers.flows.configuring import configure
from plugin.offers.flows.simulating import lines_of
from plugin.offers.rules.cart import Context, Outcome
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import OF_SETS, Audience, Offer, Schedule
from plugin.offers.rules.sold import Known, shared
from plugin.offers.tables import in_force_at


def divided(session: Session, shop_id: ShopId, order: Order, known: Known, now: datetime) -> Known:
    """With the parts of lines that offers share. That they were applied is known, so it is not asked again to whom, nor when; their terms
    are those of the order's time. Without parts where they cannot be worked out."""
    applied = shared(order, known)
    offers = [one for one in _then(session, shop_id, order) if one.number in applied] if applied else []
    if not offers or len(offers) < len(applied):
        return known
    try:
        compiled = configure(session, shop_id, [_for_all(one) for one in offers], now=now, leaving_out=True).compiled
        outcome = evaluate(compiled, lines_of(session, shop_id, order, compiled, chosen=True),
                           Context(order.currency, country=order.country or ""))
    except Refused:
        return known
    return replace(known, parts={line.id: _parts(outcome, line.id) for line in order.lines})


def _then(session: Session, shop_id: ShopId, order: Order) -> list[Offer]:
    return [version.offer() for version in in_force_at(session, shop_id, order.created_at)]


def _for_all(offer: Offer) -> Offer:
    return replace(offer, schedule=Schedule(), audience=Audience(), native=False, code="")


def _parts(outcome: Outcome, line_id: str) -> dict[int, int]:
    """An order's discount lies on all lines in one proportion, so its offers share each line as they share the whole. The sets of one
    offer are that offer."""
    found: dict[int, int] = {}
    for number, amount in (*outcome.lines.get(line_id, {}).items(), *outcome.order.items()):
        found[number % OF_SETS] = found.get(number % OF_SETS, 0) + amount
    return found

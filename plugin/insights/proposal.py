"""A first programme proposed from the shop's own orders; the guide of the first ten minutes shows it."""

from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.insights.readiness import refunds, repeat
from plugin.insights.rules.proposal import Facts, Proposal, propose
from plugin.insights.value import basis


def facts(session: Session, shop_id: ShopId, currency: str, now: datetime) -> Facts:
    found = basis(session, shop_id, currency)
    return Facts(currency, found.order, found.margin_bp, found.known_bp, repeat(session, shop_id, now), refunds(session, shop_id))


def proposal(session: Session, shop_id: ShopId, currency: str, now: datetime) -> Proposal:
    """Nothing is written; ``rules.proposal.as_form`` gives the fields from which ``referrals.flows`` makes a draft."""
    return propose(facts(session, shop_id, currency, now))

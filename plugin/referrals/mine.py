"""What is read for a person's own page: their rewards, and friends' orders that earned them none, with the reason of each."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import tables as attribution
from plugin.attribution.tables import Code, Decision
from plugin.db import ShopId
from plugin.guardrails.tables import Case
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.referrals import tables
from plugin.referrals.earnings import Earned, Refused
from plugin.rewards import tables as rewards
from plugin.rewards.tables import Reward

MOST = 100
"""Rows of a page; older ones are in the books."""


def earned(session: Session, shop_id: ShopId, person: Person) -> list[Earned]:
    """Their rewards under every id they ever had."""
    found: list[Reward] = []
    for known in people.all_ids(session, shop_id, person.id):
        found += rewards.of_person(session, shop_id, known, limit=MOST)
    placed = {row.order_id: row.ordered_at for row in _decisions(session, shop_id, [reward.order_id for reward in found])}
    return [Earned(reward, _code(session, shop_id, reward), placed.get(reward.order_id)) for reward in found]


def refused(session: Session, shop_id: ShopId, person: Person) -> list[Refused]:
    """Orders that their links or codes stood behind and that came to no reward of theirs."""
    found: list[Refused] = []
    gives = {key: version.advocate.kind != "none" for key, version in tables.versions(session, shop_id).items()}
    for advocate in tables.advocates_of(session, shop_id, people.all_ids(session, shop_id, person.id)):
        brought = [row for row in attribution.brought_by(session, shop_id, advocate.id, limit=MOST)
                   if row.verdict == "refused" or (row.verdict == "attributed" and row.version_id and gives.get(row.version_id))]
        rewarded = _rewarded(session, shop_id, [row.order_id for row in brought])
        found += [Refused(f"{advocate.id}-{n}", _reason(session, shop_id, row), row.ordered_at)
                  for n, row in enumerate(reversed(brought)) if row.order_id not in rewarded]
    return found


def _decisions(session: Session, shop_id: ShopId, order_ids: Sequence[str]) -> Sequence[Decision]:
    return session.scalars(select(Decision).where(Decision.shop_id == shop_id, Decision.order_id.in_(order_ids))).all()


def _rewarded(session: Session, shop_id: ShopId, order_ids: Sequence[str]) -> set[str]:
    return set(session.scalars(select(Reward.order_id).where(
        Reward.shop_id == shop_id, Reward.order_id.in_(order_ids), Reward.role == "advocate")))


def _reason(session: Session, shop_id: ShopId, row: Decision) -> str:
    if row.verdict == "refused":
        return row.reason or "other"
    case = session.get(Case, (shop_id, row.order_id))
    if case is not None and (case.state == "refused" or case.verdict == "deny"):
        return "checked"
    return "other" if row.net else "returned"


def _code(session: Session, shop_id: ShopId, reward: Reward) -> str | None:
    code = session.get(Code, (shop_id, reward.code_id)) if reward.code_id and reward.state == "issued" else None
    return code.code if code else None

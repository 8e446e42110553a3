"""Orders that somebody brought, or may have brought, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import finding
from plugin.attribution.tables import Decision, people_behind
from plugin.db import ShopId
from plugin.desk.listing import Choice, Ground, Listing, Sort
from plugin.guardrails.tables import Case
from plugin.messaging import texts
from plugin.messaging.naming import called
from plugin.mirror.tables import Order
from plugin.money import Money
from plugin.people.tables import Person
from plugin.referrals.listing import programmes
from plugin.rewards.tables import Reward

VERDICTS = ("attributed", "hold", "refused", "none")
REFERRED = ("attributed", "hold", "refused")
REASONS = ("test_order", "cancelled", "voided", "empty", "unknown_advocate", "not_in_force", "advocate_stopped", "own_order",
           "programme_dates", "not_claimed", "after_order", "outside_window", "country", "country_unknown", "currency", "below_minimum",
           "not_new", "capped")


@dataclass(frozen=True, slots=True)
class Referral:
    """One row of the list. ``case``: the state of its case, if the guardrails had something to say."""

    decision: Decision
    order: Order | None
    advocate: Person | None
    rewards: tuple[Reward, ...]
    case: str | None

    @property
    def id(self) -> str:
        return self.decision.order_id

    @property
    def name(self) -> str:
        return self.order.name if self.order else self.decision.order_id

    @property
    def net(self) -> Money:
        return Money(self.decision.net, self.decision.currency)


def load(session: Session, shop_id: ShopId, keys: Sequence[str]) -> list[Referral]:
    """In the order of the keys; what was not decided yet is left out."""
    found = {row.order_id: row for row in session.scalars(select(Decision).where(Decision.shop_id == shop_id, Decision.order_id.in_(keys)))}
    orders = {order.id: order for order in session.scalars(select(Order).where(Order.shop_id == shop_id, Order.id.in_(keys)))}
    cases = {case.order_id: case.state for case in session.scalars(select(Case).where(Case.shop_id == shop_id, Case.order_id.in_(keys)))}
    advocates = people_behind(session, shop_id, [row.advocate_id for row in found.values() if row.advocate_id])
    rewards = rewards_of(session, shop_id, keys)
    return [Referral(row, orders.get(key), advocates.get(row.advocate_id) if row.advocate_id else None, rewards.get(key, ()),
                     cases.get(key))
            for key in keys if (row := found.get(key)) is not None]


def rewards_of(session: Session, shop_id: ShopId, order_ids: Sequence[str]) -> dict[str, tuple[Reward, ...]]:
    """Order → its rewards, in a fixed order."""
    found: dict[str, tuple[Reward, ...]] = {}
    rows = session.scalars(select(Reward).where(Reward.shop_id == shop_id, Reward.order_id.in_(order_ids)))
    for reward in sorted(rows, key=attrgetter("id")):  # sorted here: SQLite would walk all rewards of the shop in that order
        found[reward.order_id] = (*found.get(reward.order_id, ()), reward)
    return found


def states(rewards: Sequence[Reward], locale: str) -> str:
    """The states of an order's rewards in words, for a sheet."""
    return ", ".join(texts.say(locale, f"trace.reward.{reward.state}") for reward in rewards)


def _reason(row: Referral, ground: Ground) -> str | None:
    reason = row.decision.reason
    return texts.say_or(ground.locale, f"trace.reason.{reason}", reason) if reason else None


REFERRALS = Listing(
    name="referrals", path="/app/referrals", table=Decision, key=Decision.order_id, key_type=str,
    sorts=(Sort("placed", Decision.ordered_at, datetime), Sort("worth", Decision.net, int)),
    choices=(Choice("verdict", Decision.verdict, VERDICTS, words="trace.verdict"),
             Choice("reason", Decision.reason, REASONS, words="trace.reason", leads=True),
             Choice("programme", Decision.programme_id, None, options=programmes),
             Choice("advocate", Decision.advocate_id, None, leads=True)),
    find=finding.orders, load=load, split="verdict", shown=REFERRED, period=Decision.ordered_at, amount=Decision.net,
    sheet={"order": lambda row, _: row.name, "order_id": lambda row, _: row.id, "placed": lambda row, _: row.decision.ordered_at,
           "verdict": lambda row, ground: texts.say(ground.locale, f"trace.verdict.{row.decision.verdict}"), "reason": _reason,
           "advocate": lambda row, ground: called(row.advocate, ground.locale) if row.decision.advocate_id else None,
           "worth": lambda row, _: row.net, "currency": lambda row, _: row.decision.currency,
           "rewards": lambda row, ground: states(row.rewards, ground.locale),
           "case": lambda row, ground: texts.say(ground.locale, f"cases.state.{row.case}") if row.case else None})

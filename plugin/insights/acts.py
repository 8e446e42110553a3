"""What can be done to many rows at once, and what takes it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.desk import flows as desk
from plugin.desk import tables
from plugin.desk.flows import Ask
from plugin.desk.tables import Bulk
from plugin.errors import Broken, NotFound, Refused
from plugin.guardrails import flows as guardrails
from plugin.mirror import flows as mirror
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.referrals import flows as referrals
from plugin.referrals import tables as advocates
from plugin.referrals.flows import goodwill
from plugin.referrals.flows.goodwill import Goodwill
from plugin.rewards import tables as rewards
from plugin.rewards.flows import goodwill as gifts
from plugin.rewards.rules import BEFORE_ISSUE, LEAVING

MERCHANT = "merchant"


@dataclass(frozen=True, slots=True)
class Verb:
    """``undo``: the act that takes it back, None where nothing does."""

    listing: str
    act: desk.Act
    undo: str | None = None


def release(session: Session, shop_id: ShopId, order_id: str, ask: Ask) -> None:
    guardrails.release(session, shop_id, order_id, by=MERCHANT, now=ask.now, staff=ask.staff, reason=ask.reason)


def refuse(session: Session, shop_id: ShopId, order_id: str, ask: Ask) -> None:
    guardrails.refuse(session, shop_id, order_id, by=MERCHANT, now=ask.now, staff=ask.staff, reason=ask.reason)


def reopen(session: Session, shop_id: ShopId, order_id: str, ask: Ask) -> None:
    """Only while nothing was given and nothing taken back. Raises Refused("issued") after that."""
    for reward in rewards.of_order(session, shop_id, order_id, lock=True):
        if reward.state not in BEFORE_ISSUE and (reward.state not in LEAVING or reward.sent):
            raise Refused("issued", "A reward of this order was issued or taken back already.")
    guardrails.reopen(session, shop_id, order_id, ask)


def retry(session: Session, shop_id: ShopId, delivery_id: str, ask: Ask) -> None:
    if not outbox.revive(session, shop_id, _id(delivery_id)):
        raise Refused("not_dead", "This delivery has not given up.")


def settle(session: Session, shop_id: ShopId, order_id: str, ask: Ask) -> None:
    """Work out again what an order causes. Where nothing changed, nothing comes of it."""
    if not mirror.settle_again(session, shop_id, order_id):
        raise NotFound("order")


def stop(session: Session, shop_id: ShopId, advocate_id: str, ask: Ask) -> None:
    if advocates.advocate(session, shop_id, _id(advocate_id)).state == "stopped":
        raise Refused("stopped", "This advocate was stopped already.")
    referrals.stop(session, shop_id, _id(advocate_id), now=ask.now, staff=ask.staff, reason=ask.reason)


def resume(session: Session, shop_id: ShopId, advocate_id: str, ask: Ask) -> None:
    referrals.resume(session, shop_id, _id(advocate_id), ask)


def give(session: Session, shop_id: ShopId, advocate_id: str, ask: Ask) -> None:
    """A goodwill reward, as ``gift_facts`` wrote it down. Raises Refused where this advocate gets none."""
    goodwill.give(session, shop_id, _id(advocate_id), gift_of(ask.facts), act_id=_part_of(ask), now=ask.now)
    desk.note(session, shop_id, f"advocate:{advocate_id}", "given", ask)


def take_gift(session: Session, shop_id: ShopId, advocate_id: str, ask: Ask) -> None:
    """What the act that is undone gave this advocate. Raises Refused("used")."""
    goodwill.take_back(session, shop_id, _id(advocate_id), act_id=_part_of(ask), now=ask.now)
    desk.note(session, shop_id, f"advocate:{advocate_id}", "gift_taken", ask)


def withdraw(session: Session, shop_id: ShopId, reward_id: str, ask: Ask) -> None:
    """One goodwill reward, whenever it was given. Raises Refused("earned") and Refused("used")."""
    gifts.withdraw(session, shop_id, _id(reward_id), ask.now)


def gift_facts(wish: Goodwill) -> dict[str, Any]:
    """As it is kept with its act."""
    return {"amount": wish.amount.amount, "currency": wish.amount.currency, "minimum": wish.minimum.amount if wish.minimum else None,
            "days": wish.days}


def gift_of(facts: Mapping[str, Any]) -> Goodwill:
    """The inverse of ``gift_facts``."""
    least = facts["minimum"]
    currency = facts["currency"]
    return Goodwill(Money(facts["amount"], currency), Money(least, currency) if least is not None else None, facts["days"])


def _part_of(ask: Ask) -> UUID:
    if ask.bulk_id is None:
        raise Broken("goodwill outside of an act")
    return ask.bulk_id


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("row") from None


ACTS: Mapping[str, Verb] = {
    "release": Verb("cases", release, "reopen"), "refuse": Verb("cases", refuse, "reopen"), "reopen": Verb("cases", reopen),
    "settle": Verb("orders", settle), "retry": Verb("deliveries", retry),
    "stop": Verb("advocates", stop, "resume"), "resume": Verb("advocates", resume, "stop"),
    "give": Verb("advocates", give, "take_gift"), "take_gift": Verb("advocates", take_gift), "withdraw": Verb("rewards", withdraw)}


def verb(name: str) -> Verb:
    """Raises NotFound."""
    if name not in ACTS:
        raise NotFound("act")
    return ACTS[name]


def step(session: Session, shop_id: ShopId, bulk_id: UUID, *, now: datetime) -> Bulk:
    """The next few rows of a bulk action. Raises NotFound."""
    found = tables.bulk(session, shop_id, bulk_id)
    return desk.step(session, shop_id, bulk_id, verb(found.act).act, now=now)


def undo(session: Session, shop_id: ShopId, bulk_id: UUID, ask: Ask) -> Bulk:
    """Take a bulk action back. Raises NotFound, or Refused where nothing takes it back."""
    back = verb(tables.bulk(session, shop_id, bulk_id).act).undo
    if back is None:
        raise Refused("no_undo", "This cannot be undone.")
    return desk.undo(session, shop_id, bulk_id, back, ask)

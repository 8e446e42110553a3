"""What can be done to many rows at once, and what takes it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.desk import flows as desk
from plugin.desk import tables
from plugin.desk.flows import Ask
from plugin.desk.tables import Bulk
from plugin.errors import NotFound, Refused
from plugin.guardrails import flows as guardrails
from plugin.mirror import flows as mirror
from plugin.outbox import flows as outbox
from plugin.referrals import flows as referrals
from plugin.referrals import tables as advocates
from plugin.rewards import tables as rewards
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


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("row") from None


ACTS: Mapping[str, Verb] = {
    "release": Verb("cases", release, "reopen"), "refuse": Verb("cases", refuse, "reopen"), "reopen": Verb("cases", reopen),
    "settle": Verb("orders", settle), "retry": Verb("deliveries", retry),
    "stop": Verb("advocates", stop, "resume"), "resume": Verb("advocates", resume, "stop")}


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

"""What leaves for Shopify and for mailboxes, and what gave up on its way, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import finding
from plugin.attribution.tables import Code
from plugin.db import ShopId
from plugin.desk.listing import Choice, Listing, Sort
from plugin.messaging import texts
from plugin.messaging.tables import Mail
from plugin.mirror import tables as mirror
from plugin.outbox.tables import DEAD, DONE, FROZEN, LEASED, WAITING, Delivery
from plugin.rewards.rules import GOODWILL
from plugin.rewards.tables import Attempt, Reward

STATES = (DEAD, WAITING, LEASED, FROZEN, DONE)
KINDS = ("discount_create", "codes_add", "codes_poll", "codes_delete", "credit_issue", "credit_take_back", "credit_audit", "offers_publish",
         "bundle_publish", "collections_list", "collections_read", "markets_list", "natives_adopt",
         "discounts_read", "marks_set", "terms_announce", "mail")


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery and the order that caused it, where one did: its id and its name."""

    delivery: Delivery
    order_id: str | None
    order: str | None

    @property
    def id(self) -> UUID:
        return self.delivery.id


def load(session: Session, shop_id: ShopId, keys: Sequence[UUID]) -> list[Row]:
    found = {row.id: row for row in session.scalars(select(Delivery).where(Delivery.shop_id == shop_id, Delivery.id.in_(keys)))}
    caused = orders_of(session, shop_id, list(found.values()))
    names = mirror.names(session, shop_id, set(caused.values()))
    return [Row(found[key], order_id := caused.get(found[key].subject_id), names.get(order_id, order_id) if order_id else None)
            for key in keys if key in found]


def orders_of(session: Session, shop_id: ShopId, rows: Sequence[Delivery]) -> dict[UUID, str]:
    """Delivery's subject → the order that caused it, where one did."""
    ids = [row.subject_id for row in rows]
    found: dict[UUID, str] = {}
    for table, reward_of in ((Code, Code.reward_id), (Attempt, Attempt.reward_id), (Mail, Mail.about)):
        pairs = session.execute(select(table.id, Reward.order_id).join(Reward, (Reward.shop_id == table.shop_id) & (Reward.id == reward_of))
                                .where(table.shop_id == shop_id, table.id.in_(ids), Reward.role != GOODWILL))
        found |= {subject: order_id for subject, order_id in pairs}
    return found


def _find(session: Session, shop_id: ShopId, text: str) -> Sequence[UUID]:
    """Deliveries about these codes, and about the rewards of orders that are called so or of these people."""
    rewards = session.scalars(select(Reward.id).where(
        Reward.shop_id == shop_id, Reward.order_id.in_(finding.orders(session, shop_id, text))).limit(finding.MOST)).all()
    subjects: set[UUID] = set(finding.find(session, shop_id, text).codes)
    rewarded = session.scalars(select(Reward.code_id).where(Reward.shop_id == shop_id, Reward.id.in_(rewards)))
    subjects.update(code_id for code_id in rewarded if code_id)
    subjects.update(session.scalars(select(Attempt.id).where(Attempt.shop_id == shop_id, Attempt.reward_id.in_(rewards))))
    subjects.update(session.scalars(select(Mail.id).where(Mail.shop_id == shop_id, Mail.kind.in_(("earned", "taken_back")),
                                                          Mail.about.in_(rewards))))
    return session.scalars(select(Delivery.id).where(
        Delivery.shop_id == shop_id, Delivery.kind.in_(KINDS), Delivery.subject_id.in_(subjects))).all()


DELIVERIES = Listing(
    name="deliveries", path="/app/deliveries", table=Delivery, key=Delivery.id, key_type=UUID,
    sorts=(Sort("due", Delivery.not_before, datetime),),
    choices=(Choice("state", Delivery.state, STATES, words="deliveries.state"),
             Choice("kind", Delivery.kind, KINDS, words="deliveries.kind")),
    find=_find, load=load, split="state", period=Delivery.not_before, acts=("retry",),
    sheet={"what": lambda row, ground: texts.say_or(ground.locale, f"deliveries.kind.{row.delivery.kind}", row.delivery.kind),
           "state": lambda row, ground: texts.say(ground.locale, f"deliveries.state.{row.delivery.state}"),
           "due": lambda row, _: row.delivery.not_before, "attempts": lambda row, _: row.delivery.attempts,
           "error": lambda row, _: row.delivery.error, "order": lambda row, _: row.order})

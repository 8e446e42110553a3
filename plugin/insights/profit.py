"""The programme's profit and loss, added up from friends' orders and the ledger in the database itself."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Code, Decision
from plugin.db import ShopId
from plugin.insights.priced import counts, priced, whole
from plugin.insights.rules.profit import Posted, Profit, Sales, Spending, profit
from plugin.ledger.tables import Account, Posting
from plugin.mirror.tables import Order
from plugin.referrals.tables import ProgrammeVersion
from plugin.rewards.rules import GOODWILL
from plugin.rewards.tables import Discount, Reward

KINDS = ("earn", "correct", "correct_down", "take_back_close", "expire", "debt", "discount")


@dataclass(frozen=True, slots=True)
class Statement:
    """Orders placed from ``since`` on; None: all. ``expense``: what the account "expense" holds, where all orders are meant;
    it equals ``posted.expense``, or the books and this page disagree."""

    currency: str
    since: datetime | None
    sales: Sales
    posted: Posted
    profit: Profit
    expense: int | None

    @property
    def agrees(self) -> bool:
        return self.expense is None or self.expense == self.posted.expense


def statement(session: Session, shop_id: ShopId, currency: str, *, since: datetime | None, spending: Spending,
              cost_bp: int | None) -> Statement:
    """``cost_bp``: what goods without a known cost are taken to cost; None: they stay unknown."""
    sales = _sales(session, shop_id, currency, since=since, cost_bp=cost_bp)
    posted = _posted(session, shop_id, currency, since)
    held = None if since else _expense(session, shop_id, currency)
    return Statement(currency, since, sales, posted, profit(sales, posted, spending), held)


def began(session: Session, shop_id: ShopId) -> datetime | None:
    """When the first programme came into force."""
    return session.scalar(select(func.min(ProgrammeVersion.since)).where(
        ProgrammeVersion.shop_id == shop_id, or_(ProgrammeVersion.until.is_(None), ProgrammeVersion.until > ProgrammeVersion.since)))


def _brought(shop_id: ShopId, since: datetime | None) -> Select[Any]:
    """Ids of the orders that friends placed."""
    asked = select(Decision.order_id).where(Decision.shop_id == shop_id, Decision.verdict == "attributed")
    return asked.where(Decision.ordered_at >= since) if since else asked


def _sales(session: Session, shop_id: ShopId, currency: str, *, since: datetime | None, cost_bp: int | None) -> Sales:
    brought = _brought(shop_id, since)
    costs = priced(shop_id, cost_bp, only=brought)
    is_unknown = and_(func.coalesce(costs.c.missing, 0) > 0, Order.net > 0)
    known = case((is_unknown, 0), else_=func.coalesce(costs.c.cost, 0))
    asked = (select(func.count(), func.sum(Order.net), func.sum(known), func.sum(case((is_unknown, Order.net), else_=0)),
                    func.sum(case((is_unknown, 1), else_=0)))
             .select_from(Order).outerjoin(costs, costs.c.order_id == Order.id)
             .where(counts(shop_id), Order.currency == currency, Order.id.in_(brought)))
    orders, net, cost, unknown, unknown_orders = (int(one or 0) for one in session.execute(asked).one())
    return Sales(orders, net, cost, unknown, unknown_orders)


def _posted(session: Session, shop_id: ShopId, currency: str, since: datetime | None) -> Posted:
    """Postings of a reward belong to the order that earned it, those of goodwill to the day on which it was given, others to the order
    that they name."""
    signed = whole(func.sum(case((Posting.reverses_id.is_(None), Posting.amount), else_=-Posting.amount)))
    mine: list[ColumnElement[bool]] = [Posting.shop_id == shop_id, Posting.currency == currency, Posting.kind.in_(KINDS)]
    asked = select(Posting.kind, signed).where(*mine).group_by(Posting.kind)
    if since is not None:
        about = func.coalesce(Reward.order_id, Posting.order_id)
        asked = (asked.outerjoin(Reward, and_(Reward.shop_id == Posting.shop_id, Reward.id == Posting.reward_id))
                 .join(Order, and_(Order.shop_id == Posting.shop_id, Order.id == about)).where(Order.created_at >= since))
    sums: dict[str, int] = defaultdict(int, {kind: int(amount) for kind, amount in session.execute(asked)})
    for kind, amount in session.execute(_given(shop_id, mine, signed, since)) if since is not None else ():
        sums[kind] += int(amount)
    return Posted(**{kind: sums[kind] for kind in KINDS}, shipping=_shipping(session, shop_id, currency, since))


def _given(shop_id: ShopId, mine: Sequence[ColumnElement[bool]], signed: ColumnElement[Any], since: datetime) -> Select[Any]:
    """The same of goodwill that was given since then: no order of a friend stands behind it."""
    return (select(Posting.kind, signed).join(Reward, and_(Reward.shop_id == Posting.shop_id, Reward.id == Posting.reward_id))
            .where(*mine, Reward.shop_id == shop_id, Reward.role == GOODWILL, Reward.made_at >= since).group_by(Posting.kind))


def _shipping(session: Session, shop_id: ShopId, currency: str, since: datetime | None) -> int:
    """The part of friend discounts that free-shipping codes took off: it was never off the goods."""
    signed = whole(func.sum(case((Posting.reverses_id.is_(None), Posting.amount), else_=-Posting.amount)))
    asked = (select(signed).join(Decision, and_(Decision.shop_id == Posting.shop_id, Decision.order_id == Posting.order_id))
             .join(Code, and_(Code.shop_id == Decision.shop_id, Code.id == Decision.code_id))
             .join(Discount, and_(Discount.shop_id == Code.shop_id, Discount.id == Code.discount_id))
             .where(Posting.shop_id == shop_id, Posting.currency == currency, Posting.kind == "discount", Discount.kind == "free_shipping"))
    return int(session.scalar(asked.where(Decision.ordered_at >= since) if since else asked) or 0)


def _expense(session: Session, shop_id: ShopId, currency: str) -> int:
    return session.scalar(select(Account.balance).where(
        Account.shop_id == shop_id, Account.currency == currency, Account.name == "expense")) or 0

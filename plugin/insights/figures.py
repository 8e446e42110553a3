"""The figures of the home page. Money comes from the ledger and from decided orders, so that each figure can be followed to its rows.

Currencies are never added together: every amount is a dict of currency → minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from plugin.attribution.tables import Decision
from plugin.db import ShopId
from plugin.guardrails.tables import Case
from plugin.insights.rules.periods import Period, Span, steps
from plugin.intake import tables as intake
from plugin.intake.history import FAILED, FINISHED, STOPPED
from plugin.intake.tables import Backfill, Inbox
from plugin.ledger import tables as ledger
from plugin.ledger.tables import Account, Posting
from plugin.money import Money
from plugin.outbox.tables import DEAD, Delivery

NORMALLY_DEBIT = frozenset({"expense", "debt"})
STANDING = ("held", "owed", "issued", "debt")


@dataclass(frozen=True, slots=True)
class Tally:
    """One stretch of time. ``orders``: decided ones; ``brought``: by friends; ``came_in``: what is left of their goods, and
    ``cost``: what the ledger booked as expense, less what it took back."""

    orders: int = 0
    brought: int = 0
    came_in: Mapping[str, int] = field(default_factory=dict)
    cost: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """``standing``: account → currency → what stands there now. ``waiting``: cases; ``dead``: what gave up."""

    now: Tally
    before: Tally | None
    standing: Mapping[str, Mapping[str, int]]
    waiting: int
    dead: int

    @property
    def currencies(self) -> list[str]:
        told = [self.now.came_in, self.now.cost, *self.standing.values(), *([self.before.came_in, self.before.cost] if self.before else [])]
        return sorted({currency for amounts in told for currency in amounts})

    @property
    def is_empty(self) -> bool:
        return not self.now.brought and not any(amount for amounts in self.standing.values() for amount in amounts.values()) \
            and not any(self.now.cost.values()) and not (self.before and self.before.brought)


def figures(session: Session, shop_id: ShopId, asked: Period, *, compared: bool) -> Figures:
    """``compared``: the period before is known too."""
    before = tally(session, shop_id, asked.before) if compared and asked.before else None
    return Figures(now=tally(session, shop_id, asked.span), before=before, standing=standing(session, shop_id),
                   waiting=waiting(session, shop_id), dead=dead(session, shop_id))


def tally(session: Session, shop_id: ShopId, span: Span | None) -> Tally:
    """``span`` None: since the beginning."""
    # Two questions, each answered by one index alone: together they would read every row of the time.
    within = [Decision.shop_id == shop_id, *_within(Decision.ordered_at, span)]
    orders = session.scalar(select(func.count()).select_from(Decision).where(*within)) or 0
    ours = session.execute(select(Decision.currency, func.count(), func.sum(Decision.net)).where(
        *within, Decision.verdict == "attributed").group_by(Decision.currency)).all()
    return Tally(orders=orders, brought=sum(count for _, count, _ in ours), came_in={currency: int(net) for currency, _, net in ours},
                 cost=_cost(session, shop_id, span))


def _cost(session: Session, shop_id: ShopId, span: Span | None) -> dict[str, int]:
    """What was debited to *expense* less what was credited to it, booked in this time."""
    told = {}
    for account in session.scalars(select(Account).where(Account.shop_id == shop_id, Account.name == "expense")):
        told[account.currency] = account.balance if span is None else _moved(session, shop_id, account, span)
    return told


def _moved(session: Session, shop_id: ShopId, account: Account, span: Span) -> int:
    """Debits minus credits."""
    debits, credits = (session.execute(select(func.sum(Posting.amount)).where(
        Posting.shop_id == shop_id, side == account.id, *_within(Posting.posted_at, span))).scalar()
        for side in (Posting.debit_id, Posting.credit_id))
    return int(debits or 0) - int(credits or 0)


def _within(column: InstrumentedAttribute[datetime], span: Span | None) -> list[ColumnElement[bool]]:
    return [column >= span.since, column < span.until] if span else []


def course(session: Session, shop_id: ShopId, spans: Sequence[Span]) -> list[int]:
    """Orders by friends in each span. One statement, each part a look into one index, so days may have any length."""
    if not spans:
        return []
    parts = [select(literal(n).label("n"), func.count().label("count")).select_from(Decision).where(
        Decision.shop_id == shop_id, Decision.verdict == "attributed", *_within(Decision.ordered_at, span)) for n, span in enumerate(spans)]
    return [count for _, count in sorted(tuple(row) for row in session.execute(union_all(*parts)))]


def days(session: Session, shop_id: ShopId, asked: Period, *, zone: ZoneInfo, today: date) -> list[tuple[date, Span]]:
    """The steps of the chart; of "all" from the first order that a friend placed."""
    first = asked.first
    if first is None:
        began = session.scalar(select(func.min(Decision.ordered_at)).where(Decision.shop_id == shop_id, Decision.verdict == "attributed"))
        first = began.astimezone(zone).date() if began else today
    return steps(first, today, zone)


def standing(session: Session, shop_id: ShopId) -> dict[str, dict[str, int]]:
    balances = ledger.balances(session, shop_id)
    return {name: {currency: shown(name, balance, currency).amount for currency, balance in balances.get(name, {}).items()}
            for name in STANDING}


def waiting(session: Session, shop_id: ShopId) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(Case.shop_id == shop_id, Case.state == "open")) or 0


def dead(session: Session, shop_id: ShopId) -> int:
    return sum(session.scalar(select(func.count()).select_from(table).where(table.shop_id == shop_id, table.state == state)) or 0
               for table, state in ((Delivery, DEAD), (Inbox, intake.DEAD)))


def shown(name: str, balance: int, currency: str) -> Money:
    """An account's balance as people read it: more of it is more, whichever side it stands on."""
    return Money(balance if name in NORMALLY_DEBIT else -balance, currency)


@dataclass(frozen=True, slots=True)
class History:
    """How far the shop's past has been read. ``since``: older orders could not be read, so no figure counts them."""

    parts: tuple[Backfill, ...]
    since: datetime | None

    @property
    def is_running(self) -> bool:
        return any(part.state not in (FINISHED, FAILED, STOPPED) for part in self.parts)

    @property
    def is_stopped(self) -> bool:
        """The merchant stopped reading some of it."""
        return any(part.state == STOPPED for part in self.parts)

    @property
    def is_whole(self) -> bool:
        """All orders that Shopify shows have been read."""
        return any(part.kind == "orders" and part.state == FINISHED for part in self.parts)

    @property
    def failed(self) -> bool:
        return any(part.state == FAILED for part in self.parts)


def history(session: Session, shop_id: ShopId) -> History:
    parts: Sequence[Backfill] = intake.backfills(session, shop_id)
    return History(tuple(parts), next((part.since for part in parts if part.limited), None))

"""The figures of the home page. Money comes from the ledger alone, so that each figure can be followed to its postings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision
from plugin.db import ShopId
from plugin.guardrails.tables import Case
from plugin.intake import tables as intake
from plugin.intake.history import FAILED, FINISHED
from plugin.intake.tables import Backfill, Inbox
from plugin.ledger import tables as ledger
from plugin.ledger.tables import Posting
from plugin.money import Money
from plugin.outbox.tables import DEAD, Delivery

NORMALLY_DEBIT = frozenset({"expense", "debt"})
SHOWN = ("held", "owed", "issued", "debt")


@dataclass(frozen=True, slots=True)
class Purse:
    """One currency. ``given``: what friend codes took off; ``spent``: what rewards took off, or were spent as credit."""

    currency: str
    given: Money
    held: Money
    owed: Money
    issued: Money
    spent: Money
    debt: Money


@dataclass(frozen=True, slots=True)
class Figures:
    """``waiting``: cases that need the merchant; ``dead``: deliveries and events that gave up."""

    attributed: int
    orders: int
    waiting: int
    dead: int
    purses: tuple[Purse, ...]

    @property
    def is_empty(self) -> bool:
        return not self.attributed and not self.purses


def figures(session: Session, shop_id: ShopId) -> Figures:
    verdicts = _verdicts(session, shop_id)
    return Figures(attributed=verdicts.get("attributed", 0), orders=sum(verdicts.values()), waiting=waiting(session, shop_id),
                   dead=dead(session, shop_id), purses=_purses(session, shop_id))


def waiting(session: Session, shop_id: ShopId) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(Case.shop_id == shop_id, Case.state == "open")) or 0


def dead(session: Session, shop_id: ShopId) -> int:
    return sum(session.scalar(select(func.count()).select_from(table).where(table.shop_id == shop_id, table.state == state)) or 0
               for table, state in ((Delivery, DEAD), (Inbox, intake.DEAD)))


def shown(name: str, balance: int, currency: str) -> Money:
    """An account's balance as people read it: more of it is more, whichever side it stands on."""
    return Money(balance if name in NORMALLY_DEBIT else -balance, currency)


def _verdicts(session: Session, shop_id: ShopId) -> dict[str, int]:
    rows = session.execute(select(Decision.verdict, func.count()).where(Decision.shop_id == shop_id).group_by(Decision.verdict))
    return {verdict: count for verdict, count in rows}


def _purses(session: Session, shop_id: ShopId) -> tuple[Purse, ...]:
    balances, given = ledger.balances(session, shop_id), _given(session, shop_id)
    return tuple(_purse(currency, balances, given.get(currency, 0)) for currency in sorted(balances.get("expense", {})))


def _purse(currency: str, balances: Mapping[str, Mapping[str, int]], given: int) -> Purse:
    standing = {name: shown(name, balances.get(name, {}).get(currency, 0), currency) for name in (*SHOWN, "spent")}
    discount = Money(given, currency)
    return Purse(currency, given=discount, held=standing["held"], owed=standing["owed"], issued=standing["issued"],
                 spent=standing["spent"] - discount, debt=standing["debt"])


def _given(session: Session, shop_id: ShopId) -> dict[str, int]:
    """What friend codes took off by currency: the postings of kind "discount" minus their reversals."""
    told: dict[str, int] = {}
    for undone, sign in ((Posting.reverses_id.is_(None), 1), (Posting.reverses_id.is_not(None), -1)):
        rows = session.execute(select(Posting.currency, func.sum(Posting.amount)).where(
            Posting.shop_id == shop_id, Posting.kind == "discount", undone).group_by(Posting.currency))
        for currency, amount in rows:
            told[currency] = told.get(currency, 0) + sign * int(amount)
    return told


@dataclass(frozen=True, slots=True)
class History:
    """How far the shop's past has been read. ``since``: older orders could not be read, so no figure counts them."""

    parts: tuple[Backfill, ...]
    since: datetime | None

    @property
    def is_running(self) -> bool:
        return any(part.state not in (FINISHED, FAILED) for part in self.parts)

    @property
    def failed(self) -> bool:
        return any(part.state == FAILED for part in self.parts)


def history(session: Session, shop_id: ShopId) -> History:
    parts: Sequence[Backfill] = intake.backfills(session, shop_id)
    return History(tuple(parts), next((part.since for part in parts if part.limited), None))

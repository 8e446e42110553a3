"""What the app's books say, recomputed from its postings by SQL alone, beside what the development store saw.

This is the referee of the story and of the replay: it shares no code with the app.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

Balances = dict[str, dict[str, int]]

# Each posting once as a debit and once as a credit: the cached balances take no part.
RECOMPUTED = """
select a.name, a.currency, coalesce(sum(case when p.debit_id = a.id then p.amount else -p.amount end), 0)
from accounts a left join postings p on p.shop_id = a.shop_id and (p.debit_id = a.id or p.credit_id = a.id)
where a.shop_id = :shop
group by a.name, a.currency"""
CACHED = "select name, currency, balance from accounts where shop_id = :shop"


def engine_for(url: str) -> Engine:
    """An engine of our own on the app's database."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return create_engine(parsed.set(drivername="postgresql+psycopg") if parsed.get_backend_name() == "postgresql" else parsed)


class Books:
    """Reads one shop's rows."""

    def __init__(self, engine: Engine, domain: str) -> None:
        self.engine = engine
        self.domain = domain

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.engine.connect() as connection:
            shop = connection.execute(text("select id from shops where domain = :domain"), {"domain": self.domain}).scalar()
            return list(connection.execute(text(sql), {"shop": shop} | values).all())

    def accounts(self) -> Balances:
        """Name → currency → balance in minor units (debits minus credits), from the postings."""
        return _nested(self.rows(RECOMPUTED))

    def cached(self) -> Balances:
        return _nested(self.rows(CACHED))

    def verdicts(self) -> Counter[str]:
        return Counter(verdict for (verdict,) in self.rows("select verdict from decisions where shop_id = :shop"))

    def refusals(self) -> Counter[str]:
        """By the named reason."""
        sql = "select reason, count(*) from decisions where shop_id = :shop and verdict in ('refused', 'hold') group by reason"
        return Counter({str(reason): int(count) for reason, count in self.rows(sql)})

    def rewards(self) -> Counter[str]:
        return Counter(state for (state,) in self.rows("select state from rewards where shop_id = :shop"))

    def verdict(self, order_id: str) -> str | None:
        found = self.rows("select verdict from decisions where shop_id = :shop and order_id = :order", order=order_id)
        return str(found[0][0]) if found else None

    def reward(self, order_id: str) -> tuple[str, int] | None:
        """(state, amount) of the advocate's reward for an order."""
        sql = "select state, amount from rewards where shop_id = :shop and order_id = :order and role = 'advocate'"
        found = self.rows(sql, order=order_id)
        return (str(found[0][0]), int(found[0][1])) if found else None

    def waiting(self) -> int:
        """Events and orders that are not dealt with yet."""
        events = self.rows("select count(*) from inbox where shop_id = :shop and state = 'pending'")[0][0]
        orders = self.rows("select count(*) from orders where shop_id = :shop and revision > settled_revision")[0][0]
        return int(events) + int(orders)


def _nested(rows: Iterable[Any]) -> Balances:
    told: Balances = defaultdict(dict)
    for name, currency, amount in rows:
        told[name][currency] = int(amount)
    return dict(told)


def moved(before: Balances, after: Balances) -> Balances:
    """What changed between two readings; accounts and currencies that did not move are left out."""
    told: Balances = defaultdict(dict)
    for name, amounts in after.items():
        for currency, amount in amounts.items():
            if difference := amount - before.get(name, {}).get(currency, 0):
                told[name][currency] = difference
    return dict(told)


def sums(balances: Balances) -> dict[str, int]:
    """Currency → sum over all accounts; zero if the books hold."""
    told: Counter[str] = Counter()
    for amounts in balances.values():
        for currency, amount in amounts.items():
            told[currency] += amount
    return dict(told)


def effects(entries: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """The store's effect log by kind. Codes are told apart by whose discount they hang on; a discount's first code is a seed."""
    return Counter(_kind(entry) for entry in entries)


def _kind(entry: Mapping[str, Any]) -> str:
    kind = str(entry["kind"])
    if kind not in ("code_added", "code_deleted", "code_used"):
        return kind
    code, title = str(entry.get("code", "")), str(entry.get("title", ""))
    whose = "seed" if code.startswith("TANDEM") else "friend" if title.startswith("Tandem friend") else "reward"
    return kind.replace("code", f"{whose}_code", 1)

"""What the app should have booked, computed anew by SQL from what it was told: orders, refunds, decisions, cases, codes."""

import json
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from devstore.demo.books import Books

SOLD = "select coalesce(sum(amount * quantity), 0) from order_lines where shop_id = :shop"
DISCOUNTED = "select order_id, id, discounts from order_lines where shop_id = :shop and cast(discounts as text) <> '[]'"
REFUNDED = "select order_id, amount, lines from refunds where shop_id = :shop"
VALUES = "select order_id, sum(amount * quantity) from order_lines where shop_id = :shop group by order_id"
CODES_USED = "select id, codes from orders where shop_id = :shop and cast(codes as text) <> '[]'"
CODES = "select lower(code), kind, reward_id from codes where shop_id = :shop and kind in ('friend', 'reward')"
# A reversal carries the kind of what it undoes.
OUT = """
select reward_id, sum((case when kind = 'issue' then amount else -amount end) * (case when reverses_id is null then 1 else -1 end))
from postings where shop_id = :shop and kind in ('issue', 'take_back') group by reward_id"""
ALLOWED = """
select d.order_id from decisions d join orders o on o.shop_id = d.shop_id and o.id = d.order_id
left join cases c on c.shop_id = d.shop_id and c.order_id = d.order_id
where d.shop_id = :shop and d.verdict = 'attributed' and o.paid_once and o.cancelled_at is null
and (c.verdict is null or c.verdict = 'allow')"""
BEHIND = "select count(*) from orders where shop_id = :shop and not settled"
PENDING = "select count(*) from inbox where shop_id = :shop and state = 'pending'"
DUE = "select count(*) from orders where shop_id = :shop and settle_at <= :moment"
UNDELIVERED = "select count(*) from deliveries where shop_id = :shop and state in ('waiting', 'leased')"
UNFINISHED = f"select {' + '.join(f'({part})' for part in (PENDING, BEHIND, DUE, UNDELIVERED))}"


class Recomputed(Books):
    """One shop's rows, read without the app's code."""

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def waiting(self) -> int:
        """Events and orders that are not dealt with yet, by the indexes that the app has for them."""
        return self.number(PENDING) + self.number(BEHIND)

    def unfinished(self, moment: datetime) -> int:
        """Events, orders whose hold is over at that business time, and deliveries that are not dealt with yet, all at one instant:
        what is settled meanwhile would else be missed in the one count and not yet be in the other."""
        told = moment.replace(tzinfo=None) if self.engine.dialect.name == "sqlite" else moment
        return int(self.rows(UNFINISHED, moment=told)[0][0])

    def goods_sold(self) -> int:
        """All lines as bought, after discounts, in minor units."""
        return self.number(SOLD) - sum(_taken_off(row[2]) for row in self.rows(DISCOUNTED))

    def goods_taken_back(self) -> int:
        return sum(self._refunded().values())

    def rewards_out(self) -> dict[Any, int]:
        """Reward → minor units issued and not taken back."""
        return {reward: int(amount) for reward, amount in self.rows(OUT) if amount}

    def rewards_deserved(self) -> int:
        """Attributed orders that nobody holds and of which something is left; and rewards that were spent before nothing was."""
        left = self._left()
        spent = {order for code, order in self._reward_orders().items() if code in self.codes_used("reward")}
        return len({order for (order,) in self.rows(ALLOWED) if left[order] > 0} | spent)

    def codes_used(self, kind: str) -> Counter[str]:
        """Codes of a kind by how many orders carry them; more than one would be wrong."""
        known = {str(code) for code, of_kind, _ in self.rows(CODES) if of_kind == kind}
        return Counter(code.lower() for _, codes in self.rows(CODES_USED) for code in _json(codes) if code.lower() in known)

    def _reward_orders(self) -> dict[str, str]:
        """Reward code → the order that earned it."""
        orders = {reward: str(order) for reward, order in self.rows("select id, order_id from rewards where shop_id = :shop")}
        return {str(code): orders[reward] for code, kind, reward in self.rows(CODES) if kind == "reward" and reward in orders}

    def _left(self) -> defaultdict[str, int]:
        """Order → what is left of its goods."""
        left: defaultdict[str, int] = defaultdict(int, {str(order): int(value) for order, value in self.rows(VALUES)})
        for order, _line, discounts in self.rows(DISCOUNTED):
            left[str(order)] -= _taken_off(discounts)
        for order, amount in self._refunded().items():
            left[order] -= amount
        return left

    def _refunded(self) -> Counter[str]:
        told: Counter[str] = Counter()
        for order, amount, lines in self.rows(REFUNDED):
            told[str(order)] += int(amount) + sum(int(line["amount"]) for line in _json(lines))
        return told


def _json(told: Any) -> list[Any]:  # noqa: ANN401 - PostgreSQL has read it, SQLite has not
    found: list[Any] = json.loads(told) if isinstance(told, str) else told
    return found


def _taken_off(discounts: Any) -> int:  # noqa: ANN401
    return sum(int(one["amount"]) for one in _json(discounts))

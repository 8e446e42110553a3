"""The programme's profit and loss over a set of friends' orders. Pure.

Its lines are sums of the mirrored orders and of the ledger's postings and nothing else, so each can be opened and added up again:

    goods at prices before friend codes      orders' net + what friend codes took off goods
  - friend discounts                         postings "discount", on goods and on shipping
  - cost of goods                            units kept × unit cost
  - goods without a known cost               left out, so that nothing is counted as margin that may be none
  - would have been bought anyway            a share of the margin before discounts, as the merchant assumes it
  - rewards earned, and goodwill given       postings "earn", put right by "correct" and "correct_down"
  + rewards taken back                       postings "take_back_close"
  + rewards expired                          postings "expire"
  - fees, work                               of the plan, by days
  = profit

Every posting counts minus its reversal. The books take a debt off the expense; here it is not taken off before it is paid back.
So, to the minor unit: account "expense" = rewards earned + friend discounts - taken back - debts.
"""

from dataclasses import dataclass
from fractions import Fraction

from plugin.insights.rules.breakeven import Effort
from plugin.insights.rules.intervals import WHOLE
from plugin.money import half_up

YEAR = 365


@dataclass(frozen=True, slots=True)
class Sales:
    """Friends' orders, in minor units of one currency. ``net``: goods after discounts and refunds; ``cost``: of the units kept, where it
    is known; ``unknown``: the part of ``net`` whose cost is not."""

    orders: int = 0
    net: int = 0
    cost: int = 0
    unknown: int = 0
    unknown_orders: int = 0


@dataclass(frozen=True, slots=True)
class Posted:
    """The ledger's postings about these orders, by kind, minus reversals. ``shipping``: the part of ``discount`` that free-shipping codes
    took off."""

    earn: int = 0
    correct: int = 0
    correct_down: int = 0
    take_back_close: int = 0
    expire: int = 0
    debt: int = 0
    discount: int = 0
    shipping: int = 0

    @property
    def rewards(self) -> int:
        return self.earn + self.correct - self.correct_down

    @property
    def expense(self) -> int:
        """What the account "expense" must hold for these orders."""
        return self.rewards + self.discount - self.take_back_close - self.debt


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``amount`` as it counts towards the profit, so a cost is negative. ``kinds``: the postings it is made of."""

    name: str
    amount: int
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profit:
    """``gained``: the lines down to what the sales left; ``spent``: what the programme cost beyond."""

    gained: tuple[Line, ...]
    spent: tuple[Line, ...]

    @property
    def margin(self) -> int:
        return sum(line.amount for line in self.gained)

    @property
    def total(self) -> int:
        return self.margin + sum(line.amount for line in self.spent)


@dataclass(frozen=True, slots=True)
class Spending:
    """What the merchant says beside the books: the month's effort, over how many days, and how many orders in 10,000 would have been
    placed without the programme."""

    effort: Effort
    days: int
    anyway_bp: int = 0


def profit(sales: Sales, posted: Posted, spending: Spending) -> Profit:
    goods = posted.discount - posted.shipping
    full = sales.net + goods
    anyway = half_up(Fraction(max(0, full - sales.cost - sales.unknown) * spending.anyway_bp, WHOLE))
    gained = (Line("goods", full), Line("discounts", -posted.discount, ("discount",)), Line("cost", -sales.cost),
              Line("unknown", -sales.unknown), Line("anyway", -anyway))
    spent = (Line("rewards", -posted.rewards, ("earn", "correct", "correct_down")),
             Line("taken_back", posted.take_back_close, ("take_back_close",)), Line("expired", posted.expire, ("expire",)),
             Line("fees", -over_days(spending.effort.fees, spending.days)), Line("work", -over_days(spending.effort.work, spending.days)))
    return Profit(gained, spent)


def over_days(monthly: int, days: int) -> int:
    """A monthly amount over a number of days: twelve months are 365 days."""
    return half_up(Fraction(monthly * 12 * days, YEAR))

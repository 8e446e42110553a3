"""Whether an offer does its job, in words: what it is for and how far it came, and what came back for what it gave away."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from plugin.experiments.rules import Tally
from plugin.insights import purpose
from plugin.insights.purpose import Reached
from plugin.insights.rules import returns
from plugin.insights.rules.intervals import ENOUGH
from plugin.insights.selling import Scope, Sums
from plugin.money import Money, exponent, half_up
from plugin.offers.rules.model import Outcome
from plugin.shops.tables import Shop
from plugin.web.shell import translator
from plugin.web.state import Translate

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Worth:
    """``verdict``: see ``rules.returns``. ``said``: what the offer is for, how far it came and what came back, a sentence each."""

    verdict: returns.Verdict
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """What an offer brought within a scope; ``outcome``: what it is for, None before it was ever published."""

    scope: Scope
    outcome: Outcome | None
    sums: Sums
    seen: Tally


def worth(session: Session, shop: Shop, brought: Brought) -> Worth:
    t, currency, sums = translator(shop), brought.scope.currency, brought.sums
    spent, said = spending(sums, brought.seen), list[str]()
    if brought.outcome:
        said += _reached(brought.outcome, purpose.reached(session, shop.id, brought.scope, brought.outcome, sums), currency, t)
    verdict = returns.judge(spent)
    told = t(f"reports.worth_{verdict}", shown=brought.seen.shown, count=sums.orders, enough=ENOUGH)
    return Worth(verdict, (*said, *_back(spent, currency, t), told))


def spending(sums: Sums, seen: Tally) -> returns.Spent:
    return returns.Spent(sums.discount, sums.margin, not sums.unknown_units, sums.orders, seen.shown)


def flag(sums: Sums, seen: Tally) -> str:
    """The key of a word of warning, "" where none is due."""
    verdict = returns.judge(spending(sums, seen))
    return f"reports.flag_{verdict}" if verdict in returns.FLAGS else ""


def _reached(outcome: Outcome, reached: Reached, currency: str, t: Translate) -> list[str]:
    purposes = t("reports.purpose", purpose=t(f"offers.outcome_{outcome}"))
    if not reached.whole:
        return [purposes, t("reports.reached_none")]
    facts: Mapping[str, object] = {"part": reached.part, "whole": reached.whole}
    if outcome == "basket":
        facts = {"amount": Money(half_up(Fraction(reached.part, reached.whole)), currency), "whole": reached.whole}
    return [purposes, t(f"reports.reached_{outcome}", **facts)]


def _back(spent: returns.Spent, currency: str, t: Translate) -> list[str]:
    unit = HUNDRED * 10**exponent(currency)
    came = returns.back(spent, unit)
    return [] if came is None else [t("reports.back", unit=Money(unit, currency), back=Money(came, currency))]

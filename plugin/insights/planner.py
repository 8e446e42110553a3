"""The planner: what was typed, or else what the shop's own figures suggest, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.insights import tables
from plugin.insights.funnel import Measured, measured
from plugin.insights.rules.breakeven import BreakEven, break_even
from plugin.insights.rules.funnel import DEFAULT_BP, Conversion, Steps, conversion, sensitivity, steps
from plugin.insights.rules.intervals import WHOLE
from plugin.insights.rules.plan import FIELDS, Inputs, read
from plugin.insights.rules.proposal import MOST_OF_COSTS
from plugin.insights.tables import Plan
from plugin.insights.value import basis
from plugin.money import Money, half_up
from plugin.referrals import tables as programmes
from plugin.referrals.rules import Version
from plugin.rewards.rules import RewardTerms

RATES_BP = (300, 500, 1000, 1500, 2000)
SHARES_BP = (7500, 10_000, 12_500)
"""The sensitivity table: conversion rates, and what a customer leaves: a quarter less, as planned, a quarter more."""
NEWEST = 1000


@dataclass(frozen=True, slots=True)
class Outlook:
    """``even`` and what follows are None where the margin is not known; ``steps`` also where it never pays."""

    inputs: Inputs
    even: BreakEven | None
    conversion: Conversion
    steps: Steps | None
    rates_bp: tuple[int, ...]
    table: tuple[tuple[int | None, ...], ...]
    measured: Measured

    @property
    def rate_bp(self) -> int:
        """The rate in use, for people: in tenths of a per cent unless it was typed."""
        used = self.conversion
        return used.measured.shown["rate_bp"] if used.basis == "measured" else half_up(used.rate * WHOLE)


def outlook(session: Session, shop_id: ShopId, typed: dict[str, str], currency: str, *, now: datetime) -> Outlook:
    inputs, own = read(typed, currency), measured(session, shop_id, now)
    rate = conversion(own.bought, inputs.conversion_bp)
    even = break_even(inputs.effort, inputs.unit) if inputs.unit else None
    way = None
    if even is not None and even.sales is not None:
        way = steps(even.sales, rate.rate, per_advocate=inputs.per_advocate, sharing=inputs.sharing)
    rates = tuple(sorted({*RATES_BP, half_up(rate.rate * WHOLE) or DEFAULT_BP}))
    table = sensitivity(even.fixed, even.left, rates, SHARES_BP) if even else []
    return Outlook(inputs, even, rate, way, rates, tuple(map(tuple, table)), own)


def save(session: Session, shop_id: ShopId, typed: dict[str, str], *, staff: str | None, now: datetime) -> Plan:
    """Keep what was typed as it was typed; the caller has seen that it can be read."""
    row = tables.plan(session, shop_id) or Plan(shop_id=shop_id)
    row.typed, row.saved_at, row.staff = {name: typed.get(name, "").strip()[:20] for name in FIELDS}, now, staff
    session.add(row)
    session.flush()
    return row


def saved(session: Session, shop_id: ShopId) -> dict[str, str] | None:
    kept = tables.plan(session, shop_id)
    return None if kept is None else {name: str(kept.typed.get(name, "")) for name in FIELDS}


def suggested(session: Session, shop_id: ShopId, currency: str, now: datetime) -> dict[str, str]:
    """A form to begin with: the margin of an average order, and what the running programme gives for one.

    Built on the newest orders alone, so that a big shop need not wait for it."""
    found = basis(session, shop_id, currency, newest=NEWEST)
    if not found.order.is_enough:
        return dict.fromkeys(FIELDS, "")
    average = Money(found.order.value, currency)
    running = next(iter(programmes.open_versions(session, shop_id, now)), None)
    known = found.margin_bp is not None and found.known_bp >= MOST_OF_COSTS
    margin = {"margin": average.percent(found.margin_bp or 0).text()} if known else {}
    return {**dict.fromkeys(FIELDS, ""), **(_given(running, average) if running else {}), **margin}


def _given(version: Version, average: Money) -> dict[str, str]:
    sides = {"reward": _worth(version.advocate, average), "discount": _worth(version.friend, average)}
    return {name: amount.text() for name, amount in sides.items() if amount is not None}


def _worth(terms: RewardTerms, average: Money) -> Money | None:
    """None for what an average order does not tell, such as free shipping."""
    if terms.amount is not None:
        return terms.amount if terms.amount.currency == average.currency else None
    return average.percent(terms.basis_points) if terms.basis_points is not None else None

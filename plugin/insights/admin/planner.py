"""The planner: what it takes to break even, what a new customer is worth, and the programme's profit and loss."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.insights import planner, profit, selling, value
from plugin.insights.figures import history
from plugin.insights.planner import SHARES_BP, Outlook
from plugin.insights.rules.periods import Span
from plugin.insights.rules.plan import FIELDS, Inputs, read
from plugin.insights.rules.profit import Spending
from plugin.insights.rules.value import HORIZONS, Worth
from plugin.insights.selling import Scope
from plugin.money import Money
from plugin.referrals.admin.typed import currency_of
from plugin.shops.tables import Shop
from plugin.web.guards import embedded, looks
from plugin.web.shell import SAID, fragment, moved, page, translator
from plugin.web.state import staff

LIST = "/app/planner"
SPANS = ("", "30", "90", "365")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(planned)
    blueprint.post(LIST)(save_plan)
    blueprint.get(f"{LIST}/outlook")(outlook)
    blueprint.get(f"{LIST}/value")(worth)
    blueprint.get(f"{LIST}/profit")(profited)


@embedded
@looks
def planned(shop: Shop, session: Session) -> str:
    return _page(shop, session, _kept(session, shop))


@embedded
def save_plan(shop: Shop, session: Session) -> ResponseReturnValue:
    """Keep the plan; its hours and fees also count in the profit and loss."""
    typed = {name: request.form.get(name, "").strip()[:20] for name in FIELDS}
    if read(typed, currency_of(shop)).faults:
        return _page(shop, session, typed), 422
    planner.save(session, shop.id, typed, staff=staff(), now=clock.now())
    return moved(LIST, said="saved")


@embedded
@looks
def outlook(shop: Shop, session: Session) -> str:
    """What follows from what is being typed; nothing is kept."""
    typed = {name: request.args.get(name, "")[:20] for name in FIELDS}
    return fragment("insights/planner/outlook.html", shop=shop, **_told(session, shop, typed))


@embedded
@looks
def worth(shop: Shop, session: Session) -> str:
    """What new customers have been worth."""
    cost_bp = value.assumed_cost_bp(session, shop.id)
    worths, found = value.values(session, shop.id, cost_bp=cost_bp, now=clock.now()), value.basis(session, shop.id, currency_of(shop))
    return fragment("insights/planner/value.html", shop=shop, worths=worths, basis=found, cost_bp=cost_bp,
                    course=_course(worths, currency_of(shop)), history=history(session, shop.id), money_of=Money)


@embedded
@looks
def profited(shop: Shop, session: Session) -> str:
    """Profit and loss over all orders, or those of the last days."""
    now, currency = clock.now(), currency_of(shop)
    asked = request.args.get("days", "")
    since = now - timedelta(days=int(asked)) if asked and asked in SPANS else None
    began, inputs = profit.began(session, shop.id), _inputs(session, shop.id, currency)
    cost_bp = value.assumed_cost_bp(session, shop.id)
    offers = selling.beside_programme(session, shop.id, Scope(currency, cost_bp=cost_bp, span=Span(since, now) if since else None))
    spending = Spending(inputs.effort, _days(began, since, now), inputs.anyway_bp) if began else None
    told = profit.statement(session, shop.id, currency, since=since, cost_bp=cost_bp, spending=spending) if spending else None
    return fragment("insights/planner/profit.html", shop=shop, told=told, began=began, days=asked if asked in SPANS else "", spans=SPANS,
                    inputs=inputs, money_of=Money, offers=offers)


def _course(worths: Sequence[Worth], currency: str) -> list[tuple[int, list[Money | None]]]:
    """For the chart: horizon → average margin of customers who came otherwise, and by a friend; where either says anything."""
    said = {(one.days, one.source): Money(one.margin.value, currency) for one in worths if one.says and one.currency == currency}
    rows = [(days, [said.get((days, "other")), said.get((days, "friend"))]) for days in HORIZONS]
    return [row for row in rows if any(amount is not None for amount in row[1])]


def _days(began: datetime, since: datetime | None, now: datetime) -> int:
    """How long the programme cost something within the span: days begun."""
    return max(0, -((max(began, since or began) - now) // timedelta(days=1)))


def _inputs(session: Session, shop_id: ShopId, currency: str) -> Inputs:
    return read(planner.saved(session, shop_id) or {}, currency)


def _kept(session: Session, shop: Shop) -> dict[str, str]:
    """What was saved, else what the shop's own orders and programme suggest."""
    kept = planner.saved(session, shop.id)
    if kept is not None:
        return kept
    return planner.suggested(session, shop.id, currency_of(shop), clock.now())


def _page(shop: Shop, session: Session, typed: dict[str, str]) -> str:
    told = _told(session, shop, typed)
    say = translator(shop)
    errors = {name: say(f"planner.fault.{fault}") for name, fault in told["outlook"].inputs.faults.items()}
    return page("insights/planner/page.html", shop=shop, form={"values": typed, "errors": errors},
                said=request.args.get(SAID) == "saved", is_saved=planner.saved(session, shop.id) is not None, **told)


def _told(session: Session, shop: Shop, typed: dict[str, str]) -> dict[str, Any]:
    currency = currency_of(shop)
    found: Outlook = planner.outlook(session, shop.id, typed, currency, now=clock.now())
    return {"outlook": found, "currency": currency, "shares": SHARES_BP, "money_of": Money}

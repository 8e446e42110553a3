"""What offers bring: a page over all of them and one for each, live, each figure with its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.desk.screen import list_page
from plugin.experiments.rules import Tally
from plugin.insights import selling, value
from plugin.insights.admin import sold
from plugin.insights.admin.home import UNCHANGED, earlier
from plugin.insights.admin.worth import Brought, Worth, flag, worth
from plugin.insights.rules import periods
from plugin.insights.rules.effect import Effect
from plugin.insights.rules.holding import holding
from plugin.insights.rules.intervals import ENOUGH
from plugin.insights.rules.periods import Period, steps, unit_of
from plugin.insights.sales import SALES, place
from plugin.insights.selling import Scope, Sums, Trial
from plugin.messaging.filters import zone
from plugin.money import Money
from plugin.offers import tables as offers
from plugin.offers.tables.sales import numbers
from plugin.shops.tables import Shop
from plugin.web.guards import embedded, looks
from plugin.web.shell import fragment, locale_of, page, translator

LIST = "/app/offers/reports"
ONE = "/app/offers/<uuid:offer_id>/report"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of figures. ``path`` "": it has no page of its own. ``flag``: the key of a warning, or ""."""

    label: str
    path: str
    sums: Sums
    seen: Tally
    flag: str = ""


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST, endpoint="reports_all")(every)
    blueprint.get(f"{LIST}/figures", endpoint="reports_all_live")(every_live)
    blueprint.get(ONE, endpoint="report_one")(one)
    blueprint.get(f"{ONE}/figures", endpoint="report_one_live")(one_live)
    blueprint.get(SALES.path, endpoint="reports_sales")(rows)


@embedded
@looks
def every(shop: Shop, session: Session) -> str:
    return page("insights/reports/page.html", shop=shop, **_all(session, shop))


@embedded
@looks
def every_live(shop: Shop, session: Session) -> ResponseReturnValue:
    return _live(shop, _all(session, shop))


@embedded
@looks
def one(shop: Shop, session: Session, offer_id: UUID) -> str:
    """Raises NotFound, also for another shop's offer."""
    return page("insights/reports/page.html", shop=shop, **_one(session, shop, offer_id))


@embedded
@looks
def one_live(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    return _live(shop, _one(session, shop, offer_id))


@embedded
@looks
def rows(shop: Shop, session: Session) -> str:
    """Lines of orders, newest order first; as a sheet too."""
    locale = locale_of(shop)
    return list_page("insights/reports/rows.html", shop, session, SALES, place=lambda placement: place(placement, locale))


def _live(shop: Shop, told: Mapping[str, Any]) -> ResponseReturnValue:
    """Nothing while it says what the page already shows."""
    if request.args.get("seen") == told["stamp"]:
        return Response(status=UNCHANGED)
    return fragment("insights/reports/figures.html", shop=shop, **told)


@dataclass(frozen=True, slots=True)
class _View:
    """What was asked for. ``day``: today; ``first``: the first day of the period, None for everything."""

    shop: Shop
    asked: Period
    scope: Scope
    before: Scope | None
    day: date


def _view(session: Session, shop: Shop, offer_id: UUID | None) -> _View:
    now = clock.now()
    asked = periods.period(request.args.get("period", ""), zone(shop.timezone), now)
    cost_bp = value.assumed_cost_bp(session, shop.id)
    scope = Scope(shop.currency, offer_id, cost_bp, asked.span)
    before = Scope(shop.currency, offer_id, cost_bp, asked.before) if periods.is_comparable(asked.before, shop.installed_at) else None
    return _View(shop, asked, scope, before, now.astimezone(zone(shop.timezone)).date())


def _all(session: Session, shop: Shop) -> dict[str, Any]:
    view, ids = _view(session, shop, None), numbers(session, shop.id)
    seen = selling.seen(session, shop.id, ids, view.asked.first, view.day)
    by_offer, titles = selling.by_offer(session, shop.id, view.scope), [*offers.of_shop(session, shop.id), *offers.of_shop(
        session, shop.id, away=True)]
    figures = [(row, by_offer.get(row.id, Sums()), _seen(seen, offer_id=row.id)) for row in titles]
    found = [Row(row.title, f"/app/offers/{row.id}/report", sums, tally, flag(sums, tally)) for row, sums, tally in figures]
    shown = [row for row in found if row.sums.orders or row.seen.shown] or found
    return _stamped(session, view, seen, offer=None, any_offer=bool(titles), by_offer=shown, trial=None, worth=None, path=LIST)


def _one(session: Session, shop: Shop, offer_id: UUID) -> dict[str, Any]:
    row, view = offers.offer(session, shop.id, offer_id), _view(session, shop, offer_id)
    seen = selling.seen(session, shop.id, {row.number: row.id}, view.asked.first, view.day)
    return _stamped(session, view, seen, offer=row, any_offer=True, by_offer=[], trial=_trial(session, shop, row, view),
                    worth=_worth(session, row, view, _seen(seen)), path=f"/app/offers/{offer_id}/report")


def _stamped(session: Session, view: _View, seen: Mapping[tuple[UUID, str], Tally], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    shop, total = view.shop, selling.total(session, view.shop.id, view.scope)
    before = selling.total(session, shop.id, view.before) if view.before else None
    tally = _seen(seen)
    speaker = sold.Speaker(translator(shop), locale_of(shop), view.asked, view.scope)
    told = {"period": view.asked.choice, "choices": periods.CHOICES, "total": total, "empty": not total.orders and not tally.shown,
            "tiles": sold.tiles(speaker, total, before, tally), "places": _places(session, view, seen),
            "chart": _chart(session, view, total, before), "query": sold.rows_query(speaker), **more}
    told["stamp"] = sha256(repr(sorted((name, repr(one)) for name, one in told.items() if name != "offer")).encode()).hexdigest()[:16]
    return {**told, "money_of": lambda amount: Money(amount, shop.currency)}


def _worth(session: Session, row: offers.Offer, view: _View, tally: Tally) -> Worth:
    """By what the newest published version is for; one that was never published is for nothing yet."""
    version = offers.last_version(session, view.shop.id, row.id)
    outcome = version.offer().outcome if version else None
    return worth(session, view.shop, Brought(view.scope, outcome, selling.total(session, view.shop.id, view.scope), tally))


def _places(session: Session, view: _View, seen: Mapping[tuple[UUID, str], Tally]) -> list[Row]:
    """Where offers were shown or bought, in the order of the words for it."""
    sums, locale = selling.by_placement(session, view.shop.id, view.scope), locale_of(view.shop)
    known = sorted({*sums, *(placement for _, placement in seen)}, key=lambda one: (not one, place(one, locale)))
    return [Row(place(one, locale), "", sums.get(one, Sums()), _seen(seen, placement=one)) for one in known]


def _seen(seen: Mapping[tuple[UUID, str], Tally], *, offer_id: UUID | None = None, placement: str | None = None) -> Tally:
    return sum((tally for (offer, at), tally in seen.items() if offer_id in (None, offer) and placement in (None, at)), Tally())


def _chart(session: Session, view: _View, total: Sums, before: Sums | None) -> dict[str, Any] | None:
    """What was caused day by day (week, month), and the same of the period before. None where there is nothing to see."""
    if not total.orders and not (before and before.orders):
        return None
    place, first = zone(view.shop.timezone), view.asked.first
    if first is None:
        began = selling.began(session, view.shop.id, view.scope)
        first = began.astimezone(place).date() if began else view.day
    days = steps(first, view.day, place)
    now = selling.course(session, view.shop.id, view.scope, [span for _, span in days])
    earlier_ones = [earlier(span, view.asked) for _, span in days] if before else []
    then = selling.course(session, view.shop.id, view.scope, earlier_ones)
    rows = [(day, [Money(amount, view.scope.currency) for amount in (caused, *then[n:n + 1])])
            for n, (day, caused) in enumerate(zip((day for day, _ in days), now, strict=True))]
    few = total.orders + (before.orders if before else 0) < ENOUGH
    return {"unit": unit_of((days[-1][0] - days[0][0]).days + 1), "rows": rows, "before": before is not None, "few": few}


def _trial(session: Session, shop: Shop, row: offers.Offer, view: _View) -> dict[str, Any] | None:
    """What a held-out share has shown so far; None where nobody is held out."""
    versions = [(version.offer().audience.holdout_bp, version.since) for version in offers.versions(session, shop.id, row.id)]
    held = holding(versions, zone(shop.timezone))
    if held is None:
        return None
    since: datetime = held.since
    found = selling.trial(session, shop.id, view.scope, row.number, held_bp=held.share_bp, since=since,
                          days=(since.astimezone(zone(shop.timezone)).date(), view.day))
    return {"found": found, "net": _difference(found, "net", shop.currency), "kept": _difference(found, "kept", None)}


def _difference(found: Trial, name: str, currency: str | None) -> dict[str, Any] | None:
    """The difference and its bounds as they are told, None while nothing can be."""
    told: Effect = getattr(found, name)
    if told.difference is None or told.low is None or told.high is None:
        return None
    figures = {"difference": told.difference, "low": told.low, "high": told.high}
    return {key: Money(figure, currency) if currency else figure for key, figure in figures.items()}

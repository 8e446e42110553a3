"""The first page: what came in, what it cost, what is owed, what needs a decision; live, and each figure leads to its rows."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.insights import figures, selling, value
from plugin.insights.admin import guide, sold, tiles
from plugin.insights.figures import Figures
from plugin.insights.rules import periods
from plugin.insights.rules.intervals import ENOUGH
from plugin.insights.rules.periods import Period, Span
from plugin.insights.selling import Scope
from plugin.intake import history as past
from plugin.messaging.filters import zone
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import fragment, locale_of, moved, page, translator

UNCHANGED = 204


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/app")(home)
    blueprint.get("/app/figures")(live)
    blueprint.post("/app/history/<kind>/stop")(stop_reading)
    blueprint.post("/app/history/<kind>/resumption")(go_on_reading)


@embedded
def home(shop: Shop, session: Session) -> str:
    return page("insights/home.html", shop=shop, **_live(session, shop), **guide.told(session, shop))


@embedded
def live(shop: Shop, session: Session) -> ResponseReturnValue:
    """The part of the home page that changes by itself; nothing while it says what the page already shows."""
    told = _live(session, shop)
    if request.args.get("seen") == told["stamp"]:
        return Response(status=UNCHANGED)
    return fragment("insights/figures.html", shop=shop, **told)


@embedded
def stop_reading(shop: Shop, session: Session, kind: str) -> ResponseReturnValue:
    """No more of the shop's past for now; what was read counts."""
    past.stop(session, shop.id, kind)
    return moved("/app", period=periods.period(request.values.get("period", ""), zone(shop.timezone), clock.now()).choice)


@embedded
def go_on_reading(shop: Shop, session: Session, kind: str) -> ResponseReturnValue:
    past.go_on(session, shop.id, kind)
    return moved("/app", period=periods.period(request.values.get("period", ""), zone(shop.timezone), clock.now()).choice)


def _live(session: Session, shop: Shop) -> dict[str, Any]:
    told = _told(session, shop)
    return {**told, "stamp": sha256(repr(sorted(told.items())).encode()).hexdigest()[:16]}


def _told(session: Session, shop: Shop) -> dict[str, Any]:
    place, now = zone(shop.timezone), clock.now()
    asked = periods.period(request.args.get("period", ""), place, now)
    compared = periods.is_comparable(asked.before, shop.installed_at)
    found = figures.figures(session, shop.id, asked, compared=compared)
    history = figures.history(session, shop.id)
    return {"period": asked.choice, "choices": periods.CHOICES, "waiting": found.waiting, "dead": found.dead, "empty": found.is_empty,
            "installed": shop.installed_at, "since": history.since, "whole": history.is_whole, "stopped": history.is_stopped,
            "parts": [(part.kind, part.state, part.lines_done, part.objects_total) for part in history.parts] if _shown(history) else [],
            "chart": _chart(session, shop, asked, found), "offers": _offers(session, shop, asked, compared=compared),
            **_tiles(shop, asked, found)}


def _offers(session: Session, shop: Shop, asked: Period, *, compared: bool) -> list[sold.Tile]:
    """What offers brought, apart from what friends did: one order may be in both."""
    scope = Scope(shop.currency, cost_bp=value.assumed_cost_bp(session, shop.id), span=asked.span)
    now = selling.total(session, shop.id, scope)
    before = selling.total(session, shop.id, replace(scope, span=asked.before)) if compared else None
    return sold.brief(sold.Speaker(translator(shop), locale_of(shop), asked, scope), now, before)


def _shown(history: figures.History) -> bool:
    return history.is_running or history.failed or history.is_stopped


def _tiles(shop: Shop, asked: Period, found: Figures) -> dict[str, Any]:
    rows = {"from": asked.first.isoformat()} if asked.first else {}
    speaker = tiles.Speaker(translator(shop), locale_of(shop), asked, shop.installed_at, rows)
    currencies = found.currencies or ([shop.currency] if shop.currency else [])
    return {"brought": tiles.brought(speaker, found), "money": [
        (currency, tiles.money(speaker, found, currency), tiles.standing(speaker, found, currency)) for currency in currencies]}


def _chart(session: Session, shop: Shop, asked: Period, found: Figures) -> dict[str, Any] | None:
    """Orders by friends a day (week, month), and the same of the period before. None where there is nothing to see. ``few``: they make
    no course yet, and a line would show one."""
    if not found.now.brought and not (found.before and found.before.brought):
        return None
    place: ZoneInfo = zone(shop.timezone)
    days = figures.days(session, shop.id, asked, zone=place, today=clock.now().astimezone(place).date())
    now = figures.course(session, shop.id, [span for _, span in days])
    before = figures.course(session, shop.id, [earlier(span, asked) for _, span in days]) if found.before else []
    unit = periods.unit_of((days[-1][0] - days[0][0]).days + 1)
    rows = [(day, [count, *before[n:n + 1]]) for n, (day, count) in enumerate(zip((day for day, _ in days), now, strict=True))]
    return {"unit": unit, "rows": rows, "before": bool(before), "few": sum(now) + sum(before) < ENOUGH}


def earlier(span: Span, asked: Period) -> Span:
    """The same day of the period before, by the shop's wall clock."""
    back = timedelta(days=asked.days or 0)
    return Span(span.since - back, span.until - back)

"""Whom offers can ask for: campaigns (a link, a code; their own pages are ``campaigns``') and segments of customers, with who belongs to
one and why."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import campaigns
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.mirror.tables.markets import Market, markets
from plugin.money import Money
from plugin.offers.admin import past
from plugin.offers.admin.typed import Form
from plugin.offers.flows import segments, trusting
from plugin.offers.flows.segments import Look
from plugin.offers.rules import segment_form
from plugin.offers.rules.segment_form import FIELDS, MONEY
from plugin.offers.rules.segments import Verdict
from plugin.offers.tables import segments as tables
from plugin.offers.tables.segments import Segment
from plugin.referrals.storefront.asking import storefront_of
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded
from plugin.web.inputs import is_text
from plugin.web.shell import SAID, fragment, locale_of, moved, page, translator
from plugin.web.state import current_context, staff

LIST = "/app/audiences"
SEGMENTS = f"{LIST}/segments"
Choice = tuple[str, str, str]
SHOWN = 12
"""So many countries of a market are named."""
NAMED = 8
"""So many tags or countries of a customer."""
SAYINGS = ("campaign", "saved", "stopped", "going", "segment", "distrusted", "removed")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST, endpoint="audiences")(listed)
    blueprint.post(f"{LIST}/links/distrust", endpoint="links_distrust")(distrust_links)
    blueprint.get(f"{SEGMENTS}/new", endpoint="segment_new")(new_segment)
    blueprint.post(f"{SEGMENTS}/look", endpoint="segment_look")(look)
    blueprint.post(SEGMENTS, endpoint="segment_make")(make_segment)
    blueprint.get(f"{SEGMENTS}/<uuid:segment_id>", endpoint="segment_edit")(edit_segment)
    blueprint.post(f"{SEGMENTS}/<uuid:segment_id>", endpoint="segment_save")(save_segment)
    blueprint.post(f"{SEGMENTS}/<uuid:segment_id>/removal", endpoint="segment_remove")(remove_segment)


def choices(session: Session, shop: Shop, values: Mapping[str, str | list[str]]) -> dict[str, list[Choice]]:
    """What the builder can ask for: (id, name, details). ``values``: of the form; what is chosen and gone stays a choice, or saving would
    open the offer to everybody without a word."""
    shop_id, say = ShopId(shop.id), translator(shop)
    known = {"markets": [(one.id, one.name, _where(shop, one)) for one in markets(session, shop_id)],
             "campaigns": [(str(one.id), one.name, "") for one in campaigns.of_shop(session, shop_id)],
             "segments": [(str(one.id), one.name, "") for one in tables.segments(session, shop_id)]}
    for name in ("markets", "segments"):
        gone = set(values.get(name) or ()) - {id for id, _, _ in known[name]}
        known[name] += [(one, say(f"audience.{name}_gone"), "") for one in sorted(gone)]
    return known


def _where(shop: Shop, market: Market) -> str:
    """Its countries, the first of many; or that the checkout cannot tell who is in it."""
    if not (market.active and market.by_country):
        return translator(shop)("audience.market_other")
    if market.everywhere:
        return translator(shop)("audience.market_world")
    shown = ", ".join(market.countries[:SHOWN])
    return f"{shown} …" if len(market.countries) > SHOWN else shown


@embedded
def listed(shop: Shop, session: Session) -> str:
    return list_page(session, shop, Form(values={}, errors={}))


@embedded
def distrust_links(shop: Shop, session: Session) -> ResponseReturnValue:
    """A key is in wrong hands, or somebody passes their cart's proof around."""
    trusting.distrust(session, current_context().settings, ShopId(shop.id), now=clock.now(), by=staff())
    return moved(LIST, said="distrusted")


@embedded
def new_segment(shop: Shop, session: Session) -> str:
    return _segment_page(session, shop, Form(values={"test_0": "orders_least", "value_0": "3"}, errors={}))


@embedded
def edit_segment(shop: Shop, session: Session, segment_id: UUID) -> str:
    row = tables.segment(session, ShopId(shop.id), segment_id)
    return _segment_page(session, shop, Form(values=segment_form.filled(row.name, row.asks(), shop.currency), errors={}), row)


@embedded
def make_segment(shop: Shop, session: Session) -> ResponseReturnValue:
    return _save(session, shop, None)


@embedded
def save_segment(shop: Shop, session: Session, segment_id: UUID) -> ResponseReturnValue:
    return _save(session, shop, tables.segment(session, ShopId(shop.id), segment_id))


@embedded
def remove_segment(shop: Shop, session: Session, segment_id: UUID) -> ResponseReturnValue:
    """Refused while an offer asks for it: that would be for everybody, or for nobody, without a word."""
    row = tables.segment(session, ShopId(shop.id), segment_id)
    try:
        segments.remove_segment(session, ShopId(shop.id), segment_id, now=clock.now(), by=staff())
    except Refused as refused:
        form = Form(values=segment_form.filled(row.name, row.asks(), shop.currency), errors={"name": words(refused.key, **refused.facts)})
        return _segment_page(session, shop, form, row), 422
    return moved(LIST, said="removed")


@embedded
def look(shop: Shop, session: Session) -> str:
    """Who would belong to what is being typed; nothing is kept."""
    return fragment("offers/members.html", shop=shop, **_members(session, shop, _typed()))


def _save(session: Session, shop: Shop, row: Segment | None) -> ResponseReturnValue:
    typed = _typed()
    conditions, wrong = segment_form.read(typed, shop.currency)
    errors = {name: words("audience.refused_value" if name.startswith("value") else "errors.choose_what") for name in wrong}
    if not errors:
        try:
            segments.save_segment(session, ShopId(shop.id), typed["name"], conditions, now=clock.now(), segment_id=row.id if row else None,
                                  by=staff())
        except Refused as refused:
            at = "value_0" if refused.reason == "segment" else "name"
            errors = {at: words(refused.key, **refused.facts)}
    if errors:
        return _segment_page(session, shop, Form(values=typed, errors=errors), row), 422
    return moved(LIST, said="segment")


def _typed() -> dict[str, str]:
    return {name: told if is_text(told := request.form.get(name, "")) else "" for name in FIELDS}


def list_page(session: Session, shop: Shop, form: Form) -> str:
    """``form``: of a new campaign."""
    shop_id, said = ShopId(shop.id), request.args.get(SAID)
    done = [(one.at, past.who(shop, one.staff)) for one in trusting.distrusted(session, shop_id)]
    return page("offers/audiences.html", shop=shop, form=form, distrusted=done, campaigns=campaigns.of_shop(session, shop_id),
                segments=[(one, _sentence(shop, one)) for one in tables.segments(session, shop_id)],
                storefront=storefront_of(shop), said=said if said in SAYINGS else None)


def _segment_page(session: Session, shop: Shop, form: Form, row: Segment | None = None) -> str:
    say = translator(shop)
    tests = [("", say("audience.test_none")), *((one, say(f"audience.test_{one}")) for one in segment_form.TESTS)]
    told = [("", one.at, past.who(shop, one.staff), _words(shop, one.name, one.conditions)) for one in
            (tables.segment_changes(session, ShopId(shop.id), row.id) if row else ())]
    return page("offers/segment.html", shop=shop, form=form, segment=row, tests=tests, rows=range(segment_form.ROWS), past=told,
                **_members(session, shop, form["values"]))


def _members(session: Session, shop: Shop, typed: dict[str, str]) -> dict[str, Any]:
    """``look`` None: nothing can be read yet. ``members``: what each is called, and why they belong."""
    conditions, wrong = segment_form.read(typed, shop.currency)
    if wrong or not conditions:
        return {"look": None, "members": []}
    found: Look = segments.look(session, ShopId(shop.id), conditions, clock.now())
    say = translator(shop)
    members = [(one.name or say("audience.customer", id=one.customer.id), _why(shop, one.verdict)) for one in found.members]
    return {"look": found, "members": members}


def _why(shop: Shop, verdict: Verdict) -> str:
    say = translator(shop)
    told = dict.fromkeys(say(f"audience.why_{one.fact}", value=_shown(shop, one.fact, value)) for one, value, _ in verdict.why)
    return " · ".join(told)


def _shown(shop: Shop, fact: str, value: int | tuple[str, ...] | None) -> object:
    if isinstance(value, tuple):
        return ", ".join(value[:NAMED]) + (" …" if len(value) > NAMED else "") or "–"
    if value is None:
        return "–"
    return Money(value, shop.currency).display(locale_of(shop)) if fact in MONEY else value


def _sentence(shop: Shop, row: Segment) -> str:
    return _words(shop, "", row.conditions)


def _words(shop: Shop, name: str, conditions: list[Any]) -> str:
    say = translator(shop)
    values = segment_form.filled(name, segment_form.load(conditions), shop.currency)
    rows = [(values[f"test_{row}"], values[f"value_{row}"]) for row in range(segment_form.ROWS) if f"test_{row}" in values]
    told = [" ".join((say(f"audience.test_{test}"), value)) for test, value in rows]
    return (f"{name}: " if name else "") + " · ".join(told)

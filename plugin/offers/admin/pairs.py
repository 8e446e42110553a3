"""The quick road to a first offer: two products and a discount on the second, in the shop within a minute. What it makes is an ordinary
offer (buy the first, get the second for less), which is changed, paused and reported like any other."""

from collections.abc import Mapping

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.mirror import tables as mirror
from plugin.offers.admin import picking
from plugin.offers.admin.offers import switched_on
from plugin.offers.admin.typed import Form, basis_points
from plugin.offers.flows import drafting
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded, looks
from plugin.web.shell import page, translator
from plugin.web.state import staff

PAIR = "/app/pairs"
LEAST_RATE, MOST_RATE = 100, 9000


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(PAIR, endpoint="pair_new")(new)
    blueprint.post(PAIR, endpoint="pair_make")(make)


@embedded
@looks
def new(shop: Shop, session: Session) -> str:
    return _form_page(shop, session, Form(values={"percent": "15"}, errors={}))


@embedded
def make(shop: Shop, session: Session) -> ResponseReturnValue:
    """What the guard refuses is said beside the discount, with the goods that would break the floor; nothing is kept then."""
    typed = {name: request.form.get(name, "").strip() for name in ("first", "second", "percent", "words_first", "words_second")}
    errors = _faults(session, shop, typed)
    if not errors:
        try:
            return _made(shop, session, typed)
        except Refused as refused:
            errors = {"percent" if refused.reason == "margin" else "second": words(refused.key, **refused.facts)}
    return _form_page(shop, session, Form(values=typed, errors=errors)), 422


def _made(shop: Shop, session: Session, typed: Mapping[str, str]) -> ResponseReturnValue:
    """Raises Refused."""
    first, second = typed["first"], typed["second"]
    drafting.refuse_twin(session, ShopId(shop.id), first, second)
    made = drafting.draft_bundle(session, shop, first, second, basis_points(typed["percent"]) or 0,
                                 title=picking.bundle_title(session, shop, first, second), now=clock.now(), by=staff())
    return switched_on(session, shop, made.id)


def _form_page(shop: Shop, session: Session, form: Form) -> str:
    pickers = [picking.picker(session, shop, side, form["values"]) for side in picking.SIDES]
    return page("offers/pair.html", shop=shop, form=form, errors=form["errors"], pickers=pickers)


def _faults(session: Session, shop: Shop, typed: Mapping[str, str]) -> dict[str, str]:
    say = translator(shop)
    errors: dict[str, str] = {}
    for side in picking.SIDES:
        if not typed[side].isascii() or not typed[side].isdigit() or mirror.product(session, shop.id, typed[side]) is None:
            errors[side] = say("pairs.choose")
    if not errors and typed["first"] == typed["second"]:
        errors["second"] = say("pairs.same")
    if not LEAST_RATE <= (basis_points(typed["percent"]) or 0) <= MOST_RATE:
        errors["percent"] = say("pairs.range")
    return errors

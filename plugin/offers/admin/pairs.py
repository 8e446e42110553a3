"""Pairs: two products, the second at a discount. A list, and one page to make or change one."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.errors import Refused
from plugin.mirror import tables as mirror
from plugin.offers import flows, tables
from plugin.offers.admin import floor, picking
from plugin.offers.admin.typed import Form, basis_points, written
from plugin.offers.flows import Wish
from plugin.offers.tables import Pair
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded
from plugin.web.shell import SAID, moved, page, translator

LIST = "/app/pairs"
_ONE = f"{LIST}/<uuid:pair_id>"
_SAYINGS = ("saved", "changed", "separate", "removed", "floor")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(listed)
    blueprint.post(LIST)(make)
    blueprint.get(f"{LIST}/new")(new)
    blueprint.get(_ONE)(shown)
    blueprint.post(_ONE)(change)
    blueprint.post(f"{_ONE}/removal")(remove)


@embedded
def listed(shop: Shop, session: Session) -> str:
    return list_page(shop, session)


@embedded
def new(shop: Shop, session: Session) -> str:
    return _form_page(shop, session, Form(values={"percent": "15"}, errors={}))


@embedded
def make(shop: Shop, session: Session) -> ResponseReturnValue:
    return _save(shop, session, None)


@embedded
def shown(shop: Shop, session: Session, pair_id: UUID) -> str:
    row = tables.pair(session, shop.id, pair_id)
    values = {"first": row.first_product_id, "second": row.second_product_id, "percent": written(row.basis_points)}
    return _form_page(shop, session, Form(values=values, errors={}), row)


@embedded
def change(shop: Shop, session: Session, pair_id: UUID) -> ResponseReturnValue:
    return _save(shop, session, tables.pair(session, shop.id, pair_id))


@embedded
def remove(shop: Shop, session: Session, pair_id: UUID) -> ResponseReturnValue:
    flows.remove_pair(session, shop.id, pair_id, now=clock.now())
    return moved(LIST, said="removed")


def _save(shop: Shop, session: Session, row: Pair | None) -> ResponseReturnValue:
    """What the guard refuses is said beside the discount, with the cart that would break the floor."""
    typed = {name: request.form.get(name, "").strip() for name in ("first", "second", "percent", "words_first", "words_second")}
    errors = _faults(session, shop, typed)
    if not errors:
        try:
            wish = Wish(typed["first"], typed["second"], basis_points(typed["percent"]) or 0)
            saved = flows.save_pair(session, shop.id, wish, currency=shop.currency, now=clock.now(), pair_id=row.id if row else None)
            return moved(LIST, said="separate" if saved.reason else "changed" if row else "saved")
        except Refused as refused:
            errors = {"percent" if refused.reason == "margin" else "second": words(refused.key, **refused.facts)}
    return _form_page(shop, session, Form(values=typed, errors=errors), row), 422


def list_page(shop: Shop, session: Session, floor_form: Form | None = None) -> str:
    rows, said = tables.all_pairs(session, shop.id), request.args.get(SAID)
    return page("offers/pairs.html", shop=shop, pairs=rows, titles=_titles(session, shop, rows),
                floor=floor_form or floor.kept(session, shop), has_products=bool(mirror.search(session, shop.id, limit=1)),
                said=said if said in _SAYINGS and request.method == "GET" else None)


def _form_page(shop: Shop, session: Session, form: Form, row: Pair | None = None) -> str:
    pickers = [picking.picker(session, shop, side, form["values"]) for side in picking.SIDES]
    return page("offers/pair.html", shop=shop, pair=row, form=form, errors=form["errors"], pickers=pickers)


def _titles(session: Session, shop: Shop, rows: Sequence[Pair]) -> dict[str, str]:
    ids = sorted({one for row in rows for one in (row.first_product_id, row.second_product_id)})
    return {product.id: product.title for product in mirror.products(session, shop.id, ids)}


def _faults(session: Session, shop: Shop, typed: Mapping[str, str]) -> dict[str, str]:
    say = translator(shop)
    errors: dict[str, str] = {}
    for side in picking.SIDES:
        if not typed[side].isascii() or not typed[side].isdigit() or mirror.product(session, shop.id, typed[side]) is None:
            errors[side] = say("pairs.choose")
    if not errors and typed["first"] == typed["second"]:
        errors["second"] = say("pairs.same")
    if not 100 <= (basis_points(typed["percent"]) or 0) <= 9000:
        errors["percent"] = say("pairs.range")
    return errors

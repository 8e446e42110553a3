"""Pairs: two products, the second at a discount; and the margin floor that every pair and programme must keep."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.margin import tables as margins
from plugin.margin.rules import WHOLE
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers import flows, tables
from plugin.offers.flows import Wish
from plugin.offers.tables import Pair
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded
from plugin.web.shell import SAID, moved, page, translator

LIST = "/app/pairs"
FLOOR = "/app/margin-floor"
MOST_PRODUCTS = 250
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?", re.ASCII)
_SAYINGS = ("saved", "separate", "removed", "floor")


class Form(TypedDict):
    """What ``kit.html`` wants of a form."""

    values: dict[str, str]
    errors: dict[str, str]


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(listed)
    blueprint.post(LIST)(save)
    blueprint.post(f"{LIST}/<uuid:pair_id>/removal")(remove)
    blueprint.post(FLOOR)(set_floor)


@embedded
def listed(shop: Shop, session: Session) -> str:
    return _page(shop, session)


@embedded
def save(shop: Shop, session: Session) -> ResponseReturnValue:
    """A new pair. What the guard refuses is said beside the discount, with the cart that would break the floor."""
    typed = {name: request.form.get(name, "").strip() for name in ("first", "second", "percent")}
    errors = _faults(session, shop, typed)
    if not errors:
        try:
            wish = Wish(typed["first"], typed["second"], _basis_points(typed["percent"]) or 0)
            row = flows.save_pair(session, shop.id, wish, currency=shop.currency, now=clock.now())
            return moved(LIST, said="separate" if row.reason else "saved")
        except Refused as refused:
            errors = {"percent" if refused.reason == "margin" else "second": words(refused.key, **refused.facts)}
    return _page(shop, session, pair=Form(values=typed, errors=errors)), 422


@embedded
def remove(shop: Shop, session: Session, pair_id: UUID) -> ResponseReturnValue:
    flows.remove_pair(session, shop.id, pair_id, now=clock.now())
    return moved(LIST, said="removed")


@embedded
def set_floor(shop: Shop, session: Session) -> ResponseReturnValue:
    """Both shares may be empty: no floor, and unknown costs stay unknown."""
    typed = {name: request.form.get(name, "").strip() for name in ("floor", "cost")}
    read = {name: _basis_points(text) for name, text in typed.items()}
    wrong = translator(shop)("pairs.not_a_share")
    errors = {name: wrong for name, text in typed.items() if text and (read[name] is None or (read[name] or 0) > WHOLE)}
    if errors:
        return _page(shop, session, floor=Form(values=typed, errors=errors)), 422
    margin.set_floor(session, shop.id, floor_bp=read["floor"], cost_bp=read["cost"], now=clock.now())
    return moved(LIST, said="floor")


def _page(shop: Shop, session: Session, *, pair: Form | None = None, floor: Form | None = None) -> str:
    rows, said = tables.all_pairs(session, shop.id), request.args.get(SAID)
    known = mirror.search(session, shop.id, limit=MOST_PRODUCTS)
    return page("offers/pairs.html", shop=shop, pairs=rows, titles=_titles(session, shop, rows, known), products=known,
                form=pair or Form(values={"percent": "15"}, errors={}), floor=floor or _floor(session, shop),
                said=said if said in _SAYINGS and request.method == "GET" else None)


def _floor(session: Session, shop: Shop) -> Form:
    kept = margins.floor(session, shop.id)
    shares: Mapping[str, int | None] = {"floor": kept.floor_bp if kept else None, "cost": kept.cost_bp if kept else None}
    return Form(values={name: _written(share) for name, share in shares.items()}, errors={})


def _titles(session: Session, shop: Shop, rows: Sequence[Pair], known: Sequence[Product]) -> dict[str, str]:
    titles = {product.id: product.title for product in known}
    missing = sorted({one for row in rows for one in (row.first_product_id, row.second_product_id)} - titles.keys())
    return titles | {product.id: product.title for product in mirror.products(session, shop.id, missing)}


def _faults(session: Session, shop: Shop, typed: Mapping[str, str]) -> dict[str, str]:
    say = translator(shop)
    errors: dict[str, str] = {}
    for side in ("first", "second"):
        if not typed[side].isascii() or not typed[side].isdigit() or mirror.product(session, shop.id, typed[side]) is None:
            errors[side] = say("pairs.choose")
    if not errors and typed["first"] == typed["second"]:
        errors["second"] = say("pairs.same")
    if not 100 <= (_basis_points(typed["percent"]) or 0) <= 9000:
        errors["percent"] = say("pairs.range")
    return errors


def _basis_points(text: str) -> int | None:
    found = _PERCENT.fullmatch(text)
    return int(Decimal(f"{found[1]}.{found[2] or 0}").scaleb(2)) if found else None


def _written(share: int | None) -> str:
    return "" if share is None else f"{share // 100}.{share % 100:02}".rstrip("0").rstrip(".")

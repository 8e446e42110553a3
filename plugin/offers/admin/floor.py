"""The margin floor that every pair and programme must keep."""

from collections.abc import Mapping

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.margin import flows as margin
from plugin.margin import tables as margins
from plugin.margin.rules import WHOLE
from plugin.offers.admin import pairs
from plugin.offers.admin.typed import Form, basis_points, written
from plugin.offers.flows import publishing
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import moved, translator

FLOOR = "/app/margin-floor"


def add_to(blueprint: Blueprint) -> None:
    blueprint.post(FLOOR)(set_floor)


@embedded
def set_floor(shop: Shop, session: Session) -> ResponseReturnValue:
    """Both shares may be empty: no floor, and unknown costs stay unknown."""
    typed = {name: request.form.get(name, "").strip() for name in ("floor", "cost")}
    read = {name: basis_points(text) for name, text in typed.items()}
    wrong = translator(shop)("pairs.not_a_share")
    errors = {name: wrong for name, text in typed.items() if text and (read[name] is None or (read[name] or 0) > WHOLE)}
    if errors:
        return pairs.list_page(shop, session, Form(values=typed, errors=errors)), 422
    margin.set_floor(session, shop.id, floor_bp=read["floor"], cost_bp=read["cost"], now=clock.now())
    publishing.guard_again(session, shop.id, clock.now())
    return moved(pairs.LIST, said="floor")


def kept(session: Session, shop: Shop) -> Form:
    """The floor as it stands, as a form."""
    row = margins.floor(session, shop.id)
    shares: Mapping[str, int | None] = {"floor": row.floor_bp if row else None, "cost": row.cost_bp if row else None}
    return Form(values={name: written(share) for name, share in shares.items()}, errors={})

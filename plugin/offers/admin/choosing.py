"""Which offer counts where several fit: the merchant's choice on the list of offers, who chose what before, and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.offers.admin.past import who
from plugin.offers.admin.typed import Form
from plugin.offers.flows import choosing as flows
from plugin.offers.tables.choosing import choosings, is_best
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import moved
from plugin.web.state import staff

LIST = "/app/offers"
WAYS: Mapping[str, bool] = {"best": True, "priority": False}


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice that was made: ``way`` of WAYS, ``person`` in words."""

    way: str
    at: datetime
    person: str


@dataclass(frozen=True, slots=True)
class Choice:
    """How it stands. ``newest``: the id of the last choice, empty where none was made."""

    form: Form
    entries: tuple[Entry, ...]
    newest: str


def add_to(blueprint: Blueprint) -> None:
    blueprint.post(f"{LIST}/choosing", endpoint="offers_choose")(choose)
    blueprint.post(f"{LIST}/choosing/undoing", endpoint="offers_undo_choice")(undo)


def choice(session: Session, shop: Shop) -> Choice:
    made = choosings(session, ShopId(shop.id))
    way = "best" if is_best(session, ShopId(shop.id)) else "priority"
    return Choice(Form(values={"way": way}, errors={}),
                  tuple(Entry("best" if one.best else "priority", one.at, who(shop, one.staff)) for one in made),
                  str(made[0].id) if made else "")


@embedded
def choose(shop: Shop, session: Session) -> ResponseReturnValue:
    """Raises Refused("choice") for a way that there is none of."""
    way = request.form.get("way", "")
    if way not in WAYS:
        raise Refused("choice", "Choose one of both ways.", key="offers.refused_choice")
    flows.choose(session, ShopId(shop.id), best=WAYS[way], now=clock.now(), by=staff())
    return moved(LIST, said="chosen")


@embedded
def undo(shop: Shop, session: Session) -> ResponseReturnValue:
    """Back to what held before, if nobody has chosen since the page was read."""
    flows.undo_choice(session, ShopId(shop.id), seen=request.args.get("seen", ""), now=clock.now(), by=staff())
    return moved(LIST, said="unchosen")

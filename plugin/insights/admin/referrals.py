"""Referrals: the list, and the whole story of one order."""

from typing import TypedDict

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import flows as attribution
from plugin.attribution import tables as links
from plugin.attribution.rules import code_key
from plugin.desk.screen import list_page
from plugin.insights import telling
from plugin.insights.referrals import REFERRALS
from plugin.insights.stations import stations
from plugin.insights.telling import Teller
from plugin.insights.walk import walk
from plugin.messaging.naming import called
from plugin.money import Money
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, locale_of, moved, page, translator

LIST = "/app/referrals"


class Form(TypedDict):
    """What was typed, and what is wrong with it, by field."""

    values: dict[str, str]
    errors: dict[str, str]


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(referred)
    blueprint.get(f"{LIST}/<order_id>")(shown)
    blueprint.post(f"{LIST}/<order_id>/advocate")(named)


@embedded
def referred(shop: Shop, session: Session) -> str:
    """Newest first, of one verdict or of all but "nobody brought it"."""
    locale = locale_of(shop)
    return list_page("insights/referrals.html", shop, session, REFERRALS, tones=telling.TONES,
                     called=lambda person: called(person, locale), why=lambda reward: telling.why(reward, locale))


@embedded
def shown(shop: Shop, session: Session, order_id: str) -> str:
    return _walk_page(shop, session, order_id, Form(values={}, errors={}))


@embedded
def named(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    """The merchant says by an advocate's code who brought the order; an empty field takes that back."""
    typed = request.form.get("code", "").strip()
    found = links.links_by_code(session, shop.id, [code_key(typed)]) if typed else ()
    if typed and not found:
        wrong = {"code": translator(shop)("trace.no_such_code")}
        return _walk_page(shop, session, order_id, Form(values={"code": typed}, errors=wrong)), 422
    attribution.name_advocate(session, shop.id, order_id, found[0].id if found else None, now=clock.now())
    return moved(f"{LIST}/{order_id}", said="named")


def _walk_page(shop: Shop, session: Session, order_id: str, form: Form) -> str:
    told, locale = walk(session, shop.id, order_id), locale_of(shop)
    teller = Teller(locale, shop.timezone, told.order.currency, called(told.advocate, locale))
    return page("insights/walk.html", shop=shop, walk=told, teller=teller, path=stations(told, teller), tones=telling.TONES,
                worth=telling.worth, why=lambda reward: telling.why(reward, locale), entries=told.entries, following=None, money_of=Money,
                names={told.order.id: told.order.name}, discounts=telling.discounts(told.order), form=form,
                said=request.args.get(SAID) == "named")

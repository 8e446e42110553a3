"""Referrals: the list, and the whole story of one order."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import flows as attribution
from plugin.attribution import tables as links
from plugin.attribution.rules import code_key
from plugin.desk.flows import LONGEST_REASON, Ask
from plugin.desk.screen import list_page
from plugin.errors import NotFound
from plugin.insights import telling
from plugin.insights.referrals import REFERRALS
from plugin.insights.stations import stations
from plugin.insights.telling import Teller
from plugin.insights.walk import walk
from plugin.messaging import silence
from plugin.messaging.naming import called
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.people import peace
from plugin.people import tables as people
from plugin.shops.tables import Shop
from plugin.web import forms
from plugin.web.forms import Form
from plugin.web.guards import embedded
from plugin.web.shell import SAID, locale_of, moved, page, translator
from plugin.web.state import staff

LIST = "/app/referrals"
SAYS = ("named", "left", "ended")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(referred)
    blueprint.get(f"{LIST}/<order_id>")(shown)
    blueprint.post(f"{LIST}/<order_id>/advocate")(named)
    blueprint.post(f"{LIST}/<order_id>/peace")(complained)
    blueprint.post(f"{LIST}/<order_id>/peace/end")(end_peace)


@embedded
def referred(shop: Shop, session: Session) -> str:
    """Newest first, of one verdict or of all but "nobody brought it"."""
    locale = locale_of(shop)
    return list_page("insights/referrals.html", shop, session, REFERRALS, tones=telling.TONES,
                     called=lambda person: called(person, locale), why=lambda reward: telling.why(reward, locale))


@embedded
def shown(shop: Shop, session: Session, order_id: str) -> str:
    return _walk_page(shop, session, order_id)


@embedded
def named(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    """The merchant says by an advocate's code who brought the order; an empty field takes that back."""
    typed = request.form.get("code", "").strip()
    found = links.links_by_code(session, shop.id, [code_key(typed)]) if typed else ()
    if typed and not found:
        wrong = {"code": translator(shop)("trace.no_such_code")}
        return _walk_page(shop, session, order_id, form=Form(values={"code": typed}, errors=wrong)), 422
    attribution.name_advocate(session, shop.id, order_id, found[0].id if found else None, now=clock.now())
    return moved(f"{LIST}/{order_id}", said="named")


@embedded
def complained(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    """The merchant knows of a complaint about this order: it is noted here, and whoever bought is left in peace."""
    form = forms.read(translator(shop), {"reason": LONGEST_REASON})
    if form["errors"]:
        return _walk_page(shop, session, order_id, leaving=form), 422
    ask = Ask(staff(), form["values"]["reason"], clock.now())
    peace.leave(session, shop.id, _buyer(session, shop, order_id), subject=f"order:{order_id}", ask=ask)
    return moved(f"{LIST}/{order_id}", said="left")


@embedded
def end_peace(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    peace.end(session, shop.id, _buyer(session, shop, order_id), subject=f"order:{order_id}", ask=Ask(staff(), "", clock.now()))
    return moved(f"{LIST}/{order_id}", said="ended")


def _buyer(session: Session, shop: Shop, order_id: str) -> UUID:
    """Raises NotFound for an order that is not here, or that nobody is known to have placed."""
    row = mirror.row_of(session, shop.id, order_id)
    if row is None or row.person_id is None:
        raise NotFound("buyer")
    return row.person_id


def _walk_page(shop: Shop, session: Session, order_id: str, **typed: Form) -> str:
    """``typed``: the forms ``form`` (an advocate's code) and ``leaving``, as they are to come back."""
    told, locale = walk(session, shop.id, order_id), locale_of(shop)
    teller = Teller(locale, shop.timezone, told.order.currency, called(told.advocate, locale))
    said = request.args.get(SAID)
    return page("insights/walk.html", shop=shop, walk=told, teller=teller, path=stations(told, teller), tones=telling.TONES,
                worth=telling.worth, why=lambda reward: telling.why(reward, locale), entries=told.entries, following=None, money_of=Money,
                names={told.order.id: told.order.name}, discounts=telling.discounts(told.order), said=said if said in SAYS else None,
                **{"form": forms.empty(), "leaving": forms.empty(), **typed}, **_peace(shop, session, told.order.person_id, locale))


def _peace(shop: Shop, session: Session, person_id: UUID | None, locale: str) -> dict[str, Any]:
    """Who bought, and why nothing may be asked of them now, if so."""
    if person_id is None:
        return {"buyer": None, "why_silent": None, "buyer_name": None}
    person = people.get(session, shop.id, person_id)
    return {"buyer": person, "buyer_name": called(person, locale), "why_silent": silence.hurt(session, shop.id, person.id, clock.now())}

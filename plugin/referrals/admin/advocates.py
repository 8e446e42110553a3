"""Advocates: who shares, what came of it, and enrolling somebody by e-mail address."""

from typing import TypedDict
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import tables as attribution
from plugin.errors import Refused
from plugin.messaging import texts
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.referrals import flows, sharing, tables
from plugin.rewards import tables as rewards
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, here, locale_of, moved, page, translator

LIST = "/app/advocates"
PAGE = 25


class Form(TypedDict):
    """What ``kit.html`` wants of a form."""

    values: dict[str, str]
    errors: dict[str, str]


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(advocates)
    blueprint.post(LIST)(enrol)
    blueprint.get(f"{LIST}/<uuid:advocate_id>")(advocate)
    blueprint.post(f"{LIST}/<uuid:advocate_id>/stop")(stop)


@embedded
def advocates(shop: Shop, session: Session) -> str:
    return _list_page(shop, session, Form(values={}, errors={}))


@embedded
def enrol(shop: Shop, session: Session) -> ResponseReturnValue:
    """Somebody gets a link without having ordered. Enrolling twice leads to the same advocate."""
    typed = {name: request.form.get(name, "").strip() for name in ("email", "programme")}
    try:
        link = flows.invite(session, shop.id, _uuid(typed["programme"]), email=typed["email"], now=clock.now())
    except Refused as refused:
        name = "email" if refused.reason == "email" else "programme"
        wrong = translator(shop)("advocates.no_email") if name == "email" else translator(shop)("advocates.no_programme")
        return _list_page(shop, session, Form(values=typed, errors={name: wrong})), 422
    return moved(f"{LIST}/{link.id}", said="enrolled")


@embedded
def advocate(shop: Shop, session: Session, advocate_id: UUID) -> str:
    """The link, and every reward of this person."""
    row, say = tables.advocate(session, shop.id, advocate_id), request.args.get(SAID)
    person = people.get(session, shop.id, row.person_id)
    [link] = attribution.links(session, shop.id, [advocate_id])
    earned = rewards.of_person(session, shop.id, person.id)
    return page("advocates/one.html", shop=shop, advocate=row, person=person, name=_name(person, locale_of(shop)), link=link,
                address=sharing.link_of((shop.storefront_url or f"https://{shop.domain}").rstrip("/"), link.slug), rewards=earned,
                names=mirror.names(session, shop.id, {reward.order_id for reward in earned}), money_of=Money,
                programme=tables.programme(session, shop.id, row.programme_id), said=say if say in ("enrolled", "stopped") else None)


@embedded
def stop(shop: Shop, session: Session, advocate_id: UUID) -> ResponseReturnValue:
    flows.stop(session, shop.id, advocate_id, now=clock.now())
    return moved(f"{LIST}/{advocate_id}", said="stopped")


def _list_page(shop: Shop, session: Session, form: Form) -> str:
    rows = tables.listed_advocates(session, shop.id, before=_uuid(request.args["before"]) if "before" in request.args else None, limit=PAGE)
    counts = attribution.count_by_advocate(session, shop.id, [row.id for row, _ in rows])
    locale = locale_of(shop)
    live = [one for one in tables.programmes(session, shop.id) if one.state == "live"]
    form["values"].setdefault("programme", str(live[0].id) if live else "")
    following = here(LIST, before=rows[-1][0].id) if len(rows) == PAGE else None
    return page("advocates/list.html", shop=shop, rows=[(row, _name(person, locale), counts.get(row.id, 0)) for row, person in rows],
                programmes=[(str(one.id), one.name) for one in live], form=form, following=following)


def _name(person: Person, locale: str) -> str:
    if person.redacted_at is not None:
        return texts.say(locale, "trace.somebody")
    return person.first_name or person.email or texts.say(locale, "trace.customer", number=person.customer_id or "–")


def _uuid(text: str) -> UUID:
    """The zero id for nonsense: it belongs to nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)

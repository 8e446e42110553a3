"""Advocates: who shares, what came of it, enrolling somebody by e-mail address, stopping, and what staff noted."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import tables as attribution
from plugin.desk import flows as desk
from plugin.desk import tables as desk_tables
from plugin.desk.flows import Ask
from plugin.desk.screen import list_page
from plugin.errors import Refused
from plugin.messaging import silence
from plugin.messaging import tables as messaging
from plugin.messaging.naming import called
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.people import peace
from plugin.people import tables as people
from plugin.referrals import flows, sharing, tables
from plugin.referrals.listing import ADVOCATES
from plugin.rewards import tables as rewards
from plugin.shops.tables import Shop
from plugin.web import forms
from plugin.web.forms import Form
from plugin.web.guards import embedded
from plugin.web.shell import SAID, locale_of, moved, page, translator
from plugin.web.state import staff

LIST = ADVOCATES.path
SHOWN = 25
SAYS = ("enrolled", "stopped", "resumed", "noted", "left", "ended")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(advocates)
    blueprint.post(LIST)(enrol)
    blueprint.get(f"{LIST}/<uuid:advocate_id>")(advocate)
    blueprint.post(f"{LIST}/<uuid:advocate_id>/stop")(stop)
    blueprint.post(f"{LIST}/<uuid:advocate_id>/resumption")(resume)
    blueprint.post(f"{LIST}/<uuid:advocate_id>/notes")(note)
    blueprint.post(f"{LIST}/<uuid:advocate_id>/peace")(leave_in_peace)
    blueprint.post(f"{LIST}/<uuid:advocate_id>/peace/end")(end_peace)


@embedded
def advocates(shop: Shop, session: Session) -> str:
    return _list(shop, session, Form(values={}, errors={}))


@embedded
def enrol(shop: Shop, session: Session) -> ResponseReturnValue:
    """Somebody gets a link without having ordered. Enrolling twice leads to the same advocate."""
    typed = {name: request.form.get(name, "").strip() for name in ("email", "programme")}
    try:
        link = flows.invite(session, shop.id, _uuid(typed["programme"]), email=typed["email"], now=clock.now())
    except Refused as refused:
        name = "email" if refused.reason == "email" else "programme"
        wrong = translator(shop)("advocates.no_email") if name == "email" else translator(shop)("advocates.no_programme")
        return _list(shop, session, Form(values=typed, errors={name: wrong})), 422
    return moved(f"{LIST}/{link.id}", said="enrolled")


@embedded
def advocate(shop: Shop, session: Session, advocate_id: UUID) -> str:
    return _one(shop, session, advocate_id)


def _one(shop: Shop, session: Session, advocate_id: UUID, **typed: Form) -> str:
    """The link, the friends' way along it, the orders, the rewards and what they come to, mails, and what staff did and noted.
    ``typed``: the forms ``noting`` and ``leaving``, as they are to come back."""
    row, said = tables.advocate(session, shop.id, advocate_id), request.args.get(SAID)
    person = people.get(session, shop.id, row.person_id)
    ids = people.all_ids(session, shop.id, person.id)
    [link] = attribution.links(session, shop.id, [advocate_id])
    earned = rewards.of_person(session, shop.id, person.id, limit=SHOWN)
    brought = attribution.brought_by(session, shop.id, advocate_id, limit=SHOWN)
    orders = {reward.order_id for reward in earned} | {decision.order_id for decision in brought}
    return page("advocates/one.html", shop=shop, advocate=row, person=person, name=called(person, locale_of(shop)), link=link,
                address=sharing.link_of((shop.storefront_url or f"https://{shop.domain}").rstrip("/"), link.slug), rewards=earned,
                brought=brought, names=mirror.names(session, shop.id, orders), money_of=Money, path=_path(session, shop, link),
                purse=_purse(session, shop, ids), mails=messaging.newest(session, shop.id, ids, limit=SHOWN),
                notes=desk_tables.notes(session, shop.id, f"advocate:{advocate_id}"),
                programme=tables.programme(session, shop.id, row.programme_id),
                why_silent=silence.hurt(session, shop.id, person.id, clock.now()), said=said if said in SAYS else None,
                **{"noting": forms.empty(), "leaving": forms.empty(), **typed})


def _path(session: Session, shop: Shop, link: attribution.Link) -> list[tuple[str, int]]:
    """How far friends came: visits, those from the card where there are any, codes claimed, orders."""
    visits, cards, claims = attribution.friends_path(session, shop.id, link.id)
    return [("visits", visits), *([("cards", cards)] if cards else []), ("claims", claims), ("orders", link.friends)]


def _purse(session: Session, shop: Shop, ids: set[UUID]) -> list[tuple[str, Money]]:
    told = rewards.purse_of(session, shop.id, ids)
    return [(name, Money(getattr(purse, name), currency)) for currency, purse in told.items() for name in ("waiting", "ready", "spent")]


@embedded
def stop(shop: Shop, session: Session, advocate_id: UUID) -> ResponseReturnValue:
    flows.stop(session, shop.id, advocate_id, now=clock.now(), staff=staff())
    return moved(f"{LIST}/{advocate_id}", said="stopped")


@embedded
def resume(shop: Shop, session: Session, advocate_id: UUID) -> ResponseReturnValue:
    """What was placed while they were stopped earns nothing; ``undo`` says that the stop was a mistake."""
    flows.resume(session, shop.id, advocate_id, Ask(staff(), "", clock.now(), undo=request.form.get("undo") == "yes"))
    return moved(f"{LIST}/{advocate_id}", said="resumed")


@embedded
def note(shop: Shop, session: Session, advocate_id: UUID) -> ResponseReturnValue:
    tables.advocate(session, shop.id, advocate_id)
    form = forms.read(translator(shop), {"text": desk.LONGEST_NOTE}, needed={"text"})
    if form["errors"]:
        return _one(shop, session, advocate_id, noting=form), 422
    desk.note(session, shop.id, f"advocate:{advocate_id}", "note", Ask(staff(), form["values"]["text"], clock.now()))
    return moved(f"{LIST}/{advocate_id}", said="noted")


@embedded
def leave_in_peace(shop: Shop, session: Session, advocate_id: UUID) -> ResponseReturnValue:
    """Nothing that asks reaches them any more; what they earned is still told."""
    row, form = tables.advocate(session, shop.id, advocate_id), forms.read(translator(shop), {"reason": desk.LONGEST_REASON})
    if form["errors"]:
        return _one(shop, session, advocate_id, leaving=form), 422
    ask = Ask(staff(), form["values"]["reason"], clock.now())
    peace.leave(session, shop.id, row.person_id, subject=f"advocate:{advocate_id}", ask=ask)
    return moved(f"{LIST}/{advocate_id}", said="left")


@embedded
def end_peace(shop: Shop, session: Session, advocate_id: UUID) -> ResponseReturnValue:
    row = tables.advocate(session, shop.id, advocate_id)
    peace.end(session, shop.id, row.person_id, subject=f"advocate:{advocate_id}", ask=Ask(staff(), "", clock.now()))
    return moved(f"{LIST}/{advocate_id}", said="ended")


def _list(shop: Shop, session: Session, form: Form) -> str:
    locale, live = locale_of(shop), [one for one in tables.programmes(session, shop.id) if one.state == "live"]
    form["values"].setdefault("programme", str(live[0].id) if live else "")
    told: dict[str, Any] = {"programmes": [(str(one.id), one.name) for one in live], "form": form}
    return list_page("advocates/list.html", shop, session, ADVOCATES, called=lambda person: called(person, locale), **told)


def _uuid(text: str) -> UUID:
    """The zero id for nonsense: it belongs to nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)

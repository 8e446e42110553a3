"""Programmes: the list, the form with its preview, drafts. Publishing asks the margin guard and so stands in ``offers.admin``."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.messaging.filters import zone
from plugin.referrals import flows, tables
from plugin.referrals.admin.previews import preview
from plugin.referrals.admin.typed import Form, as_read, currency_of, faulty, fresh, typed
from plugin.referrals.rules import Faulty, Version, from_plain
from plugin.referrals.rules.filling import Values, filled, suggested
from plugin.referrals.rules.versions import Stored
from plugin.referrals.tables import Programme
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, fragment, moved, page, translator

LIST = "/app/programmes"
_SAYINGS = ("created", "saved", "published", "separate", "paused")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(listed)
    blueprint.post(LIST)(create)
    blueprint.get(f"{LIST}/new")(new)
    blueprint.post(f"{LIST}/preview")(show_preview)
    blueprint.get(f"{LIST}/<uuid:programme_id>")(edit)
    blueprint.post(f"{LIST}/<uuid:programme_id>")(save)
    blueprint.post(f"{LIST}/<uuid:programme_id>/pause")(pause)


@embedded
def listed(shop: Shop, session: Session) -> str:
    """Every programme of the shop with what it gives now, or would give."""
    rows = [(row, _newest(session, row)) for row in tables.programmes(session, shop.id)]
    return page("programmes/list.html", shop=shop, programmes=rows)


@embedded
def new(shop: Shop, session: Session) -> str:
    """A form that could be saved as it is. ``session`` is not needed: nothing is looked up."""
    values = suggested(translator(shop)("programmes.suggested_name", shop=(shop.name or shop.domain)[:40]), currency_of(shop))
    return _form_page(shop, fresh(values), None)


@embedded
def create(shop: Shop, session: Session) -> ResponseReturnValue:
    values = typed()
    try:
        programme = flows.save_programme(session, shop.id, as_read(values, shop), currency=currency_of(shop), now=clock.now())
    except Faulty as faults:
        return _form_page(shop, faulty(values, faults, shop), None), 422
    return moved(f"{LIST}/{programme.id}", said="created")


@embedded
def edit(shop: Shop, session: Session, programme_id: UUID) -> str:
    programme = tables.programme(session, shop.id, programme_id)
    return _edit_page(session, shop, programme, fresh(_values(session, shop, programme)))


@embedded
def save(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    """Keep the draft; what is published stays in force until the draft is."""
    values, programme = typed(), tables.programme(session, shop.id, programme_id)
    try:
        flows.save_programme(session, shop.id, as_read(values, shop), currency=currency_of(shop), now=clock.now(),
                             programme_id=programme_id)
    except Faulty as faults:
        return _edit_page(session, shop, programme, faulty(values, faults, shop)), 422
    return moved(f"{LIST}/{programme_id}", said="saved")


@embedded
def pause(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    flows.pause(session, shop.id, programme_id, now=clock.now())
    return moved(f"{LIST}/{programme_id}", said="paused")


@embedded
def show_preview(shop: Shop, session: Session) -> str:
    """The preview of what is being typed; nothing is kept."""
    return fragment("programmes/preview.html", shop=shop, preview=preview(typed(), shop, clock.now()))


def _edit_page(session: Session, shop: Shop, programme: Programme, form: Form) -> str:
    said = request.args.get(SAID)
    history = [row.version() for row in tables.history(session, shop.id, programme.id)]
    return _form_page(shop, form, programme, history=history, said=said if said in _SAYINGS else None)


def _form_page(shop: Shop, form: Form, programme: Programme | None, **more: Any) -> str:  # noqa: ANN401 - what the template wants
    told = {"history": [], "said": None, "preview": preview(form["values"], shop, clock.now()), **more}
    return page("programmes/form.html", shop=shop, form=form, programme=programme, **told)


def _values(session: Session, shop: Shop, programme: Programme) -> Values:
    version = _newest(session, programme)
    return filled(version, zone(shop.timezone)) if version else suggested(programme.name, currency_of(shop))


def _newest(session: Session, programme: Programme) -> Version | None:
    """The draft, else what was published last."""
    if programme.draft is not None:
        return from_plain(Stored(programme.id, programme.id, 0, None, None), programme.draft)
    last = tables.last_version(session, shop_id=programme.shop_id, programme_id=programme.id)  # type: ignore[arg-type]
    return last.version() if last else None

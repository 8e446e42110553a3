"""Programmes: the list, the form with its preview, drafts. What puts them into force asks the margin guard and so stands in
``offers.admin``; what is done with one button is ``acting``."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.desk.acting import seen_revision
from plugin.errors import NotFound
from plugin.messaging.filters import zone
from plugin.mirror import tables as mirror
from plugin.referrals import flows, tables
from plugin.referrals.admin import past
from plugin.referrals.admin.previews import Look, look, preview
from plugin.referrals.admin.typed import Form, as_read, currency_of, faulty, fresh, typed
from plugin.referrals.flows import Stale
from plugin.referrals.flows.programmes import newest
from plugin.referrals.rules import Faulty
from plugin.referrals.rules.filling import Values, filled, readable, suggested
from plugin.referrals.rules.standing import standing
from plugin.referrals.rules.versions import STEPS
from plugin.referrals.tables import Programme
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, fragment, moved, page, translator
from plugin.web.state import current_web, staff

LIST = "/app/programmes"
SAYINGS = ("created", "saved", "published", "scheduled", "paused", "resumed", "withdrawn", "discarded", "archived", "restored",
           "opened", "duplicated", "undone")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(listed)
    blueprint.post(LIST)(create)
    blueprint.get(f"{LIST}/new")(new)
    blueprint.post(f"{LIST}/preview")(show_preview)
    blueprint.get(f"{LIST}/<uuid:programme_id>")(edit)
    blueprint.post(f"{LIST}/<uuid:programme_id>")(save)


@embedded
def listed(shop: Shop, session: Session) -> str:
    """Every programme of the shop with what it gives now, or would give; those put away on a list of their own."""
    away, now = request.args.get("state") == "archived", clock.now()
    known = tables.programmes(session, shop.id)
    rows = [(one, newest(session, shop.id, one), standing(one.state, past.versions(session, shop, one), now)) for one in known
            if (one.state == "archived") == away]
    return page("programmes/list.html", shop=shop, programmes=rows, away=away, others=len(known) - len(rows), said=_said())


@embedded
def new(shop: Shop, session: Session) -> str:
    """A form that could be saved as it is."""
    values = suggested(translator(shop)("programmes.suggested_name", shop=(shop.name or shop.domain)[:40]), currency_of(shop))
    return _new_page(session, shop, fresh(values))


@embedded
def create(shop: Shop, session: Session) -> ResponseReturnValue:
    values = typed()
    try:
        programme = flows.save_programme(session, shop.id, as_read(values, shop), currency=currency_of(shop), now=clock.now(), by=staff())
    except Faulty as faults:
        return _new_page(session, shop, faulty(values, faults, shop)), 422
    return moved(f"{LIST}/{programme.id}", **_switched(shop), said="created")


@embedded
def edit(shop: Shop, session: Session, programme_id: UUID) -> str:
    programme = tables.programme(session, shop.id, programme_id)
    return edit_page(session, shop, programme, fresh(kept(session, shop, programme)), said=_said())


@embedded
def save(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    """Keep the draft; what is published stays in force until the draft is. Where somebody else saved meanwhile, what was typed is
    shown beside what they saved, and nothing is overwritten before it is sent once more."""
    values, programme = typed(), tables.programme(session, shop.id, programme_id)
    try:
        flows.save_programme(session, shop.id, as_read(values, shop), currency=currency_of(shop), now=clock.now(),
                             programme_id=programme_id, by=staff(), revision=seen_revision())
    except Faulty as faults:
        return edit_page(session, shop, programme, faulty(values, faults, shop), revision=seen_revision()), 422
    except Stale as stale:
        return _collision(session, shop, stale.programme, values), 409
    return moved(f"{LIST}/{programme_id}", **_switched(shop), said="saved")


@embedded
def show_preview(shop: Shop, session: Session) -> str:
    """The preview of what is being typed; nothing is kept."""
    shown = preview(typed(), shop, _look(session, shop), base=_base(session, shop), now=clock.now())
    return fragment("programmes/preview.html", shop=shop, preview=shown)


def edit_page(session: Session, shop: Shop, programme: Programme, form: Form, **more: Any) -> str:  # noqa: ANN401 - what the template wants
    """One programme with all that is known of it. ``trouble``: why what was asked for is not done, if so."""
    told = {"said": None, "trouble": None, "revision": programme.revision, **more}
    if told["revision"] is None:
        told["revision"] = programme.revision
    return _form_page(session, shop, form, programme=programme, base=kept(session, shop, programme),
                      record=past.record(session, shop, programme), **told)


def kept(session: Session, shop: Shop, programme: Programme) -> Values:
    """The form as it was saved last."""
    return filled(newest(session, shop.id, programme), zone(shop.timezone))


def _new_page(session: Session, shop: Shop, form: Form) -> str:
    return _form_page(session, shop, form, programme=None, base=None, record=None, said=None, trouble=None, revision=0)


def _form_page(session: Session, shop: Shop, form: Form, *, base: Values | None, **told: Any) -> str:  # noqa: ANN401
    shown = preview(form["values"], shop, _look(session, shop), base=base, now=clock.now())
    return page("programmes/form.html", shop=shop, form=form, preview=shown, bundles=_bundles(session, shop, form["values"]), steps=STEPS,
                **told)


def _bundles(session: Session, shop: Shop, values: Values) -> list[tuple[str, str, str]]:
    """What may be asked for, and what is asked for though it may not be any more: (value, title, nothing)."""
    found = {f"{id} {title}": title for id, title in current_web().bundles(session, shop.id)}
    chosen = values.get("bundles") or []
    found |= {one: one.partition(" ")[2] for one in ([chosen] if isinstance(chosen, str) else chosen) if one not in found}
    return [(value, title, "") for value, title in found.items()]


def _look(session: Session, shop: Shop) -> Look:
    return look(shop, mirror.usual_order(session, shop.id, currency_of(shop)))


def _switched(shop: Shop) -> dict[str, str]:
    """What the switches beside the preview were turned to, for the page that comes next; nothing where they were not sent."""
    return look(shop).switches if "look_screen" in request.form else {}


def _collision(session: Session, shop: Shop, programme: Programme, values: Values) -> str:
    """What this merchant typed, with what the other one saved beside each field that differs."""
    theirs, say = kept(session, shop, programme), translator(shop)
    differing = {name: say("programmes.theirs", value=readable(value) or "–") for name, value in theirs.items()
                 if value != _same(values[name])}
    return edit_page(session, shop, programme, Form(values=values, errors=differing), trouble=past.collision(session, shop, programme, say))


def _same(value: str | list[str]) -> str | list[str]:
    return sorted(value) if isinstance(value, list) else value.strip()


def _base(session: Session, shop: Shop) -> Values | None:
    """What was saved of the programme that is being edited; None for a new one."""
    try:
        return kept(session, shop, tables.programme(session, shop.id, UUID(request.form.get("programme", ""))))
    except (ValueError, NotFound):
        return None


def _said() -> str | None:
    said = request.args.get(SAID)
    return said if said in SAYINGS else None

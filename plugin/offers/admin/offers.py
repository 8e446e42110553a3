"""Offers: the list, the choice of a kind, the form with its preview, drafts. What is done with one button is ``acting``."""

from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import NotFound
from plugin.offers import flows, tables
from plugin.offers.admin import goods, past
from plugin.offers.admin.previews import preview
from plugin.offers.admin.typed import OfferForm, offer_values, seen_revision
from plugin.offers.admin.wording import fault_text, sentence
from plugin.offers.flows.configuring import wall
from plugin.offers.flows.offers import Stale
from plugin.offers.rules import filling
from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import Read, Values
from plugin.offers.rules.model import Kind, Schedule
from plugin.offers.rules.standing import Standing, standing
from plugin.offers.tables import Offer
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, fragment, moved, page, translator
from plugin.web.state import staff

LIST = "/app/offers"
ONE = f"{LIST}/<uuid:offer_id>"
KINDS: tuple[Kind, ...] = ("tiers", "buy_get", "kit", "gift", "shipping", "basket", "mix", "together", "upgrade", "complete", "welcome")
"""In the order in which a merchant is most likely to want them."""
SAYINGS = ("created", "saved", "published", "scheduled", "cut", "paused", "discarded", "archived", "duplicated", "undone", "told")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. ``words``: what it says."""

    offer: Offer
    standing: Standing
    words: str
    priority: int


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST, endpoint="offer_listed")(listed)
    blueprint.post(LIST, endpoint="offer_create")(create)
    blueprint.get(f"{LIST}/new", endpoint="offer_choose")(choose)
    blueprint.get(f"{LIST}/new/<kind>", endpoint="offer_new")(new)
    blueprint.post(f"{LIST}/preview", endpoint="offer_show_preview")(show_preview)
    blueprint.get(ONE, endpoint="offer_edit")(edit)
    blueprint.post(ONE, endpoint="offer_save")(save)


@embedded
def listed(shop: Shop, session: Session) -> str:
    """Those in use, newest first; those put away on a list of their own."""
    away, known = request.args.get("state") == "archived", tables.of_shop(session, shop.id)
    shown = tables.of_shop(session, shop.id, away=True) if away else known
    put_away = len(shown) if away else len(tables.of_shop(session, shop.id, away=True))
    return page("offers/list.html", shop=shop, rows=[_row(session, shop, one) for one in shown], away=away, others=put_away,
                configuration=tables.configuration(session, shop.id), said=said())


@embedded
def choose(shop: Shop, session: Session) -> str:
    """Which kind of offer it is to be. ``session`` is not needed: nothing is looked up."""
    return page("offers/kinds.html", shop=shop, kinds=KINDS)


@embedded
def new(shop: Shop, session: Session, kind: str) -> str:
    """A form that could almost be saved as it is. Raises NotFound for a kind that is none."""
    known = known_kind(kind)
    values = filling.suggested(known, translator(shop)(f"offers.kind_{known}"))
    return _form_page(session, shop, known, OfferForm(values=values, errors={}))


@embedded
def create(shop: Shop, session: Session) -> ResponseReturnValue:
    values, kind = offer_values(), known_kind(request.form.get("kind", KINDS[0]))
    told = filling.read(values, kind, shop.currency)
    if told.faults or told.offer is None:
        return _form_page(session, shop, kind, faulty(shop, values, told)), 422
    made = flows.save_offer(session, shop.id, told.offer, currency=shop.currency, now=clock.now(), by=staff())
    return moved(f"{LIST}/{made.id}", said="created")


@embedded
def edit(shop: Shop, session: Session, offer_id: UUID) -> str:
    row = tables.offer(session, shop.id, offer_id)
    return edit_page(session, shop, row, OfferForm(values=filled(flows.newest(session, shop.id, row)), errors={}), said=said())


@embedded
def save(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    """Keep the draft; what is published stays in force until the draft is. Where somebody else saved meanwhile, what was typed stays
    in the form, and nothing is overwritten before it is sent once more."""
    values, row = offer_values(), tables.offer(session, shop.id, offer_id)
    told = filling.read(values, known_kind(row.kind), shop.currency)
    if told.faults or told.offer is None:
        return edit_page(session, shop, row, faulty(shop, values, told)), 422
    try:
        flows.save_offer(session, shop.id, told.offer, currency=shop.currency, now=clock.now(), offer_id=offer_id, by=staff(),
                         revision=seen_revision())
    except Stale as stale:
        return edit_page(session, shop, row, OfferForm(values=values, errors={}), trouble=translator(shop)(stale.key)), 409
    return moved(f"{LIST}/{offer_id}", said="saved")


@embedded
def show_preview(shop: Shop, session: Session) -> str:
    """The preview of what is being typed; nothing is kept."""
    told = filling.read(offer_values(), known_kind(request.form.get("kind", "")), shop.currency)
    shown = preview(session, shop, told, own=request.form.get("offer"), now=clock.now())
    return fragment("offers/preview.html", shop=shop, preview=shown)


def edit_page(session: Session, shop: Shop, row: Offer, form: OfferForm, **more: Any) -> str:  # noqa: ANN401 - what the template wants
    """One offer with all that is known of it. ``trouble``: why what was asked for is not done, if so."""
    return _form_page(session, shop, known_kind(row.kind), form, offer=row, record=past.record(session, shop, row), **more)


def faulty(shop: Shop, values: Values, told: Read) -> OfferForm:
    """What was typed, with the first fault of each field beside it."""
    say = translator(shop)
    return OfferForm(values=values, errors={name: fault_text(say, fault.key, fault.facts) for name, fault in told.faults.items()})


def said() -> str | None:
    told = request.args.get(SAID)
    return told if told in SAYINGS else None


def _form_page(session: Session, shop: Shop, kind: Kind, form: OfferForm, *, offer: Offer | None = None, **more: Any) -> str:  # noqa: ANN401
    told = filling.read(form["values"], kind, shop.currency)
    shown = preview(session, shop, told, own=str(offer.id) if offer else None, now=clock.now())
    pickers = [goods.picker(session, shop, letter, form["values"], words=request.form) for letter in filling.SLOTS[kind]]
    given: dict[str, Any] = {"said": None, "trouble": None, "record": None, **more}
    return page("offers/form.html", shop=shop, kind=kind, offer=offer, form=form, preview=shown, pickers=pickers, rules=filling,
                errors=form["errors"], **given)


def _row(session: Session, shop: Shop, row: Offer) -> Row:
    version = tables.in_force(session, shop.id).get(row.id)
    shown = version.offer() if version else flows.newest(session, ShopId(shop.id), row)
    local = wall(session, shop.id, clock.now())
    return Row(row, standing(row.state, version.offer().schedule if version else Schedule(), local), sentence(session, shop, shown),
               shown.priority)


def known_kind(told: str) -> Kind:
    for kind in get_args(Kind):
        if kind == told:
            found: Kind = kind
            return found
    raise NotFound("kind of offer")

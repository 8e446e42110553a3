"""Offers: the list, the choice of a kind, the form with its preview, drafts. What is done with one button is ``acting``."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.desk.acting import seen_revision
from plugin.errors import NotFound, Refused
from plugin.offers import flows, tables
from plugin.offers.admin import bundled, choosing, goods, ideas, past
from plugin.offers.admin.audiences import choices
from plugin.offers.admin.previews import preview
from plugin.offers.admin.typed import OfferForm, offer_values
from plugin.offers.admin.wording import fault_text, sentence
from plugin.offers.flows import bundles
from plugin.offers.flows.configuring import wall
from plugin.offers.flows.markets import may_read
from plugin.offers.flows.offers import Stale
from plugin.offers.rules import filling
from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import Read, Values
from plugin.offers.rules.model import Kind, Schedule
from plugin.offers.rules.standing import Standing, standing
from plugin.offers.tables import Offer
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded, looks
from plugin.web.shell import SAID, fragment, moved, page, translator
from plugin.web.state import staff

LIST = "/app/offers"
ONE = f"{LIST}/<uuid:offer_id>"
KINDS: tuple[Kind, ...] = ("tiers", "buy_get", "kit", "gift", "shipping", "basket", "mix", "together", "upgrade", "complete", "welcome")
"""In the order in which a merchant is most likely to want them."""
SAYINGS = ("created", "saved", "published", "scheduled", "cut", "paused", "discarded", "archived", "duplicated", "undone", "told", "chosen",
           "unchosen")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. ``words``: what it says; ``schedule``: of what is switched on, else of the draft. ``trouble``: as one product
    it is not as the merchant wants it."""

    offer: Offer
    standing: Standing
    words: str
    schedule: Schedule
    trouble: bool = False


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST, endpoint="offer_listed")(listed)
    blueprint.post(LIST, endpoint="offer_create")(create)
    blueprint.get(f"{LIST}/new", endpoint="offer_choose")(choose)
    blueprint.get(f"{LIST}/new/<kind>", endpoint="offer_new")(new)
    blueprint.post(f"{LIST}/preview", endpoint="offer_show_preview")(show_preview)
    blueprint.get(ONE, endpoint="offer_edit")(edit)
    blueprint.post(ONE, endpoint="offer_save")(save)


@embedded
@looks
def listed(shop: Shop, session: Session) -> str:
    """Those in use, newest first, all or of one standing; those put away on a list of their own."""
    asked = request.args.get("state", "")
    away, known = asked == "archived", tables.of_shop(session, shop.id)
    shown = tables.of_shop(session, shop.id, away=True) if away else known
    put_away = len(shown) if away else len(tables.of_shop(session, shop.id, away=True))
    troubled = bundles.in_trouble(session, ShopId(shop.id))
    rows = [replace(_row(session, shop, one), trouble=one.id in troubled) for one in shown]
    counts = Counter(row.standing for row in rows)
    asked = asked if asked in counts and not away else ""
    return page("offers/list.html", shop=shop, rows=[row for row in rows if asked in ("", row.standing)], away=away, others=put_away,
                counts=counts, asked=asked, starts=[] if rows else ideas.starts(session, shop, KINDS, now=clock.now()),
                configuration=tables.configuration(session, shop.id), said=said(), out=_left_out(session, shop, known),
                choice=choosing.choice(session, shop) if rows and not away else None)


@embedded
@looks
def choose(shop: Shop, session: Session) -> str:
    """Which kind of offer it is to be, each with an example of the shop's own goods to start from."""
    return page("offers/kinds.html", shop=shop, starts=ideas.starts(session, shop, KINDS, now=clock.now()))


@embedded
@looks
def new(shop: Shop, session: Session, kind: str) -> str:
    """A form that could almost be saved as it is; with ``idea``, one that could be switched on. Raises NotFound for a kind that is none."""
    known = known_kind(kind)
    title = translator(shop)(f"offers.kind_{known}")  # shoppers read it, so it does not say who chose
    values = filling.suggested(known, title)
    if known == "together" and request.args.get("source") == "orders":
        values = filling.drawn(title)
    elif "idea" in request.args:
        values = ideas.idea(session, shop, known, now=clock.now()) or values
    return _form_page(session, shop, known, OfferForm(values=values, errors={}))


@embedded
def create(shop: Shop, session: Session) -> ResponseReturnValue:
    values, kind = offer_values(), known_kind(request.form.get("kind", KINDS[0]))
    told = filling.read(values, kind, shop.currency, sold=shop.sold)
    if told.faults or told.offer is None:
        return _form_page(session, shop, kind, faulty(shop, values, told)), 422
    made = flows.save_offer(session, shop.id, told.offer, currency=shop.currency, now=clock.now(), by=staff())
    if "publish" not in request.args:
        return moved(f"{LIST}/{made.id}", said="created")
    try:
        return switched_on(session, shop, made.id)
    except Refused as refused:
        form, trouble = refused_form(refused, kind, values)
        return _form_page(session, shop, kind, form, trouble=trouble), 422


@embedded
@looks
def edit(shop: Shop, session: Session, offer_id: UUID) -> str:
    row = tables.offer(session, shop.id, offer_id)
    return edit_page(session, shop, row, OfferForm(values=filled(flows.newest(session, shop.id, row)), errors={}), said=said())


@embedded
def save(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    """Keep the draft; what is published stays in force until the draft is. Where somebody else saved meanwhile, what was typed stays
    in the form, and nothing is overwritten before it is sent once more."""
    values, row = offer_values(), tables.offer(session, shop.id, offer_id)
    told = filling.read(values, known_kind(row.kind), shop.currency, sold=shop.sold)
    if told.faults or told.offer is None:
        return edit_page(session, shop, row, faulty(shop, values, told)), 422
    try:
        flows.save_offer(session, shop.id, told.offer, currency=shop.currency, now=clock.now(), offer_id=offer_id, by=staff(),
                         revision=seen_revision())
    except Stale as stale:
        return edit_page(session, shop, row, OfferForm(values=values, errors={}), trouble=translator(shop)(stale.key)), 409
    if "publish" not in request.args:
        return moved(f"{LIST}/{offer_id}", said="saved")
    try:
        return switched_on(session, shop, offer_id)
    except Refused as refused:
        form, trouble = refused_form(refused, known_kind(row.kind), values)
        return edit_page(session, shop, row, form, trouble=trouble), 422


@embedded
@looks
def show_preview(shop: Shop, session: Session) -> str:
    """The preview of what is being typed; nothing is kept."""
    told = filling.read(offer_values(), known_kind(request.form.get("kind", "")), shop.currency, sold=shop.sold)
    shown = preview(session, shop, told, own=request.form.get("offer"), now=clock.now())
    return fragment("offers/preview.html", shop=shop, preview=shown)


def edit_page(session: Session, shop: Shop, row: Offer, form: OfferForm, **more: Any) -> str:  # noqa: ANN401 - what the template wants
    """One offer with all that is known of it. ``trouble``: why what was asked for is not done, if so."""
    return _form_page(session, shop, known_kind(row.kind), form, offer=row, record=past.record(session, shop, row), **more)


def switched_on(session: Session, shop: Shop, offer_id: UUID, revision: int | None = None) -> ResponseReturnValue:
    """Switches the draft on and shows it. Raises Refused."""
    now = clock.now()
    row, whole = flows.publish_offer(session, shop.id, offer_id, currency=shop.currency, now=now, by=staff(), revision=revision)
    starts = tables.in_force(session, shop.id)[row.id].offer().schedule.starts
    if starts is not None and starts > wall(session, ShopId(shop.id), now):
        return moved(f"{LIST}/{offer_id}", said="scheduled")
    return moved(f"{LIST}/{offer_id}", said="cut" if whole.room.cut or whole.room.alone else "published")


def refused_form(refused: Refused, kind: Kind, values: Values) -> tuple[OfferForm, str]:
    """What was typed, with the refusal at the field that is to blame; and the sentence for above it. Raises what is not about what the
    offer says."""
    if refused.reason not in ("offer", "margin"):
        raise refused
    sentence, at = words(refused.key, **refused.facts), str(refused.facts.get("field") or "")
    return OfferForm(values=values, errors={filling.field_of(at, kind): sentence} if at else {}), sentence


def faulty(shop: Shop, values: Values, told: Read) -> OfferForm:
    """What was typed, with the first fault of each field beside it."""
    say = translator(shop)
    return OfferForm(values=values, errors={name: fault_text(say, fault.key, fault.facts) for name, fault in told.faults.items()})


def said() -> str | None:
    told = request.args.get(SAID)
    return told if told in SAYINGS else None


def _form_page(session: Session, shop: Shop, kind: Kind, form: OfferForm, *, offer: Offer | None = None, **more: Any) -> str:  # noqa: ANN401
    told = filling.read(form["values"], kind, shop.currency, sold=shop.sold)
    shown = preview(session, shop, told, own=str(offer.id) if offer else None, now=clock.now())
    pickers = [goods.picker(session, shop, goods.Place(letter, request.form), form["values"])
               for letter in filling.slots(kind, form["values"])]
    without = goods.picker(session, shop, goods.Place(goods.NOT, request.form), form["values"])
    counting = goods.picker(session, shop, goods.Place(goods.GOAL, request.form, variants=False), form["values"])
    audiences = choices(session, shop, form["values"])
    given: dict[str, Any] = {"audiences": audiences, "may_read_markets": may_read(session, ShopId(shop.id)), "said": None, "trouble": None,
                             "record": None, "without": without, "counting": counting,
                             "bundle": bundled.standing(session, shop, offer), **more}
    return page("offers/form.html", shop=shop, kind=kind, offer=offer, form=form, preview=shown, pickers=pickers, rules=filling,
                errors=form["errors"], **given)


def _left_out(session: Session, shop: Shop, rows: Sequence[Offer]) -> list[str]:
    """Titles of those that are switched on and that the margin guard keeps from the shop."""
    away = set(tables.left_out(session, shop.id))
    return [row.title for row in rows if row.id in away and row.state == "live"]


def _row(session: Session, shop: Shop, row: Offer) -> Row:
    version = tables.in_force(session, shop.id).get(row.id)
    shown = version.offer() if version else flows.newest(session, ShopId(shop.id), row)
    local = wall(session, shop.id, clock.now())
    return Row(row, standing(row.state, version.offer().schedule if version else Schedule(), local), sentence(session, shop, shown),
               shown.schedule)


def known_kind(told: str) -> Kind:
    for kind in get_args(Kind):
        if kind == told:
            found: Kind = kind
            return found
    raise NotFound("kind of offer")

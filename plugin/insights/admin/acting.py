"""What every list of the desk can do: views that keep an address, acts on many rows with their progress, sheets to download."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.desk import flows as desk
from plugin.desk import paging, rules, screen, sheets, tables
from plugin.desk.flows import MOST_ITEMS, Ask
from plugin.desk.listing import Listing
from plugin.errors import Refused
from plugin.insights import acts
from plugin.insights.admin import goodwill
from plugin.insights.lists import LISTS, listing
from plugin.messaging import texts
from plugin.shops import tables as shops
from plugin.shops.tables import Shop
from plugin.web import forms
from plugin.web.errors import way_on
from plugin.web.forms import Form
from plugin.web.guards import bare, embedded
from plugin.web.shell import fragment, in_admin, moved, page, translator
from plugin.web.state import current_context, staff

BULKS = "/app/bulks"
SHOWN = 10


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/app/lists/<name>/views")(save_view)
    blueprint.post("/app/views/<uuid:view_id>/removal")(delete_view)
    blueprint.post("/app/views/<uuid:view_id>/return")(restore_view)
    blueprint.post("/app/lists/<name>/acts")(preview)
    blueprint.post("/app/cases/<order_id>/reopening")(reopen)
    blueprint.post(BULKS)(begin)
    blueprint.get(f"{BULKS}/<uuid:bulk_id>")(bulk)
    blueprint.get(f"{BULKS}/<uuid:bulk_id>/progress")(progress)
    blueprint.post(f"{BULKS}/<uuid:bulk_id>/cancellation")(cancel)
    blueprint.post(f"{BULKS}/<uuid:bulk_id>/resumption")(go_on)
    blueprint.post(f"{BULKS}/<uuid:bulk_id>/undoing")(undo)
    blueprint.get("/download/<token>")(download)
    goodwill.add_to(blueprint)


# -- views --


@embedded
def save_view(shop: Shop, session: Session, name: str) -> ResponseReturnValue:
    """The address that the list had is kept under a name."""
    wanted = listing(name)
    query, form = screen.asked(wanted).query(), forms.read(translator(shop), {"name": desk.LONGEST_NAME}, needed={"name"})
    if not form["errors"]:
        try:
            desk.save_view(session, shop.id, name, form["values"]["name"], query, now=clock.now())
        except Refused as refused:
            form["errors"]["name"] = translator(shop)(refused.key)
    if form["errors"]:
        return _in_place("#save-view", fragment("desk/keep.html", shop=shop, name=name, query=query, form=form))
    return moved(wanted.path, **query, said="view_saved")


@embedded
def delete_view(shop: Shop, session: Session, view_id: UUID) -> ResponseReturnValue:
    view = desk.delete_view(session, shop.id, view_id, now=clock.now())
    return moved(listing(view.list).path, said="view_deleted", view=view.id)


@embedded
def restore_view(shop: Shop, session: Session, view_id: UUID) -> ResponseReturnValue:
    view = desk.restore_view(session, shop.id, view_id)
    return moved(listing(view.list).path, **view.query, said="view_back")


# -- acts --


@embedded
def preview(shop: Shop, session: Session, name: str) -> ResponseReturnValue:
    """What would be done to which rows, before it is done."""
    wanted, act = listing(name), request.form.get("act", "")
    if act not in wanted.acts:
        raise Refused("input", "This list knows no such act.")
    items = _chosen(shop, session, wanted)
    if items:
        return _ask_page(shop, session, wanted, act=act, items=items, form=goodwill.fresh() if act == goodwill.ACT else forms.empty())
    which = "all" if request.form.get("which") == "all" else "chosen"
    form = Form(values={"act": act, "which": which}, errors={"which": translator(shop)(f"lists.nothing_{which}")})
    return _in_place("#several", fragment("desk/several.html", shop=shop, acts=wanted.acts, form=form))


def _ask_page(shop: Shop, session: Session, wanted: Listing, *, act: str, items: Sequence[Any], form: Form) -> str:
    """``items``: keys of the rows, all of them; the first few are shown."""
    known = wanted.load(session, shop.id, items[:SHOWN])
    first, ground = next(iter(wanted.sheet.values())), screen.ground(shop)
    return page("desk/ask.html", shop=shop, listing=wanted, act=act, items=",".join(map(str, items)), count=len(items), rows=known,
                naming=lambda row: first(row, ground), is_all=len(items) == MOST_ITEMS, most=MOST_ITEMS, form=form, sum=None,
                query=screen.asked(wanted).query())


def _in_place(place: str, html: str) -> ResponseReturnValue:
    """A part of the page with a fault beside its field: it replaces that part, and all else that was typed or chosen stays."""
    return Response(html, 422, {"HX-Retarget": place, "HX-Reswap": "outerHTML"})


def _chosen(shop: Shop, session: Session, wanted: Listing) -> Sequence[Any]:
    """Keys of the chosen rows that are there, or of everything that matches, up to the bound."""
    if request.form.get("which") == "all":
        return paging.keys(session, wanted, screen.ground(shop), screen.asked(wanted), limit=MOST_ITEMS)
    return [row.id for row in wanted.load(session, shop.id, _keys(wanted, request.form.getlist("chosen")))]


def _keys(wanted: Listing, texts_: Sequence[str]) -> list[Any]:
    """What was sent, as keys of this list; nonsense is left out."""
    found = [rules.typed(text, wanted.key_type) for text in dict.fromkeys(texts_)][:MOST_ITEMS]
    return [key for key in found if key is not None]


@embedded
def begin(shop: Shop, session: Session) -> ResponseReturnValue:
    """The merchant confirmed what the preview showed."""
    act = request.form.get("act", "")
    wanted = listing(acts.verb(act).listing)
    if act not in wanted.acts:
        raise Refused("input", "This list knows no such act.")
    items = _keys(wanted, request.form.get("items", "").split(","))
    form, facts = _read(shop, session, act)
    if form["errors"]:
        return _ask_page(shop, session, wanted, act=act, items=items, form=form), 422
    made = desk.begin(session, shop.id, act, [str(key) for key in items], replace(_ask(), facts=facts))
    return moved(f"{BULKS}/{made.id}")


def _read(shop: Shop, session: Session, act: str) -> tuple[Form, dict[str, Any]]:
    """The form as it was typed, and what the act needs to know beside its rows."""
    if act != goodwill.ACT:
        return forms.read(translator(shop), {"reason": desk.LONGEST_REASON}), {}
    form, wish = goodwill.read(shop, session)
    return form, acts.gift_facts(wish) if wish else {}


@embedded
def bulk(shop: Shop, session: Session, bulk_id: UUID) -> str:
    return page("desk/bulk.html", shop=shop, **_bulk(session, shop, bulk_id))


@embedded
def progress(shop: Shop, session: Session, bulk_id: UUID) -> str:
    return fragment("desk/progress.html", shop=shop, **_bulk(session, shop, bulk_id))


@embedded
def cancel(shop: Shop, session: Session, bulk_id: UUID) -> ResponseReturnValue:
    desk.cancel(session, shop.id, bulk_id, now=clock.now())
    return moved(f"{BULKS}/{bulk_id}")


@embedded
def go_on(shop: Shop, session: Session, bulk_id: UUID) -> ResponseReturnValue:
    desk.go_on(session, shop.id, bulk_id, now=clock.now())
    return moved(f"{BULKS}/{bulk_id}")


@embedded
def undo(shop: Shop, session: Session, bulk_id: UUID) -> ResponseReturnValue:
    return moved(f"{BULKS}/{acts.undo(session, shop.id, bulk_id, _ask()).id}")


def _bulk(session: Session, shop: Shop, bulk_id: UUID) -> dict[str, Any]:
    found = tables.bulk(session, shop.id, bulk_id)
    verb = acts.verb(found.act)
    over = found.state != tables.RUNNING
    fresh = found.begun_at >= clock.now() - desk.UNDO_FOR
    may_undo = bool(over and fresh and verb.undo and found.changed and not found.undone_by and not found.undoes)
    return {"bulk": found, "listing": LISTS[verb.listing], "may_undo": may_undo, "has_undo": verb.undo is not None}


@embedded
def reopen(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    """The merchant takes back their word on one case, while nothing has been given for it."""
    acts.reopen(session, shop.id, order_id, _ask())
    return moved("/app/cases", said="reopened")


def _ask() -> Ask:
    return Ask(staff(), request.form.get("reason", "").strip(), clock.now())


# -- sheets --


@bare("a signed link of an hour says whose list this is, and which part of it")
def download(token: str) -> Response:
    """The list as CSV. It is opened in a window of its own, where no session token goes along."""
    try:
        shop_id, name = screen.read_sheet(token, request.query_string.decode())
    except Refused:
        return _outdated(token)
    context, wanted, shop = current_context(), listing(name), _installed(shop_id)
    ground = replace(screen.ground(shop), locale=request.args.get("locale") or shop.locale)
    headings = {column: texts.say(ground.locale, f"lists.column.{column}") for column in wanted.sheet}
    sheet = sheets.Sheet(wanted, ground, screen.asked(wanted), headings, marked=request.args.get("bom") == "yes")
    pieces = sheets.written(sheet, context.transaction)
    # The first piece is made before the answer begins, so that a fault is still an error page.
    answer = Response(chain([next(pieces)], pieces), mimetype="text/csv")
    filename = f"{shop.domain.split('.')[0]}-{name}-{ground.now.astimezone(ground.zone):%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def _outdated(token: str) -> Response:
    """Where to get a new link, for one that was ours. Raises Refused("link") for any other."""
    old = screen.old_sheet(token, request.query_string.decode())
    if old is None:
        raise Refused("link", "This link is not valid any more.")
    shop, wanted = _installed(old[0]), listing(old[1])
    locale = screen.ground(shop, request.args.get("locale")).locale
    address = in_admin(current_context().settings, shop.domain) + wanted.path
    query = urlencode(screen.asked(wanted).query())
    return way_on(410, texts.say(locale, "errors.sheet_link"), label=texts.say(locale, "errors.sheet_again"),
                  href=f"{address}?{query}" if query else address)


def _installed(shop_id: ShopId) -> Shop:
    """Raises Refused("link") for a shop that has left."""
    with current_context().transaction() as session:
        shop = shops.get(session, shop_id)
        if shop.state != shops.INSTALLED:
            raise Refused("link", "This link is not valid any more.")
    return shop

"""What every list of the desk can do: views that keep an address, acts on many rows with their progress, sheets to download."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.desk import flows as desk
from plugin.desk import paging, rules, screen, sheets, tables
from plugin.desk.flows import MOST_ITEMS, Ask
from plugin.desk.listing import Listing
from plugin.errors import Refused
from plugin.insights import acts
from plugin.insights.lists import LISTS, listing
from plugin.messaging import texts
from plugin.shops import tables as shops
from plugin.shops.tables import Shop
from plugin.web.guards import bare, embedded
from plugin.web.shell import fragment, moved, page
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
    blueprint.post(f"{BULKS}/<uuid:bulk_id>/undoing")(undo)
    blueprint.get("/download/<token>")(download)


# -- views --


@embedded
def save_view(shop: Shop, session: Session, name: str) -> ResponseReturnValue:
    """The address that the list had is kept under a name."""
    wanted = listing(name)
    query = screen.asked(wanted).query()
    try:
        desk.save_view(session, shop.id, name, request.form.get("name", ""), query, now=clock.now())
    except Refused as refused:
        return moved(wanted.path, **query, said=refused.reason)
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
    asked = screen.asked(wanted)
    items = _chosen(shop, session, wanted)
    if not items:
        return moved(wanted.path, **asked.query(), said="nothing_chosen")
    known = wanted.load(session, shop.id, items[:SHOWN])
    first, ground = next(iter(wanted.sheet.values())), screen.ground(shop)
    return page("desk/ask.html", shop=shop, listing=wanted, act=act, items=",".join(map(str, items)), count=len(items), rows=known,
                naming=lambda row: first(row, ground), is_all=len(items) == MOST_ITEMS, most=MOST_ITEMS, query=asked.query())


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
    items = [str(key) for key in _keys(wanted, request.form.get("items", "").split(","))]
    made = desk.begin(session, shop.id, act, items, _ask())
    return moved(f"{BULKS}/{made.id}")


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
    shop_id, name = screen.read_sheet(token, request.query_string.decode())
    context, wanted = current_context(), listing(name)
    with context.transaction() as session:
        shop = shops.get(session, shop_id)
        if shop.state != shops.INSTALLED:
            raise Refused("link", "This link is not valid any more.")
    ground = replace(screen.ground(shop), locale=request.args.get("locale") or shop.locale)
    headings = {column: texts.say(ground.locale, f"lists.column.{column}") for column in wanted.sheet}
    sheet = sheets.Sheet(wanted, ground, screen.asked(wanted), headings, marked=request.args.get("bom") == "yes")
    pieces = sheets.written(sheet, context.transaction)
    # The first piece is made before the answer begins, so that a fault is still an error page.
    answer = Response(chain([next(pieces)], pieces), mimetype="text/csv")
    filename = f"{shop.domain.split('.')[0]}-{name}-{ground.now.astimezone(ground.zone):%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer

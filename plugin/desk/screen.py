"""A list as templates/lists.html wants it: every address and every word around the rows."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from flask import after_this_request, request
from flask.wrappers import Response
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.desk import paging, rules, tables
from plugin.desk.listing import Choice, Ground, Listing
from plugin.desk.paging import MOST_COUNTED
from plugin.desk.rules import Asked, Place
from plugin.desk.tables import SavedView
from plugin.errors import Refused
from plugin.web.shell import SAID, here, locale_of, page, translator
from plugin.web.signing import Signer
from plugin.web.state import Translate, current_context

SHEET_SECONDS = 3600
SHEET_PURPOSE = "sheet"
TOLD = ("view_saved", "view_deleted", "view_back")


class Shopish(Protocol):
    """What a list reads of a shop."""

    id: ShopId
    domain: str
    timezone: str
    currency: str
    locale: str
    scopes: str


@dataclass(frozen=True, slots=True)
class Field:
    """One filter: its options as (value, words), and the chosen value."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved view; ``on``: it is what is shown."""

    id: UUID
    name: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """``tabs`` are the values of the list's first choice; ``applied`` pairs of words and the address without that filter."""

    name: str
    path: str
    rows: Sequence[object]
    asked: Asked
    query: Mapping[str, str]
    tabs: Sequence[tuple[str, str, bool]]
    fields: Sequence[Field]
    applied: Sequence[tuple[str, str]]
    sorts: Sequence[tuple[str, str]]
    sort: str
    views: Sequence[Kept]
    count: int
    is_more: bool
    previous: str | None
    following: str | None
    sheet: str
    marked_sheet: str
    acts: Sequence[str]
    has_period: bool
    has_amount: bool
    currency: str
    said: str | None
    undo_view: UUID | None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked.kept or self.asked.search)


def ground(shop: Shopish, locale: str | None = None) -> Ground:
    return Ground(shop.id, clock.zone(shop.timezone), shop.currency, locale or locale_of(shop), clock.now())


def asked(listing: Listing) -> Asked:
    """What this request asks for."""
    return rules.read(request.args, listing.grammar())


def screen(shop: Shopish, session: Session, listing: Listing) -> Screen:
    """The asked page of a list with everything around it."""
    wanted, t = asked(listing), translator(shop)
    found = paging.page(session, listing, ground(shop), wanted)
    query = wanted.query()
    previous, following = (here(listing.path, **query, **_turn(place)) if place else None for place in (found.previous, found.following))
    told = request.args.get(SAID, "")
    return Screen(
        name=listing.name, path=listing.path, rows=found.rows, asked=wanted, query=query, tabs=_tabs(listing, wanted, t),
        fields=_fields(shop, session, listing, wanted, t), applied=_applied(shop, session, listing, wanted, t), sorts=_sorts(listing, t),
        sort=_sort(wanted), views=_views(shop, session, listing, query), count=min(found.count, MOST_COUNTED),
        is_more=found.count > MOST_COUNTED, previous=previous, following=following, sheet=_sheet(shop, listing, query),
        marked_sheet=_sheet(shop, listing, query, bom="yes"), acts=listing.acts, has_period=listing.period is not None,
        has_amount=listing.amount is not None, currency=shop.currency, said=told if told in TOLD else None, undo_view=_undo(told))


def list_page(template: str, shop: Shopish, session: Session, listing: Listing, **values: Any) -> str:  # noqa: ANN401 - for the template
    """The page of a list. One that htmx fetched tells its canonical address, so that reloading and going back show the same."""
    shown = page(template, shop=shop, screen=screen(shop, session, listing), **values)
    _tell(listing, asked(listing))
    return shown


def _undo(told: str) -> UUID | None:
    """Which view was deleted just now."""
    try:
        return UUID(request.args.get("view", "")) if told == "view_deleted" else None
    except ValueError:
        return None


def _turn(place: Place) -> dict[str, str]:
    return {"before" if place.back else "after": place.text()}


def _tell(listing: Listing, wanted: Asked) -> None:
    address = here(listing.path, **wanted.query(), **({} if wanted.place is None else _turn(wanted.place)))

    def push(response: Response) -> Response:
        if request.headers.get("HX-Request") == "true":
            response.headers["HX-Push-Url"] = address
        return response

    after_this_request(push)


def words(choice: Choice, value: str, t: Translate) -> str:
    return t(f"{choice.words}.{value}")


def _tabs(listing: Listing, wanted: Asked, t: Translate) -> list[tuple[str, str, bool]]:
    """The first choice of a list stands on top, as links."""
    first, kept = listing.choices[0], wanted.without(listing.choices[0].name)
    every = (t(f"lists.all.{listing.name}"), here(listing.path, **kept), not wanted.get(first.name))
    return [every, *((words(first, value, t), here(listing.path, **{**kept, first.name: value}), wanted.get(first.name) == value)
                     for value in first.values or ())]


def _fields(shop: Shopish, session: Session, listing: Listing, wanted: Asked, t: Translate) -> list[Field]:
    """The other choices, to choose in a form. An id without options comes by a link only."""
    return [Field(choice.name, t(f"lists.filter.{choice.name}"), [("", t("lists.any")), *_options(shop, session, choice, t)],
                  wanted.get(choice.name))
            for choice in listing.choices[1:] if choice.values is not None or choice.options is not None]


def _options(shop: Shopish, session: Session, choice: Choice, t: Translate) -> Sequence[tuple[str, str]]:
    if choice.options is not None:
        return choice.options(session, shop.id)
    return [(value, words(choice, value, t)) for value in choice.values or ()]


def _applied(shop: Shopish, session: Session, listing: Listing, wanted: Asked, t: Translate) -> list[tuple[str, str]]:
    """What narrows the list, each with the address without it."""
    told = [(f"{t('lists.search')}: {wanted.search}", ("q",))] if wanted.search else []
    for choice in listing.choices[1:]:  # the first one shows itself on top
        if value := wanted.get(choice.name):
            label = dict(_options(shop, session, choice, t)).get(value, t("lists.one"))
            told.append((f"{t(f'lists.filter.{choice.name}')}: {label}", (choice.name,)))
    if wanted.get("period"):
        told.append((t(f"lists.period_{wanted.get('period')}"), ("period",)))
    told += [(f"{t(f'lists.{name}')}: {wanted.get(name)}", (name,)) for name in ("from", "to", "least", "most") if wanted.get(name)]
    return [(label, here(listing.path, **wanted.without(*names))) for label, names in told]


def _sorts(listing: Listing, t: Translate) -> list[tuple[str, str]]:
    ways = (("-", "down"), ("", "up"))
    return [(f"{sign}{sort.name}", t(f"lists.sort.{sort.name}_{way}")) for sort in listing.sorts for sign, way in ways]


def _sort(wanted: Asked) -> str:
    return f"{'-' if wanted.descending else ''}{wanted.sort.name}"


def _views(shop: Shopish, session: Session, listing: Listing, query: Mapping[str, str]) -> list[Kept]:
    return [_kept(view, listing, query) for view in tables.views(session, shop.id, listing.name)]


def _kept(view: SavedView, listing: Listing, query: Mapping[str, str]) -> Kept:
    return Kept(view.id, view.name, here(listing.path, **view.query), dict(view.query) == dict(query))


# -- sheets: opened in a window of their own, where no session token goes along --


def _sheet(shop: Shopish, listing: Listing, query: Mapping[str, str], *, bom: str = "") -> str:
    """An address that is good for an hour, for this shop, this list and these filters only."""
    told = urlencode({**query, "locale": locale_of(shop), **({"bom": bom} if bom else {})})
    token = Signer(current_context().settings).sign(SHEET_PURPOSE, {"shop": str(shop.id), "list": listing.name, "for": _digest(told)})
    return f"/download/{token}?{told}"


def read_sheet(token: str, query: str) -> tuple[ShopId, str]:
    """The shop and the list that a link is good for. Raises Refused("link") for any other filters, and after an hour."""
    return _read(token, query, SHEET_SECONDS)


def old_sheet(token: str, query: str) -> tuple[ShopId, str] | None:
    """The same for a link whose hour is over; None for one that we never made."""
    try:
        return _read(token, query, None)
    except Refused:
        return None


def _read(token: str, query: str, seconds: int | None) -> tuple[ShopId, str]:
    told = Signer(current_context().settings).read(SHEET_PURPOSE, token, seconds)
    if told.get("for") != _digest(query):
        raise Refused("link", "This link is not valid any more.")
    return ShopId(UUID(told["shop"])), str(told["list"])


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()

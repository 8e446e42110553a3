"""What is suggested beside a product, and why; the merchant pins, bans, and takes it back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers.admin import picking
from plugin.offers.admin.typed import Form
from plugin.offers.flows import redrawing
from plugin.offers.mining import flows
from plugin.offers.mining import tables as mined
from plugin.offers.mining.flows import ANY
from plugin.offers.mining.rules import Companion, Wish
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded
from plugin.web.shell import SAID, moved, page, translator
from plugin.web.state import staff

LIST = "/app/suggestions"
SHOWN = 20
_WISHES = ("pin", "ban", "none")
_SAYINGS = ("pin", "ban", "none")


@dataclass(frozen=True, slots=True)
class Row:
    """One product beside the chosen one. ``met``: how often both were ordered together, None for one that only the merchant wishes;
    ``lift``: hundredths of what chance would give."""

    product: Product
    met: Companion | None
    wish: Wish | None

    @property
    def confidence_bp(self) -> int:
        return self.met.together * 10_000 // self.met.orders if self.met and self.met.orders else 0

    @property
    def lift(self) -> int | None:
        return self.met.together * 1000 // self.met.expected if self.met and self.met.expected else None


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST, endpoint="suggestions")(shown)
    blueprint.post(LIST, endpoint="choose_suggestions")(choose)
    blueprint.post(f"{LIST}/wishes", endpoint="wish_suggestion")(wish)


@embedded
def shown(shop: Shop, session: Session) -> str:
    """``product``: beside which one; without it, what holds beside every product."""
    return _page(shop, session, request.args.get("product", ""), Form(values={}, errors={}))


@embedded
def choose(shop: Shop, session: Session) -> ResponseReturnValue:
    chosen = request.form.get("first", "").strip()
    if _known(session, shop, chosen) is None:
        form = Form(values={name: request.form.get(name, "") for name in ("words_first",)},
                    errors={"first": translator(shop)("pairs.choose")})
        return _page(shop, session, "", form), 422
    return moved(LIST, product=chosen)


@embedded
def wish(shop: Shop, session: Session) -> ResponseReturnValue:
    """``beside`` empty: beside every product. ``wish`` none leaves it to the orders."""
    beside, other, wanted = (request.values.get(name, "").strip() for name in ("beside", "second", "wish"))
    typed = {name: request.form.get(name, "") for name in ("second", "words_second", "wish")}
    wrong = _fault(session, shop, beside, other, wanted)
    if wrong:
        return _page(shop, session, beside, Form(values=typed, errors={"second": wrong})), 422
    was = mined.wish(session, ShopId(shop.id), beside, other) or "none"
    try:
        _keep(session, shop, beside, other, wanted)
    except Refused as refused:
        return _page(shop, session, beside, Form(values=typed, errors={"second": words(refused.key, **refused.facts)})), 422
    redrawing.wished(session, ShopId(shop.id), clock.now())
    return moved(LIST, **({"product": beside} if beside else {}), said=wanted, other=other, was=was)


def _keep(session: Session, shop: Shop, beside: str, other: str, wanted: str) -> None:
    if wanted == "pin":
        flows.pin(session, shop.id, beside, other, by=staff(), now=clock.now())
    elif wanted == "ban":
        flows.ban(session, shop.id, beside, other, by=staff(), now=clock.now())
    else:
        flows.clear(session, shop.id, beside, other)


def _fault(session: Session, shop: Shop, beside: str, other: str, wanted: str) -> str | None:
    """A wish for what is gone can still be taken back."""
    say = translator(shop)
    if wanted not in _WISHES or (beside and not _is_id(beside)) or not _is_id(other):
        return say("pairs.choose")
    return None if wanted == "none" or _known(session, shop, other) else say("pairs.choose")


def _page(shop: Shop, session: Session, beside: str, form: Form) -> str:
    product = _known(session, shop, beside)
    values = {"first": product.id if product else "", **form["values"]}
    pickers = {side: picking.picker(session, shop, side, values) for side in picking.SIDES}
    return page("offers/suggestions.html", shop=shop, product=product, rows=_rows(session, shop, product.id if product else ANY),
                basis=_basis(session, shop), now=_now(session, shop, product), pickers=pickers, form=form, errors=form["errors"],
                done=_done(session, shop))


def _done(session: Session, shop: Shop) -> Mapping[str, object] | None:
    """What was just wished for, with what undoes it."""
    said, other, was = (request.args.get(name, "") for name in (SAID, "other", "was"))
    product = _known(session, shop, other)
    if request.method != "GET" or said not in _SAYINGS or was not in _WISHES or product is None:
        return None
    return {"said": said, "was": was, "product": product}


def _rows(session: Session, shop: Shop, beside: str) -> list[Row]:
    """The merchant's wishes first, then what was met together, closest first."""
    wishes: dict[str, Wish] = {one.other_id: "pin" if one.wish == "pin" else "ban"
                               for one in mined.wishes(session, ShopId(shop.id), [beside] if beside else []) if one.product_id == beside}
    stored = mined.companions(session, ShopId(shop.id), [beside]).get(beside, {}).get("/", []) if beside else []
    met = {one.product_id: one for one in (Companion(*told) for told in stored)}
    products = mirror.products(session, shop.id, list(dict.fromkeys([*wishes, *met]))[:SHOWN + len(wishes)])
    return [Row(one, met.get(one.id), wishes.get(one.id)) for one in products]


def _now(session: Session, shop: Shop, product: Product | None) -> list[tuple[str, str]]:
    """What a shopper would be shown beside it just now, each with the reason."""
    found = flows.suggest(session, ShopId(shop.id), [product.id], market=None, limit=4) if product else []
    titles = {one.id: one.title for one in mirror.products(session, shop.id, [one.product_id for one in found])}
    return [(titles[one.product_id], words(one.key, **one.facts)) for one in found if one.product_id in titles]


def _basis(session: Session, shop: Shop) -> Mapping[str, object] | None:
    """How many orders were counted, and since when."""
    row = mined.mined_shop(session, ShopId(shop.id))
    whole = mined.totals(session, ShopId(shop.id)).get("/")
    since = mined.first_order(session, ShopId(shop.id), row.epoch) if row else None
    return {"orders": whole.orders, "since": since} if since and whole and whole.orders else None


def _known(session: Session, shop: Shop, product_id: str) -> Product | None:
    return mirror.product(session, shop.id, product_id) if _is_id(product_id) else None


def _is_id(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) <= 20

"""The margin floors, and what they mean for what is switched on, as it is and as it is being typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import NotFound
from plugin.margin import flows as margin
from plugin.margin import tables as margins
from plugin.margin.rules import WHOLE
from plugin.margin.rules.guard import Tried
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.offers import tables
from plugin.offers.admin import goods
from plugin.offers.admin.typed import Form, basis_points, offer_values, written
from plugin.offers.flows import floors as flows
from plugin.offers.flows.finding import Effects, effects
from plugin.offers.flows.floors import Aim, Judged
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.inputs import is_text
from plugin.web.shell import SAID, fragment, moved, page, translator
from plugin.web.state import current_context

MARGIN, FLOOR = "/app/margin", "/app/margin-floor"
SCOPES = {"p": "product", "t": "tag", "v": "vendor", "c": "collection", "e": "shop"}
UNKNOWN_SHOWN, CUT_SHOWN = 20, 5
_SAYINGS = ("floor", "own", "removed")


@dataclass(frozen=True, slots=True)
class Own:
    """A floor that some goods have for themselves. ``title``: what they are called; ``count`` products."""

    scope: str
    name: str
    title: str
    floor_bp: int
    count: int


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(MARGIN, endpoint="margin")(shown)
    blueprint.post(FLOOR)(set_floor)
    blueprint.post(f"{MARGIN}/own", endpoint="set_own_floor")(set_own)
    blueprint.post(f"{MARGIN}/own/removal", endpoint="remove_own_floor")(remove_own)
    blueprint.post(f"{MARGIN}/meaning", endpoint="margin_meaning")(meaning)


@embedded
def shown(shop: Shop, session: Session) -> str:
    return _page(shop, session)


@embedded
def set_floor(shop: Shop, session: Session) -> ResponseReturnValue:
    """Both shares may be empty: no floor, and unknown costs stay unknown."""
    typed = _typed()
    read = {name: basis_points(text) for name, text in typed.items()}
    wrong = translator(shop)("margin.not_a_share")
    errors = {name: wrong for name, text in typed.items() if text and (read[name] is None or (read[name] or 0) > WHOLE)}
    if errors:
        return _page(shop, session, floor=Form(values=typed, errors=errors)), 422
    margin.set_floor(session, shop.id, floor_bp=read["floor"], cost_bp=read["cost"], now=clock.now())
    flows.moved(session, shop.id, clock.now())
    return moved(MARGIN, said="floor")


@embedded
def set_own(shop: Shop, session: Session) -> ResponseReturnValue:
    """A floor for all goods that are chosen; "all products" means the shop's own."""
    say, text, aims = translator(shop), request.form.get("own", "").strip(), _aims()
    share = basis_points(text)
    errors = {} if share is not None and share < WHOLE else {"own": say("margin.not_a_floor")}
    errors |= {} if aims and all(_is_known(session, shop, aim) for aim in aims) else {"goods_a": say("margin.choose")}
    if errors:
        return _page(shop, session, own=Form(values={"own": text}, errors=errors)), 422
    flows.set_floors(session, shop.id, aims, share, now=clock.now())
    return moved(MARGIN, said="own")


@embedded
def remove_own(shop: Shop, session: Session) -> ResponseReturnValue:
    """Raises NotFound where there is none."""
    aim = Aim(request.args.get("scope", ""), request.args.get("name", ""))
    if not any((row.scope, row.name) == (aim.scope, aim.name) for row in margins.own_floors(session, shop.id)):
        raise NotFound("floor")
    flows.set_floors(session, shop.id, [aim], None, now=clock.now())
    return moved(MARGIN, said="removed")


@embedded
def meaning(shop: Shop, session: Session) -> str:
    """What the floors that are being typed would mean; nothing is kept. What cannot be read yet counts as it stands."""
    aims, share = _aims(), basis_points(request.form.get("own", "").strip())
    if "own" in request.form:
        tried = flows.tried_closer(session, shop.id, aims, share) if aims and share is not None and share < WHOLE else None
    else:
        tried = _tried(session, shop)
    return fragment("offers/meaning.html", shop=shop, **_meaning(shop, session, tried))


def kept(session: Session, shop: Shop) -> Form:
    """The floor as it stands, as a form."""
    row = margins.floor(session, shop.id)
    shares: Mapping[str, int | None] = {"floor": row.floor_bp if row else None, "cost": row.cost_bp if row else None}
    return Form(values={name: written(share) for name, share in shares.items()}, errors={})


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in ("floor", "cost")}


def _tried(session: Session, shop: Shop) -> Tried | None:
    typed = _typed()
    read = {name: basis_points(text) for name, text in typed.items()}
    if any(text and (read[name] is None or (read[name] or 0) > WHOLE) for name, text in typed.items()):
        return None
    return flows.tried(session, shop.id, read["floor"], read["cost"])


def _aims() -> list[Aim]:
    """What is chosen in the picker: "p:…" and so on, as ``rules.filling`` writes them."""
    chosen = offer_values().get("goods_a", [])
    return [Aim("shop") if one == "everything" else Aim(SCOPES.get(one[:1], ""), one[2:]) for one in chosen if one]


def _is_known(session: Session, shop: Shop, aim: Aim) -> bool:
    if aim.scope == "shop":
        return True
    if aim.scope == "product":
        return aim.name.isascii() and aim.name.isdigit() and mirror.product(session, shop.id, aim.name) is not None
    if aim.scope == "collection":
        return aim.name in mirror.collection_titles(session, shop.id, [aim.name])
    return aim.scope in margin.SCOPES and is_text(aim.name) and bool(margins.members(session, shop.id, aim.scope, aim.name))


def _page(shop: Shop, session: Session, *, floor: Form | None = None, own: Form | None = None) -> str:
    said, values = request.args.get(SAID), offer_values()
    count, missing = margins.unknown(session, shop.id, shop.currency, limit=UNKNOWN_SHOWN)
    row, where = margins.floor(session, shop.id), current_context().settings.shopify_admin_origin
    closer = own or Form(values={"own": ""}, errors={})
    return page("offers/margin.html", shop=shop, floor=floor or kept(session, shop), own=closer, errors=closer["errors"],
                picker=goods.picker(session, shop, goods.Place("a", request.form, variants=False), values),
                rows=_own(session, shop), unknown=count,
                missing=missing, assumed=row.cost_bp if row else None,
                at_shopify=f"{where}/store/{shop.domain.removesuffix('.myshopify.com')}/products",
                said=said if said in _SAYINGS and request.method == "GET" else None, findings=_changed(session, shop),
                **_meaning(shop, session, None))


def _meaning(shop: Shop, session: Session, tried: Tried | None) -> dict[str, Any]:
    """``tried`` None: as things stand."""
    now, shop_id = clock.now(), ShopId(shop.id)
    found: Effects = effects(session, shop_id, now=now, tried=tried)
    others: Sequence[Judged] = flows.judged(session, shop_id, now=now, tried=tried)
    return {"effects": found, "others": others, "most": CUT_SHOWN, "is_tried": tried is not None}


def _own(session: Session, shop: Shop) -> list[Own]:
    rows = margins.own_floors(session, shop.id)
    titles = {one.id: one.title for one in mirror.products(session, shop.id, [row.name for row in rows if row.scope == "product"])}
    titles |= mirror.collection_titles(session, shop.id, [row.name for row in rows if row.scope == "collection"])
    return [Own(row.scope, row.name, titles.get(row.name, row.name), row.floor_bp,
                1 if row.scope == "product" else len(margins.members(session, shop.id, row.scope, row.name))) for row in rows]


def _changed(session: Session, shop: Shop) -> list[dict[str, Any]]:
    """What the guard said otherwise than before, newest first; why, where an offer is kept from the shop."""
    titles = {row.id: row.title for row in tables.of_shop(session, shop.id)}
    return [{"title": titles.get(row.offer_id, ""), "id": row.offer_id, "was": row.was, "state": row.state, "at": row.changed_at,
             "why": readable(row.told) if row.state == "out" else None}
            for row in tables.findings(session, shop.id).values() if row.was or row.state == "out"]


def readable(told: Mapping[str, Any]) -> dict[str, Any]:
    """A stored sentence with its money as money."""
    return {name: Money(value["amount"], value["currency"]) if isinstance(value, dict) else value for name, value in told.items()}

"""A friend's discount and a bundle that the shop's own orders speak for, with what they would bring, how sure that is, and what is
assumed. One tap makes a draft."""

from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin.rules import WHOLE
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.offers.admin.picking import bundle_title
from plugin.offers.admin.typed import Form, basis_points, written
from plugin.offers.flows import drafting
from plugin.offers.flows.proposals import PERIOD, Proposals, proposals
from plugin.offers.rules.proposing import Lift, Proposal
from plugin.referrals.rules.filling import suggested
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded
from plugin.web.shell import moved, page, translator
from plugin.web.state import staff

LIST = "/app/proposals"
USUAL = Lift()
FIELDS = ("floor", "bundle", "friends")


@dataclass(frozen=True, slots=True)
class Shown:
    """One proposal with the names of its goods; ``ends``: margin on a hundred orders, at the low end, likely, at the high end."""

    told: Proposal
    first: str
    second: str
    ends: tuple[Money, Money, Money]


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST, endpoint="proposals")(shown)
    blueprint.post(LIST, endpoint="try_proposals")(assume)
    blueprint.post(f"{LIST}/bundle", endpoint="draft_bundle")(bundle)
    blueprint.post(f"{LIST}/discount", endpoint="draft_discount")(discount)


@embedded
def shown(shop: Shop, session: Session) -> str:
    """The floor and the assumptions may be others than usual: basis points in the address."""
    asked = {name: _whole(request.args.get(name, "")) for name in FIELDS}
    return _page(shop, session, asked["floor"], _lift(asked["bundle"], asked["friends"]))


@embedded
def assume(shop: Shop, session: Session) -> ResponseReturnValue:
    """Another floor or other assumptions are tried; nothing is kept."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    read = {name: basis_points(text) for name, text in typed.items()}
    say = translator(shop)
    errors = {name: say("margin.not_a_share") for name, text in typed.items() if (text or name != "floor") and not _is_share(read[name])}
    if errors:
        return _page(shop, session, None, USUAL, Form(values=typed, errors=errors)), 422
    return moved(LIST, **{name: share for name, share in read.items() if share is not None})


@embedded
def bundle(shop: Shop, session: Session) -> ResponseReturnValue:
    first, second, share = (request.args.get(name, "") for name in ("first", "second", "bundle"))
    made = drafting.draft_bundle(session, shop, first, second, _whole(share) or 0, title=bundle_title(session, shop, first, second),
                                 now=clock.now(), by=staff())
    return moved(f"/app/offers/{made.id}", said="created")


@embedded
def discount(shop: Shop, session: Session) -> ResponseReturnValue:
    name = translator(shop)("programmes.suggested_name", shop=(shop.name or shop.domain)[:40])
    made = drafting.draft_discount(session, shop, _whole(request.args.get("friend", "")) or 0, name,
                                   suggested=suggested(name, shop.currency), now=clock.now(), by=staff())
    return moved(f"/app/programmes/{made.id}", said="saved")


def _page(shop: Shop, session: Session, floor: int | None, lift: Lift, form: Form | None = None) -> str:
    told: Proposals | None = None
    trouble: dict[str, str] | None = None
    try:
        told = proposals(session, ShopId(shop.id), now=clock.now(), floor_bp=floor, lift=lift)
    except Refused as refused:
        trouble = {"reason": refused.reason, "text": words(refused.key, **refused.facts)}
    values = {"floor": written(floor if floor is not None else told.floor_bp if told else None), "bundle": written(lift.bundle[1]),
              "friends": written(lift.friends[1])}
    return page("offers/proposals.html", shop=shop, told=told, trouble=trouble, found=_named(session, shop, told), lift=lift,
                days=PERIOD.days, form=form or Form(values=values, errors={}))


def _named(session: Session, shop: Shop, told: Proposals | None) -> list[Shown]:
    found = told.found if told else ()
    ids = sorted({one for proposal in found for one in (proposal.first, proposal.second)})
    titles = {one.id: one.title for one in mirror.products(session, shop.id, ids)}
    return [Shown(one, titles.get(one.first, ""), titles.get(one.second, ""),
                  (Money(one.effect.low, shop.currency), Money(one.effect.likely, shop.currency), Money(one.effect.high, shop.currency)))
            for one in found]


def _lift(bundle_bp: int | None, friends_bp: int | None) -> Lift:
    """From nothing at all to twice what is likely."""
    bundle, friends = (usual[1] if asked is None else asked
                       for asked, usual in ((bundle_bp, USUAL.bundle), (friends_bp, USUAL.friends)))
    return Lift((0, bundle, 2 * bundle), (0, friends, 2 * friends))


def _is_share(share: int | None) -> bool:
    return share is not None and share < WHOLE


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None

"""What the offer in the form would have done to last month's orders: a part of its page that asks for its next batch by itself."""

from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, Response, after_this_request, request
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.money import Money
from plugin.offers import flows, tables
from plugin.offers.admin.offers import LIST, known_kind
from plugin.offers.admin.typed import offer_values
from plugin.offers.flows.simulating import PERIOD, Batch, simulate
from plugin.offers.rules import filling
from plugin.offers.rules.model import Offer
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded, looks
from plugin.web.shell import fragment

LARGEST = 10**15
_SUMS = tuple(one.name for one in fields(Batch) if one.name != "last")


def add_to(blueprint: Blueprint) -> None:
    blueprint.post(f"{LIST}/simulation", endpoint="offer_simulation")(show)


@embedded
@looks
def show(shop: Shop, session: Session) -> str:
    """The sums so far come along with the request: only the merchant who asks reads them, and nothing is kept."""
    told = filling.read(offer_values(), known_kind(request.form.get("kind", "")), shop.currency, sold=shop.sold)
    if told.faults or told.offer is None:
        return _part(shop, Batch(), trouble=words("offers.simulation_faulty"))
    own, now = request.form.get("offer"), clock.now()
    others = [one for one in flows.live(session, ShopId(shop.id)) if str(one.id) != own]
    offer = replace(told.offer, number=max((one.number for one in others), default=0) + 1)
    after = request.form.get("simulated_after", "")
    after_id = after if after.isascii() and after.isdigit() else None
    try:
        batch = simulate(session, ShopId(shop.id), offer, beside=others, after=after_id, now=now)
    except Refused as refused:
        return _part(shop, Batch(), trouble=words(refused.key, **refused.facts))
    sums = {name: getattr(batch, name) + _number(name) for name in _SUMS}
    return _part(shop, Batch(**sums, last=batch.last), total=tables.count_orders(session, shop.id, since=now - PERIOD),
                 guess=depends(offer))


def depends(offer: Offer) -> bool:
    """Does it ask what a past order does not tell: who the shopper is, by which road they came, or what they would have chosen?"""
    told = offer.audience
    return offer.kind in ("upgrade", "welcome") or told.referred is True or bool(told.customer_tags or told.segments or told.campaigns)


def _part(shop: Shop, batch: Batch, *, total: int = 0, trouble: str | None = None, guess: bool = False) -> str:
    if batch.last:
        after_this_request(_go_on)
    kept: dict[str, Any] = {name: getattr(batch, name) for name in _SUMS}
    return fragment("offers/simulation.html", shop=shop, batch=batch, total=total, trouble=trouble, kept={**kept, "after": batch.last},
                    guess=guess, cost=Money(batch.cost, shop.currency), sold=Money(batch.sold, shop.currency), days=PERIOD.days)


def _go_on(response: Response) -> Response:
    """The element in the form that asked hears it and asks again."""
    response.headers["HX-Trigger-After-Settle"] = "go-on"
    return response


def _number(name: str) -> int:
    text = request.form.get(f"simulated_{name}", "")
    return min(int(text), LARGEST) if text.isascii() and text.isdigit() and len(text) < 16 else 0

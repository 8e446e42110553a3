"""What browsers and extensions counted of offers: ``POST /apps/tandem/seen`` with ``s3product,a3product`` (see ``experiments.rules``),
``POST /extension/seen {"marks": "s3checkout"}``; the page after payment with the purchase's own token, ``POST /extension/afterwards/seen``.

Anybody can send such words, so they count nothing but how often something was shown or added; no amount of money comes from here. They
are kept as sums by day, offer, placement and arm, so that any number of them takes the same few rows, and no row is about anybody. They
are added up once the answer has left: a browser that closes a page does not wait for one.
"""

from typing import cast

import structlog
from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from plugin import clock
from plugin.errors import Refused
from plugin.experiments.counter import Counter, Slip
from plugin.experiments.rules import LONGEST, tallies
from plugin.offers.flows.shown import shown
from plugin.referrals.rules.visiting import is_bot
from plugin.shopify.verify import Identity, Purchase, Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import extension, looks, proxy, purchase
from plugin.web.inputs import json_object
from plugin.web.state import current_context

log = structlog.get_logger()
_EXTENSION = "tandem.counter"


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/proxy/seen")(of_page)
    blueprint.post("/extension/seen")(of_extension)
    blueprint.post("/extension/afterwards/seen")(of_purchase)


@proxy
@looks
def of_page(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    """Always 204: who sends it cannot do anything about an answer. Raises Refused("input") for far too much."""
    if (request.content_length or 0) > LONGEST:
        raise Refused("input", "That is more than a page can count.")
    return _taken(shop, session, request.get_data(as_text=False).decode("ascii", "replace"))


@extension
@looks
def of_extension(shop: Shop, session: Session, identity: Identity) -> ResponseReturnValue:
    """Raises Refused("input") for anything but text."""
    return _taken(shop, session, _marks())


@purchase
@looks
def of_purchase(shop: Shop, session: Session, purchase: Purchase) -> ResponseReturnValue:
    """Raises Refused("input") for anything but text."""
    return _taken(shop, session, _marks())


def _marks() -> str:
    marks = json_object(request).get("marks")
    if not isinstance(marks, str) or len(marks) > LONGEST:
        raise Refused("input", "marks is a text.")
    return marks


def _taken(shop: Shop, session: Session, marks: str) -> Response:
    answer = Response(status=204)
    if is_bot(request.headers.get("User-Agent", "")):
        return answer
    slip = Slip(shop.id, clock.now().astimezone(clock.zone(shop.timezone)).date(), tallies(marks, _shares(shop, session)))
    counter = _counter()
    answer.call_on_close(lambda: _keep(counter, slip))
    return answer


def _shares(shop: Shop, session: Session) -> dict[int, int]:
    """The offers that the shop's pages show, each with the edge below which visitors are held out."""
    specs = shown(session, shop.id).pages.get("offers", {}).get("offers", {})
    return {int(number): spec.get("arm", [0])[0] for number, spec in specs.items()}


def _keep(counter: Counter, slip: Slip) -> None:
    try:
        counter.add(slip)
    except SQLAlchemyError:
        log.exception("counts_not_kept", shop_id=str(slip.shop_id))


def _counter() -> Counter:
    """One a process; should two requests make one each at the start, one of them is used once."""
    return cast(Counter, current_app.extensions.setdefault(_EXTENSION, Counter(current_context())))

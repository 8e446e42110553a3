"""The webhooks' door: verify over the raw bytes, store, commit, 200. What an event means is a job's business."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, current_app, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from plugin import clock, failpoint
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.intake import flows
from plugin.intake.flows import Arrival
from plugin.intake.together import Together
from plugin.shopify import verify
from plugin.shops import flows as shops
from plugin.shops.tables import Shop
from plugin.web.guards import bare
from plugin.web.state import current_web

LONGEST_BODY = 2 * 1024 * 1024

log = structlog.get_logger()
blueprint = Blueprint("webhooks", __name__)


@dataclass(slots=True)
class _Letter:
    """A verified webhook, and, once written, whose inbox it is in."""

    told: verify.Webhook
    body: bytes
    shop_id: ShopId | None = None


@blueprint.post("/webhooks")
@bare("the signature over the raw body decides")
def webhooks() -> Response:
    """401 and nothing written without a valid signature; 503 when the database cannot commit, so that Shopify tries again."""
    context = current_web().context
    request.max_content_length = LONGEST_BODY
    body = request.get_data(cache=False)
    try:
        letter = _Letter(verify.webhook(context.settings, body, dict(request.headers)), body)
    except Refused:
        return _answer(HTTPStatus.UNAUTHORIZED)
    try:
        _desk(context).submit(letter)
    except SQLAlchemyError:
        log.exception("webhook_not_stored", topic=letter.told.topic)
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE)
    failpoint.reach("K1")
    return _ring_after(_answer(HTTPStatus.OK), letter)


def _answer(status: HTTPStatus) -> Response:
    return Response(status=status, headers={"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None)


def _ring_after(response: Response, letter: _Letter) -> Response:
    web = current_web()

    def after() -> None:
        failpoint.reach("K2")
        if letter.shop_id is not None:
            web.ring(web.context, "events", letter.shop_id)

    response.call_on_close(after)
    return response


_desks_lock = threading.Lock()
_DESK = "tandem.intake"


def _desk(context: Context) -> Together[_Letter]:
    """One group commit per app."""
    with _desks_lock:
        desk = current_app.extensions.get(_DESK)
        if desk is None:
            desk = current_app.extensions[_DESK] = Together[_Letter](lambda letters: _store(context, letters))
    return desk


def _store(context: Context, letters: Sequence[_Letter]) -> None:
    now = clock.machine_now()
    with context.transaction() as session:
        known = _shops(session, {letter.told.domain for letter in letters})
        for letter in letters:
            letter.shop_id = known[letter.told.domain]
        flows.receive_all(session, [_arrival(letter) for letter in letters], now)
        failpoint.reach("K0")


def _shops(session: Session, domains: set[str]) -> dict[str, ShopId]:
    """The shops by their domains; one that is unknown gets its row, and nothing will be acted on."""
    known = dict(session.execute(select(Shop.domain, Shop.id).where(Shop.domain.in_(domains))).all())
    for domain in sorted(domains - known.keys()):
        known[domain] = shops.recognise(session, domain, clock.now()).id
    return known


def _arrival(letter: _Letter) -> Arrival:
    told = letter.told
    assert letter.shop_id is not None
    return Arrival(letter.shop_id, "webhook", told.topic, told.webhook_id, letter.body, told.event_id, told.triggered_at)

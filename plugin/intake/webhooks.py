"""The webhooks' door: verify over the raw bytes, store, commit, 200. What an event means is a job's business."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError
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
from plugin.web.guards import bare
from plugin.web.state import current_web

LONGEST_BODY = 2 * 1024 * 1024

log = structlog.get_logger()
blueprint = Blueprint("webhooks", __name__)


@dataclass(slots=True)
class _Letter:
    """A verified webhook. ``rings_for``: the shop to ring for after the answer; one letter a shop in what is written together."""

    told: verify.Webhook
    body: bytes
    rings_for: ShopId | None = None


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
        _desk(context).letters.submit(letter)
    except SQLAlchemyError:
        log.exception("webhook_not_stored", topic=letter.told.topic)
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE)
    failpoint.reach("K1")
    return _ring_after(_answer(HTTPStatus.OK), letter)


def _answer(status: HTTPStatus) -> Response:
    return Response(status=status, headers={"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None)


def _ring_after(response: Response, letter: _Letter) -> Response:
    web, shop_id = current_web(), letter.rings_for

    def after() -> None:
        failpoint.reach("K2")
        if shop_id is not None:
            web.ring(web.context, "events", shop_id)

    response.call_on_close(after)
    return response


_desks_lock = threading.Lock()
_DESK = "tandem.intake"


def _desk(context: Context) -> "_Desk":
    """One group commit per app."""
    with _desks_lock:
        desk = current_app.extensions.get(_DESK)
        if not isinstance(desk, _Desk):
            desk = current_app.extensions[_DESK] = _Desk(context)
    return desk


class _Desk:
    """Writes letters together. It remembers whose domain is whose: a shop keeps its id for ever."""

    def __init__(self, context: Context) -> None:
        self.letters = Together[_Letter](self._store, common=(OperationalError,))
        self._context = context
        self._shops: dict[str, ShopId] = {}

    def _store(self, letters: Sequence[_Letter]) -> None:
        now = clock.machine_now()
        with self._context.transaction() as session:
            known = self._shops | _look_up(session, {letter.told.domain for letter in letters} - self._shops.keys())
            flows.receive_all(session, [_arrival(letter, known[letter.told.domain]) for letter in letters], now)
            failpoint.reach("K0")
        self._shops = known  # only now: a shop met for the first time is there once it is committed
        for domain, letter in {letter.told.domain: letter for letter in letters}.items():
            letter.rings_for = known[domain]


def _look_up(session: Session, domains: set[str]) -> dict[str, ShopId]:
    """The shops by their domains; one that is unknown gets its row, and nothing will be acted on."""
    return {domain: shops.recognise(session, domain, clock.now()).id for domain in sorted(domains)}


def _arrival(letter: _Letter, shop_id: ShopId) -> Arrival:
    told = letter.told
    return Arrival(shop_id, "webhook", told.topic, told.webhook_id, letter.body, told.event_id, told.triggered_at)

"""The webhooks' door: verify over the raw bytes, store, commit, 200. What an event means is a job's business."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from plugin import clock, failpoint
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.intake import flows
from plugin.intake.rules import Arrival
from plugin.intake.together import Together
from plugin.shopify import verify
from plugin.shops import flows as shops
from plugin.web.guards import bare
from plugin.web.state import Ring
from plugin.web.straight import Answer, Straight, respond

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/webhooks"
LONGEST_BODY = 2 * 1024 * 1024

TAKEN = Answer(HTTPStatus.OK)
UNPROVEN = Answer(HTTPStatus.UNAUTHORIZED)
TOO_LONG = Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
NOT_STORED = Answer(HTTPStatus.SERVICE_UNAVAILABLE, (("Retry-After", "5"),))

log = structlog.get_logger()
blueprint = Blueprint("webhooks", __name__)
_EXTENSION = "tandem.webhooks"


def install(app: Flask, context: Context, ring: Ring) -> None:
    """Webhooks come straight to the door; the route stays for all that is not quite one: a query, another method."""
    door = app.extensions[_EXTENSION] = Door(context, ring)
    app.wsgi_app = Straight(app.wsgi_app, PATH, door.take, context.settings)  # type: ignore[method-assign]


@blueprint.post(PATH)
@bare("the signature over the raw body decides")
def webhooks() -> Response:
    return respond(cast(Door, current_app.extensions[_EXTENSION]).take(request.environ))


@dataclass(slots=True)
class _Letter:
    """A verified webhook. ``rings_for``: the shop to ring for after the answer; one letter a shop in what is written together."""

    told: verify.Webhook
    body: bytes
    rings_for: ShopId | None = None


class Door:
    """One a process. It remembers whose domain is whose: a shop keeps its id for ever."""

    def __init__(self, context: Context, ring: Ring) -> None:
        self._context, self._ring = context, ring
        self._letters = Together[_Letter](self._store, common=(OperationalError,))
        self._shops: dict[str, ShopId] = {}

    def take(self, environ: "WSGIEnvironment") -> Answer:
        """401 and nothing written without a valid signature; 503 when the database cannot commit, so that Shopify tries again."""
        body = _body(environ)
        if body is None:
            return TOO_LONG
        try:
            letter = _Letter(verify.webhook(self._context.settings, body, _headers(environ)), body)
        except Refused:
            return UNPROVEN
        try:
            self._letters.submit(letter)
        except SQLAlchemyError:
            log.exception("webhook_not_stored", topic=letter.told.topic)
            return NOT_STORED
        failpoint.reach("K1")
        return TAKEN if letter.rings_for is None else Answer(HTTPStatus.OK, after=partial(self._after, letter.rings_for))

    def _after(self, shop_id: ShopId) -> None:
        failpoint.reach("K2")
        self._ring(self._context, "events", shop_id)

    def _store(self, letters: Sequence[_Letter]) -> None:
        now = clock.machine_now()
        with self._context.transaction() as session:
            known = self._shops | _look_up(session, {letter.told.domain for letter in letters} - self._shops.keys())
            flows.receive_all(session, [_arrival(letter, known[letter.told.domain]) for letter in letters], now)
            failpoint.reach("K0")
        self._shops = known  # only now: a shop met for the first time is there once it is committed
        for domain, letter in {letter.told.domain: letter for letter in letters}.items():
            letter.rings_for = known[domain]


def _body(environ: "WSGIEnvironment") -> bytes | None:
    """The raw bytes; None if they are too many. A body without a length is read only from a server that marks its end."""
    stated = environ.get("CONTENT_LENGTH") or ""
    length = int(stated) if stated.isascii() and stated.isdigit() else None
    if length is None and not environ.get("wsgi.input_terminated"):
        return b""
    if length is not None and length > LONGEST_BODY:
        return None
    body: bytes = environ["wsgi.input"].read(LONGEST_BODY + 1 if length is None else length)
    return body if len(body) <= LONGEST_BODY else None


def _headers(environ: "WSGIEnvironment") -> dict[str, str]:
    return {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith(("HTTP_X_SHOPIFY_", "HTTP_SHOPIFY_"))}


def _look_up(session: Session, domains: set[str]) -> dict[str, ShopId]:
    """The shops by their domains; one that is unknown gets its row, and nothing will be acted on."""
    return {domain: shops.recognise(session, domain, clock.now()).id for domain in sorted(domains)}


def _arrival(letter: _Letter, shop_id: ShopId) -> Arrival:
    told = letter.told
    return Arrival(shop_id, "webhook", told.topic, told.webhook_id, letter.body, told.event_id, told.triggered_at)

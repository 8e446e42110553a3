"""The webhooks' door: verify over the raw bytes, store, commit, 200. What an event means is a job's business."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from plugin import clock, failpoint
from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.intake.pen import Pen
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
class Letter:
    """A verified webhook. ``rings_for``: the shop to ring for after the answer; one letter a shop in what is written together."""

    told: verify.Webhook
    body: bytes
    rings_for: ShopId | None = None


class Door:
    """One a process. It remembers whose domain is whose: a shop keeps its id for ever."""

    def __init__(self, context: Context, ring: Ring) -> None:
        self._context, self._ring = context, ring
        self._letters = Together[Letter](self._store, common=(OperationalError,))
        self._pen = Pen(context.sessions.kw["bind"])
        self._shops: dict[str, ShopId] = {}

    def take(self, environ: "WSGIEnvironment") -> Answer:
        """401 and nothing written without a valid signature; 503 when the database cannot commit, so that Shopify tries again."""
        letter = opened(self._context.settings, environ)
        if isinstance(letter, Answer):
            return letter
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

    def _store(self, letters: Sequence[Letter]) -> None:
        last = {letter.told.domain: letter for letter in letters}
        if not last.keys() <= self._shops.keys():
            self._shops |= _look_up(self._context, last.keys() - self._shops.keys())
        failpoint.reach("K0")
        self._pen.write([_arrival(letter, self._shops[letter.told.domain]) for letter in letters], clock.machine_now())
        for domain, letter in last.items():
            letter.rings_for = self._shops[domain]


def opened(settings: Settings, environ: "WSGIEnvironment") -> Letter | Answer:
    """What came, verified; or why not."""
    body = _body(environ)
    if body is None:
        return TOO_LONG
    try:
        return Letter(verify.webhook(settings, body, _header(environ)), body)
    except Refused:
        return UNPROVEN


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


def _header(environ: "WSGIEnvironment") -> verify.Header:
    return lambda name: environ.get(f"HTTP_{name.upper().replace('-', '_')}")


def _look_up(context: Context, domains: set[str]) -> dict[str, ShopId]:
    """The shops by their domains; one that is unknown gets its row, and nothing will be acted on."""
    with context.transaction() as session:
        return {domain: shops.recognise(session, domain, clock.now()).id for domain in sorted(domains)}


def _arrival(letter: Letter, shop_id: ShopId) -> Arrival:
    told = letter.told
    return Arrival(shop_id, "webhook", told.topic, told.webhook_id, letter.body, told.event_id, told.triggered_at)

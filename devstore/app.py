"""One Flask application: every face of the stand-in is a blueprint in the list below; what they share hangs on ``services()``.

A name like ``devstore.control:blueprint`` is imported when the application is made. Paths: ``/_shop/<shop>/…`` is what servers call,
``/_devstore/…`` the control API; the rest belongs to the storefront, the checkout and the admin side."""

import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, jsonify
from werkzeug.exceptions import HTTPException

from devstore.admin_api.bucket import Buckets
from devstore.faults import Faults
from devstore.mail import Mailbox
from devstore.seeds import seed
from devstore.state.settings import Settings
from devstore.state.snapshot import load
from devstore.state.store import Store, Unknown
from devstore.webhooks import Webhooks

BLUEPRINTS = (
    "devstore.control:blueprint",
    "devstore.tokens:blueprint",
    "devstore.admin_api.views:blueprint",
)


@dataclass(frozen=True, slots=True)
class Services:
    """What the views reach through ``services()``."""

    store: Store
    webhooks: Webhooks
    faults: Faults
    buckets: Buckets
    mailbox: Mailbox
    folder: Path


def services() -> Services:
    return cast(Services, current_app.extensions["devstore"])


def create_app(settings: Settings) -> Flask:
    """An application with its own store: loaded from ``settings.data`` if there is a snapshot, else with the seed shops."""
    store = Store(settings)
    if not load(store):
        seed(store)
    webhooks = Webhooks(store)
    store.listeners.append(webhooks.happened)
    app = Flask("devstore", static_folder=None, template_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.extensions["devstore"] = Services(store, webhooks, Faults(), Buckets(), Mailbox(store.clock), _folder(settings))
    for name in BLUEPRINTS:
        module, _, attribute = name.partition(":")
        app.register_blueprint(getattr(import_module(module), attribute))
    import_module("devstore.storefront.join").join(app, settings.theme_blocks)
    app.register_error_handler(Unknown, _not_found)
    app.register_error_handler(HTTPException, _problem)
    return app


def _folder(settings: Settings) -> Path:
    """Where results of bulk operations lie: with the data, or in a folder of this process."""
    return settings.data / "bulk" if settings.data else Path(tempfile.mkdtemp(prefix="devstore-"))


def _not_found(error: Unknown) -> tuple[Any, int]:
    return jsonify(errors=str(error)), 404


def _problem(error: HTTPException) -> Any:  # noqa: ANN401  (Flask's own type)
    if error.response is not None:
        return error.response
    return jsonify(errors=error.description), error.code or 500

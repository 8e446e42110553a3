"""The composition root: every slice is joined to the others here and nowhere else. Importing it makes every table known."""

from collections.abc import Callable, Iterator
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import requests
from flask import Blueprint, Flask
from jinja2 import StrictUndefined
from requests.adapters import HTTPAdapter
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

import plugin.attribution.campaigns
import plugin.attribution.keys
import plugin.attribution.tables
import plugin.decisions.tables
import plugin.guardrails.admin
import plugin.guardrails.tables
import plugin.insights.admin
import plugin.insights.api
import plugin.insights.tables
import plugin.intake.webhooks
import plugin.ledger.tables
import plugin.margin.tables
import plugin.messaging.storefront
import plugin.mirror.tables
import plugin.offers.admin
import plugin.offers.storefront
import plugin.offers.tables
import plugin.people.tables
import plugin.privacy.admin
import plugin.privacy.tables
import plugin.referrals.admin
import plugin.referrals.storefront
import plugin.referrals.tables
import plugin.rewards.tables
import plugin.web.bounce
import plugin.web.health
from plugin import clock
from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId, make_engine, make_sessions
from plugin.insights.readiness import check_launch
from plugin.intake import flows as intake
from plugin.intake import tables as inbox
from plugin.messaging import filters
from plugin.messaging.texts import say
from plugin.offers.flows.bundling import bundles
from plugin.offers.flows.welcoming import welcomes
from plugin.outbox import flows as outbox
from plugin.outbox import tables as outgoing
from plugin.shops.door import Door
from plugin.shops.tables import Shop
from plugin.web import errors, guards, headers, logs, packing
from plugin.web.junk import RefuseJunk
from plugin.web.state import Ring, Web

LARGEST_BODY = 2 * 2**20
ADMIN_UI = Path(__file__).resolve().parents[1] / "admin_ui"

BLUEPRINTS: tuple[Blueprint, ...] = (
    plugin.web.health.blueprint,
    plugin.web.bounce.blueprint,
    plugin.intake.webhooks.blueprint,
    plugin.messaging.storefront.blueprint,
    plugin.referrals.storefront.blueprint,
    plugin.referrals.admin.blueprint,
    plugin.offers.admin.blueprint,
    plugin.offers.storefront.blueprint,
    plugin.insights.admin.blueprint,
    plugin.insights.api.blueprint,
    plugin.guardrails.admin.blueprint,
    plugin.privacy.admin.blueprint,
)


def make_context(settings: Settings) -> Context:
    """The engine, the pooled way out to Shopify, and business time, for one process."""
    clock.use(clock.file_reader(settings.clock_offset_file) if settings.clock_offset_file else None)
    engine = make_engine(settings.database_url, hide_parameters=True)  # a failed statement's values stay out of the log
    return Context(settings, make_sessions(engine), _way_out())


def _way_out() -> requests.Session:
    """One pool for all shops, so nothing may stick to it: no cookies, no credentials from a .netrc, no proxy by accident."""
    http = requests.Session()
    http.trust_env = False
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=32, pool_maxsize=32)
    http.mount("https://", adapter)
    http.mount("http://", adapter)
    return http


def no_ring(_context: Context, _queue: str, _shop_id: ShopId) -> None:
    """Without a bell the sweep finds the work."""


def create_app(context: Context, *, ring: Ring = no_ring) -> Flask:
    """The WSGI app. ``ring`` hints to the workers that a shop has work (``jobs.bell.ring``)."""
    app = Flask("plugin", root_path=str(Path(__file__).parent), template_folder=str(ADMIN_UI / "templates"),
                static_folder=str(ADMIN_UI / "static"), static_url_path="/static")
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_PARTS=500)
    app.jinja_env.undefined = StrictUndefined
    app.extensions["tandem"] = Web(context, Door(context, welcome), ring, say, depths, check_launch, bundles, welcomes)
    for install in _middleware(context.settings):
        install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    proxies = context.settings.trusted_proxies
    wrapped = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=1, x_host=0, x_port=0, x_prefix=0) if proxies else app.wsgi_app
    app.wsgi_app = RefuseJunk(wrapped)  # type: ignore[method-assign]
    plugin.intake.webhooks.install(app, context, ring)
    return app


def _middleware(settings: Settings) -> tuple[Callable[[Flask], None], ...]:
    """In calling order before the view; what they add after it runs in the opposite one."""
    return (logs.log_requests, plugin.web.health.measure, errors.install, lambda app: headers.install(app, settings),
            guards.allow_extensions, filters.install, packing.install)


def depths(session: Session) -> Iterator[tuple[str, str, int]]:
    """For the metrics: what has come in and is not applied, and what is to leave and has not, over all shops."""
    yield from (("events", state, rows) for state, rows in inbox.depths(session).items())
    yield from (("deliveries", state, rows) for state, rows in outgoing.depths(session).items())


def welcome(session: Session, shop: Shop) -> None:
    """A shop became a tenant: what came before counts for nothing, what was frozen may leave, the history is to be read."""
    now = clock.now()
    outbox.thaw(session, shop.id)
    intake.tell(session, shop.id, "shop/installed", str(shop.id), now)

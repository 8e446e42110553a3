"""The embedded shell: what the admin's layout (admin_ui/templates/base.html) needs around every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import current_app, render_template, request

from plugin.config import Settings
from plugin.web.state import current_web

# App Bridge keeps these on every address it opens; links inside the app carry them on, so that a plain page load finds its shop.
CARRIED = ("shop", "host", "embedded", "locale")


class Shopish(Protocol):
    """What the shell reads of a shop."""

    @property
    def domain(self) -> str: ...
    @property
    def locale(self) -> str: ...


@dataclass(frozen=True)
class Shell:
    """``navigation``: pairs of path and label for s-app-nav; the home page is implied, and so is what this app does not serve."""

    api_key: str
    app_bridge: str
    polaris: str
    domain: str
    locale: str
    navigation: tuple[tuple[str, str], ...]


NAVIGATION = (("/app/programmes", "nav.programmes"), ("/app/pairs", "nav.pairs"), ("/app/referrals", "nav.referrals"),
              ("/app/cases", "nav.cases"), ("/app/deliveries", "nav.deliveries"))


def page(template: str, *, shop: Shopish, **values: Any) -> str:  # noqa: ANN401 - whatever the template wants
    """Render an admin page: ``shell``, ``t`` (the translator in the merchant's language), ``here`` (links) and ``values``."""
    locale = request.args.get("locale", "")[:16] or shop.locale
    t = partial(current_web().say, locale)
    return render_template(template, shop=shop, shell=_shell(shop, locale, t), t=t, here=here, **values)


def here(path: str, **query: object) -> str:
    """An address inside the app that keeps what App Bridge needs."""
    kept: Mapping[str, object] = {name: request.args[name] for name in CARRIED if name in request.args}
    asked = urlencode({**kept, **query})
    return f"{path}?{asked}" if asked else path


def app_bridge(settings: Settings) -> str:
    return f"{settings.shopify_cdn}/shopifycloud/app-bridge.js"


def _shell(shop: Shopish, locale: str, t: Any) -> Shell:  # noqa: ANN401 - a partial of the translator
    settings = current_web().context.settings
    return Shell(settings.shopify_api_key, app_bridge(settings), f"{settings.shopify_cdn}/shopifycloud/polaris-1.js", shop.domain, locale,
                 tuple((here(path), t(label)) for path, label in NAVIGATION if path in _paths()))


def _paths() -> set[str]:
    return {rule.rule for rule in current_app.url_map.iter_rules()}

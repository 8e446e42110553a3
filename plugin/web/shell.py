"""The embedded shell: what the admin's layout (admin_ui/templates/base.html) needs around every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import Response, after_this_request, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from plugin.config import Settings
from plugin.locales import direction, language
from plugin.shopify import scopes
from plugin.shopify.verify import permission_url
from plugin.web.speaking import merchants
from plugin.web.state import Translate, current_web

# App Bridge keeps these on every address it opens; links inside the app carry them on, so that a plain page load finds its shop.
CARRIED = ("shop", "host", "embedded", "locale")


class Shopish(Protocol):
    """What the shell reads of a shop."""

    @property
    def domain(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def scopes(self) -> str: ...


@dataclass(frozen=True)
class Shell:
    """``locale`` writes numbers and dates; ``language`` is what the words are in.

    ``navigation``: pairs of path and label for s-app-nav; the home page is implied, and so is what this app does not serve.
    ``missing``: scopes that the shop has not granted, or not any more; ``grant``: where somebody grants them.
    """

    api_key: str
    app_bridge: str
    polaris: str
    domain: str
    locale: str
    language: str
    direction: str
    navigation: tuple[tuple[str, str], ...]
    missing: tuple[str, ...] = ()
    grant: str = ""


SAID = "said"  # what the page before has done, told once on top of the next one

NAVIGATION = tuple((f"/app/{name}", f"nav.{name}") for name in (
    "programmes", "offers", "referrals", "orders", "advocates", "rewards", "cases", "deliveries", "planner", "requests", "plans"))


def page(template: str, *, shop: Shopish, **values: Any) -> str:  # noqa: ANN401 - whatever the template wants
    """Render an admin page: ``shell``, ``t`` (the translator in the merchant's language), ``here`` (links) and ``values``.

    A page that htmx fetched (after a form was sent) tells its own address, so that reloading shows the same page.
    """
    if request.method == "GET" and request.headers.get("HX-Request") == "true":
        after_this_request(_tell_address)
    return fragment(template, shop=shop, **values)


def fragment(template: str, *, shop: Shopish, **values: Any) -> str:  # noqa: ANN401
    """The same for a part of a page."""
    t = translator(shop)
    return render_template(template, shop=shop, shell=_shell(shop, locale_of(shop), t), t=t, here=here, **values)


def locale_of(shop: Shopish) -> str:
    """The merchant's language, as the admin around us tells it."""
    return merchants(shop.locale)


def translator(shop: Shopish) -> Translate:
    """``t("key", name=value)`` in the merchant's language."""
    return partial(current_web().say, locale_of(shop))


def moved(path: str, **query: object) -> ResponseReturnValue:
    """After something was done: on to the page that shows it."""
    return redirect(here(path, **query), 303)


def _tell_address(response: Response) -> Response:
    asked = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != SAID])
    response.headers["HX-Push-Url"] = f"{request.path}?{asked}" if asked else request.path
    return response


def here(path: str, **query: object) -> str:
    """An address inside the app that keeps what App Bridge needs."""
    kept: Mapping[str, object] = {name: request.args[name] for name in CARRIED if name in request.args}
    asked = urlencode({**kept, **query})
    return f"{path}?{asked}" if asked else path


def in_admin(settings: Settings, domain: str) -> str:
    """Where the app stands in a shop's admin; paths of ours follow it."""
    return f"{settings.shopify_admin_origin}/store/{domain.removesuffix('.myshopify.com')}/apps/{settings.shopify_api_key}"


def app_bridge(settings: Settings) -> str:
    return f"{settings.shopify_cdn}/shopifycloud/app-bridge.js"


def _shell(shop: Shopish, locale: str, t: Any) -> Shell:  # noqa: ANN401 - a partial of the translator
    settings, missing = current_web().context.settings, scopes.missing(shop.scopes)
    return Shell(settings.shopify_api_key, app_bridge(settings), f"{settings.shopify_cdn}/shopifycloud/polaris-1.js", shop.domain, locale,
                 language(locale), direction(locale), tuple((here(path), t(label)) for path, label in NAVIGATION if path in _paths()),
                 missing, permission_url(settings, shop.domain, scopes.REQUIRED) if missing else "")


def _paths() -> set[str]:
    return {rule.rule for rule in current_app.url_map.iter_rules()}

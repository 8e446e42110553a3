"""A page of the theme: its template, the app's blocks and embeds, and Shopify's own head."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import Response, current_app, make_response

from devstore.storefront import drops
from devstore.storefront.cart_json import cart_json
from devstore.storefront.hosts import LANGUAGES
from devstore.storefront.shopper import Shopper
from devstore.theme.blocks import Extension
from devstore.theme.engine import Engine
from devstore.theme.filters import to_json
from devstore.theme.page import Page

THEME = Path(__file__).parents[1] / "theme"
_NAMES = {"en": "English", "de": "Deutsch", "ar": "العربية", "ja": "日本語"}
_COLOURS = (("#1f4a3f", "#c2703d", "#eef3ee"), ("#27346b", "#b2506a", "#eef0f7"), ("#6e2439", "#3d7f88", "#f8efec"))
_WHERE_UNSAID = ("index", "page")  # customer accounts are no theme pages: UI extensions show there
_SECTION = {"product": "product"}


@dataclass(frozen=True)
class Themes:
    """The theme and, when there is one, the app's theme extension."""

    theme: Engine
    extension: Extension | None


def themes() -> Themes:
    return cast(Themes, current_app.extensions["devstore.themes"])


@lru_cache(maxsize=4)
def load(extension: Path | None) -> Themes:
    return Themes(Engine(THEME, "/_cdn/theme"), Extension(extension) if extension and extension.is_dir() else None)


def page(seen: Shopper, template: str, *, title: str = "", status: int = 200, **variables: object) -> Response:
    """Render `templates/<template>.liquid` inside the layout."""
    with seen.store.lock:
        return seen.remember(make_response(document(seen, template, title or seen.shop.name, variables), status))


def document(seen: Shopper, template: str, title: str, variables: Mapping[str, object]) -> str:
    """The whole HTML. `content_for_page` in `variables` is HTML or Liquid that a page brings along."""
    theme = themes().theme
    shared = _globals(seen, template, title) | dict(variables)
    if isinstance(text := variables.get("liquid"), str):
        shared["content_for_page"] = theme.render_text(text, shared)
    shared["_app_blocks"] = {_SECTION.get(template, "apps"): _blocks(seen, template, shared)}
    shared["content_for_layout"] = theme.render(f"templates/{template}.liquid", shared)
    shared["content_for_body_end"] = _embeds(seen, "body", template, shared) + _consent(seen)
    shared["content_for_header"] = _header(seen, shared) + _embeds(seen, "head", template, shared)
    return theme.render("layout/theme.liquid", shared)


def translate(seen: Shopper, key: str, **values: object) -> str:
    return themes().theme.locales.translate(key, seen.language, values)


def status_label(seen: Shopper, status: str) -> str:
    return translate(seen, f"statuses.{status}")


def _globals(seen: Shopper, template: str, title: str) -> dict[str, Any]:
    accent, accent_dark, soft = _COLOURS[seen.shop.id % len(_COLOURS)]
    priced = seen.store.price(seen.shop, seen.cart, seen.buyer)
    cart = cart_json(seen, seen.cart, priced)
    cart["discount_applications"] = [{"type": one.kind, "title": one.code or one.title} for one in priced.applications]
    cart["items"] = [_line(seen, item) for item in cart["items"]]
    language = {
        "iso_code": seen.language,
        "root_url": seen.root or "/",
        "endonym_name": _NAMES[seen.language],
        "primary": not seen.root,
    }
    return {
        "_page": Page(seen.language, seen.money, seen.host, seen.root),
        "shop": drops.shop(seen),
        "routes": drops.routes(seen),
        "cart": cart | {"currency": {"iso_code": seen.currency}, "empty?": not cart["items"]},
        "customer": drops.customer(seen, seen.customer, lambda status: status_label(seen, status)) if seen.customer else None,
        "request": {"locale": language, "path": seen.path, "host": seen.host, "page_type": template, "design_mode": False},
        "localization": {
            "language": language,
            "available_languages": [{"iso_code": one, "endonym_name": _NAMES[one]} for one in LANGUAGES],
            "available_currencies": drops.currencies(seen),
            "market": drops.market(seen.shop),
            "country": {"iso_code": seen.shop.country_code, "name": seen.shop.country, "currency": {"iso_code": seen.currency}},
        },
        "all_products": drops.AllProducts(seen),
        "template": drops.template(template),
        "page_title": title,
        "canonical_url": f"http://{seen.host}{seen.path}",
        "settings": {"accent": accent, "accent_dark": accent_dark, "soft": soft},
    }


def _line(seen: Shopper, item: dict[str, Any]) -> dict[str, Any]:
    """A line of the cart as Liquid has it: with its product and variant."""
    product = drops.product(seen, seen.shop.product_of(item["variant_id"]))
    return item | {"product": product, "variant": next(one for one in product["variants"] if one["id"] == item["variant_id"])}


def _placed(seen: Shopper, target: str, template: str) -> list[tuple[Any, Mapping[str, str]]]:
    """Blocks show in a store only while the app is installed there."""
    extension = themes().extension
    if extension is None or seen.shop.installation is None:
        return []
    found = extension.placed(target, template, seen.shop.block_settings)
    if target != "section":
        return list(found)
    return [(block, own) for block, own in found if "enabled_on" in block.schema or template in _WHERE_UNSAID]


def _blocks(seen: Shopper, template: str, shared: Mapping[str, object]) -> list[dict[str, object]]:
    extension = themes().extension
    found = _placed(seen, "section", template)
    inside = {**shared, "app": drops.app(seen.shop)}
    return [{"type": "@app", "id": block.handle, "html": extension.render(block, own, inside)} for block, own in found if extension]


def _embeds(seen: Shopper, target: str, template: str, shared: Mapping[str, object]) -> str:
    extension = themes().extension
    inside = {**shared, "app": drops.app(seen.shop)}
    return "".join(extension.render(block, own, inside) for block, own in _placed(seen, target, template) if extension)


def _header(seen: Shopper, shared: Mapping[str, object]) -> str:
    """Shopify's `content_for_header`: the `Shopify` object, the consent API, what blocks asked for."""
    page = cast(Page, shared["_page"])
    facts = {
        "shop": seen.shop.domain,
        "locale": seen.language,
        "currency": {"active": seen.currency, "rate": seen.shop.rates.get(seen.currency, "1.0")},
        "country": seen.shop.country_code,
        "routes": {"root": (seen.root + "/")},
        "theme": {"name": "devstore", "id": 1, "role": "main"},
        "cdnHost": f"{seen.host}/_cdn",
        "designMode": False,
    }
    styles = "".join(f'<link rel="stylesheet" href="{url}" media="all">' for url in page.styles)
    scripts = "".join(f'<script src="{url}" defer="defer"></script>' for url in page.scripts)
    return (
        f"<script>window.Shopify = Object.assign(window.Shopify || {{}}, {to_json(facts)});</script>"
        f'<script src="/_cdn/storefront/privacy.js"></script>{styles}{scripts}'
    )


def _consent(seen: Shopper) -> str:
    words = {name: translate(seen, f"consent.{name}") for name in ("title", "words", "accept", "decline")}
    return (
        f'<div class="consent" role="region" aria-label="{words["title"]}" data-consent hidden><p><strong>{words["title"]}</strong></p>'
        f'<p>{words["words"]}</p><div class="row"><button class="button quiet" data-consent-no>{words["decline"]}</button>'
        f'<button class="button" data-consent-yes>{words["accept"]}</button></div></div>'
    )

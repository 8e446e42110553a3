"""Shopify's filters that python-liquid lacks. Each is a plain function; those that need the page take its context."""

import hashlib
import hmac
import html
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from liquid import Environment, RenderContext
from liquid.filter import with_context
from liquid.undefined import Undefined

from devstore.theme.money import MoneyFormat
from devstore.theme.page import Page, page_of

Filter = Callable[..., object]


def page_in(context: RenderContext) -> Page:
    return page_of(context.globals)


def _whole(value: object) -> int:
    """Liquid amounts are whole numbers; anything else prints as nothing, as nil does."""
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value if isinstance(value, int) else 0


def _absent(value: object) -> bool:
    return value is None or value == "" or isinstance(value, Undefined)


def _money_filter(write: Callable[[MoneyFormat, int], str]) -> Filter:
    @with_context
    def money(value: object, *, context: RenderContext) -> str:
        return "" if _absent(value) else write(page_in(context).money, _whole(value))

    return money


def to_json(value: object, *_ignored: object) -> str:
    text = json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/")


def _plain(value: object) -> Any:  # noqa: ANN401  (json's own hook)
    return None if isinstance(value, Undefined) else str(value)


def handleize(value: object) -> str:
    text = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


@with_context
def image_url(value: object, *, context: RenderContext, **size: object) -> str:
    """`//host/path?v=1&width=400`, as Shopify's CDN addresses look; nothing for no image."""
    source = _image_source(value)
    if not source:
        return ""
    if not size:
        raise ValueError("image_url needs width or height")
    base = source if source.startswith(("//", "http")) else f"//{page_in(context).host}{source}"
    return base + ("&" if "?" in base else "?") + urlencode({key: str(side) for key, side in sorted(size.items())})


def _image_source(value: object) -> str:
    if isinstance(value, Mapping) and not isinstance(value, Undefined):
        for key in ("src", "preview_image", "featured_image", "image"):
            if value.get(key):
                return _image_source(value[key])
    return value if isinstance(value, str) else ""


def image_tag(value: object, *_positional: object, **attributes: object) -> str:
    """With both sides, so that the page knows its space; the pictures here are square unless a height was asked for."""
    width, height = (re.search(rf"[?&]{side}=(\d+)", str(value)) for side in ("width", "height"))
    shown: dict[str, object] = {"src": value, "alt": "", "loading": "lazy"}
    if width:
        shown |= {"width": width[1], "height": height[1] if height else width[1]}
    shown |= {key: side for key, side in attributes.items() if not _absent(side) and key not in ("widths", "preload")}
    return "<img" + "".join(f' {key}="{html.escape(str(side))}"' for key, side in shown.items()) + ">"


def stylesheet_tag(url: object, *_positional: object, **_named: object) -> str:
    return f'<link href="{html.escape(str(url))}" rel="stylesheet" type="text/css" media="all">'


def script_tag(url: object) -> str:
    return f'<script src="{html.escape(str(url))}" type="text/javascript"></script>'


def link_to(text: object, url: object = "", title: object = "", **attributes: object) -> str:
    shown = {"href": url, "title": title} | attributes
    return "<a" + "".join(f' {key}="{html.escape(str(side))}"' for key, side in shown.items()) + f">{text}</a>"


@with_context
def within(url: object, collection: object, *, context: RenderContext) -> str:
    handle = collection.get("handle", "all") if isinstance(collection, Mapping) else "all"
    return page_in(context).path(f"/collections/{handle}") + str(url).removeprefix(page_in(context).root)


def _digest(name: str) -> Filter:
    return lambda value: hashlib.new(name, str(value).encode()).hexdigest()


def hmac_sha256(value: object, key: object) -> str:
    return hmac.new(str(key).encode(), str(value).encode(), hashlib.sha256).hexdigest()


def default_errors(errors: object) -> str:
    listed = errors if isinstance(errors, list) else []
    return "".join(f'<div class="errors" role="alert"><ul><li>{html.escape(str(word))}</li></ul></div>' for word in listed)


def structured_data(product: object) -> str:
    if not isinstance(product, Mapping):
        return "{}"
    return to_json({"@context": "http://schema.org/", "@type": "Product", "name": product.get("title"), "url": product.get("url")})


def weight_with_unit(value: object, *_unit: object) -> str:
    return f"{value} g"


def add_to(env: Environment) -> None:
    """Give an environment every filter that does not depend on where its files come from."""
    for name, write in (
        ("money", MoneyFormat.plain),
        ("money_with_currency", MoneyFormat.with_currency),
        ("money_without_trailing_zeros", MoneyFormat.without_trailing_zeros),
        ("money_without_currency", MoneyFormat.without_currency),
    ):
        env.add_filter(name, _money_filter(write))
    named: dict[str, Filter] = {
        "json": to_json,
        "handleize": handleize,
        "handle": handleize,
        "image_url": image_url,
        "img_url": image_url,
        "image_tag": image_tag,
        "stylesheet_tag": stylesheet_tag,
        "script_tag": script_tag,
        "link_to": link_to,
        "within": within,
        "md5": _digest("md5"),
        "sha1": _digest("sha1"),
        "sha256": _digest("sha256"),
        "hmac_sha256": hmac_sha256,
        "default_errors": default_errors,
        "structured_data": structured_data,
        "weight_with_unit": weight_with_unit,
    }
    for name, function in named.items():
        env.add_filter(name, function)

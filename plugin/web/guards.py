"""Who may call a view. Every view has exactly one guard, and gets what the guard established as arguments.

One request is one transaction: it is committed after the view returns, rolled back when the view raises or answers
with an error, and an answer of success leaves only after the commit.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, g, make_response, redirect, request
from flask.typing import ResponseReturnValue

from plugin.errors import Refused
from plugin.shopify import verify
from plugin.web.headers import frame_for
from plugin.web.inputs import json_object
from plugin.web.state import current_web

View = Callable[..., ResponseReturnValue]
Guarded = Callable[..., Response]
GUARDS = ("embedded", "proxy", "extension", "public", "bare")
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_BEARER = re.compile(r"Bearer ([\x21-\x7e]+)")


def embedded(view: View) -> Guarded:
    """The merchant's pages. The view gets ``shop`` and ``session``; who it is, ``web.state.staff`` tells. A document without token
    goes through the bounce page."""

    @wraps(view)
    def guarded(**values: Any) -> Response:  # noqa: ANN401 - Flask's own
        frame_for(None)
        token = _bearer() or request.args.get("id_token")
        if not token:
            return _without_token()
        try:
            identity = verify.id_token(current_web().context.settings, token)
        except Refused:
            return _without_token()
        frame_for(identity.domain)
        g.staff = identity.subject
        current_web().tenants.arrive(identity.domain, token)
        return _in_transaction(view, identity.domain, values)

    return _marked(guarded, "embedded")


def looks(view: View) -> View:
    """Beneath a guard: the view only reads, however long it takes, and no writer of SQLite waits for it. Writing in it raises."""
    view.looks = True  # type: ignore[attr-defined]
    return view


def proxy(view: View) -> Guarded:
    """What the storefront asks through Shopify's app proxy. The view gets ``shop``, ``session`` and ``visitor``."""

    @wraps(view)
    def guarded(**values: Any) -> Response:  # noqa: ANN401
        visitor = verify.proxy(current_web().context.settings, request.query_string)
        return _in_transaction(view, visitor.domain, {**values, "visitor": visitor})

    return _marked(guarded, "proxy")


def extension(view: View) -> Guarded:
    """What a UI extension asks, from another origin. The view gets ``shop``, ``session`` and ``identity``."""

    @wraps(view)
    def guarded(**values: Any) -> Response:  # noqa: ANN401
        identity = verify.customer_token(current_web().context.settings, _bearer() or "")
        return _in_transaction(view, identity.domain, {**values, "identity": identity})

    return _marked(guarded, "extension")


def purchase(view: View) -> Guarded:
    """What a post-purchase extension asks, from another origin. Its token holds the whole purchase and comes in the body, for it may be
    longer than a header. The view gets ``shop``, ``session`` and ``purchase``."""

    @wraps(view)
    def guarded(**values: Any) -> Response:  # noqa: ANN401
        bought = verify.purchase_token(current_web().context.settings, str(json_object(request).get("token", "")))
        return _in_transaction(view, bought.domain, {**values, "purchase": bought})

    return _marked(guarded, "extension")


def public(why: str) -> Callable[[View], Guarded]:
    """Open to anybody, because its own signed link decides (``why`` says so). The view gets ``session``."""

    def decorate(view: View) -> Guarded:
        @wraps(view)
        def guarded(**values: Any) -> Response:  # noqa: ANN401
            return _in_transaction(view, None, values)

        return _marked(guarded, "public", why)

    return decorate


def bare(why: str) -> Callable[[View], Guarded]:
    """Open to anybody and without a transaction: the view verifies or shows nothing (``why`` says which)."""

    def decorate(view: View) -> Guarded:
        @wraps(view)
        def guarded(**values: Any) -> Response:  # noqa: ANN401
            return make_response(view(**values))

        return _marked(guarded, "bare", why)

    return decorate


def allow_extensions(app: Flask) -> None:
    """UI extensions run on Shopify's origins and carry no cookies: any origin may ask, the token decides."""

    def preflight() -> Response | None:
        if request.method != "OPTIONS" or not request.path.startswith("/extension/"):
            return None
        return Response(status=204, headers={"Access-Control-Allow-Headers": "Authorization, Content-Type",
                                             "Access-Control-Allow-Methods": "GET, POST", "Access-Control-Max-Age": "7200"})

    def allow(response: Response) -> Response:
        if request.path.startswith("/extension/"):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return response

    app.before_request(preflight)
    app.after_request(allow)


def _marked(guarded: Guarded, guard: str, why: str = "") -> Guarded:
    guarded.guard = guard  # type: ignore[attr-defined]
    guarded.why = why  # type: ignore[attr-defined]
    return guarded


def _bearer() -> str | None:
    match = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    return match[1] if match else None


def _in_transaction(view: View, domain: str | None, values: dict[str, Any]) -> Response:
    web = current_web()
    opened = web.context.reading if getattr(view, "looks", False) else web.context.transaction
    with opened() as session:
        shop = web.tenants.load(session, domain) if domain else None
        found, shop_id = ({"shop": shop}, shop.id) if shop else ({}, None)
        g.shop_locale = shop.locale if shop else None
        response = make_response(view(session=session, **found, **values))
        if response.status_code >= 400:
            session.rollback()
    if shop_id is not None:
        g.shop_id = str(shop_id)
        if request.method in CHANGES and response.status_code < 400:
            for queue in ("events", "deliveries"):
                web.ring(web.context, queue, shop_id)
    return response


def _without_token() -> Response:
    """App Bridge adds tokens to fetches and repeats one that failed; a document is sent to the bounce page to get its own."""
    if request.headers.get("Authorization") or request.method in CHANGES or _is_fetch():
        abort(Response("Unauthorized", 401, {"X-Shopify-Retry-Invalid-Session-Request": "1", "Content-Type": "text/plain; charset=utf-8"}))
    settings = current_web().context.settings
    if "hmac" in request.args and request.args.get("embedded") != "1":
        return make_response(redirect(current_web().tenants.way_in(verify.oauth(settings, request.query_string)["shop"])))
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("id_token", "shopify-reload")]
    back = request.path + (f"?{urlencode(kept)}" if kept else "")
    return make_response(redirect(f"{settings.app_url}/bounce?{urlencode([*kept, ('shopify-reload', back)])}"))


def _is_fetch() -> bool:
    return request.headers.get("HX-Request") == "true" or request.headers.get("Sec-Fetch-Dest") == "empty"

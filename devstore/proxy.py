"""The app proxy: `/apps/tandem/x` of a store becomes a signed request to the app, and its answer the store's."""

import httpx
from flask import Response, request

from devstore import signing
from devstore.state.settings import App
from devstore.storefront.render import page
from devstore.storefront.shopper import Shopper, shopper, store_blueprint

proxy = store_blueprint("proxy")

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SECONDS = 30.0
_NOT_PASSED_ON = {
    "cookie",
    "host",
    "content-length",
    "connection",
    "transfer-encoding",
    "accept-encoding",
    "x-forwarded-for",
    "upgrade",
    "keep-alive",
}
_NOT_PASSED_BACK = {"set-cookie", "content-length", "connection", "transfer-encoding", "content-encoding", "keep-alive", "server", "date"}


@proxy.route("/<prefix>/<subpath>", defaults={"rest": ""}, methods=METHODS)
@proxy.route("/<prefix>/<subpath>/", defaults={"rest": ""}, methods=METHODS)
@proxy.route("/<prefix>/<subpath>/<path:rest>", methods=METHODS)
def forward(prefix: str, subpath: str, rest: str) -> Response:
    seen = shopper()
    app = seen.store.settings.app
    if (prefix, subpath) != (app.proxy_prefix, app.proxy_subpath) or seen.shop.installation is None:
        return page(seen, "404", status=404)
    try:
        told = httpx.request(
            request.method,
            _target(seen, app, rest),
            headers=_headers(seen),
            content=request.get_data(),
            timeout=SECONDS,
            follow_redirects=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return page(
            seen, "page", title="There was an error in the third-party application.", status=502, content_for_page=type(error).__name__
        )
    return _answer(seen, told)


def _target(seen: Shopper, app: App, rest: str) -> str:
    path_prefix = f"/{app.proxy_prefix}/{app.proxy_subpath}"
    customer_id = seen.customer.id if seen.customer else None
    raw = request.query_string.decode("utf-8", "replace")
    query = signing.proxy_query(app.secret, raw, shop=seen.shop.domain, path_prefix=path_prefix, customer_id=customer_id)
    return f"{app.url}{app.proxy_target}/{rest}?{query}"


def _headers(seen: Shopper) -> dict[str, str]:
    """The visitor's headers without cookies, and where they came from."""
    passed = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_PASSED_ON}
    return passed | {"X-Forwarded-For": seen.address, "X-Forwarded-Host": request.host, "X-Forwarded-Proto": request.scheme}


def _answer(seen: Shopper, told: httpx.Response) -> Response:
    """`application/liquid` is rendered inside the theme; everything else goes to the visitor as it is, without cookies."""
    if told.headers.get("content-type", "").startswith("application/liquid"):
        return page(seen, "proxied", status=told.status_code, liquid=told.text)
    headers = [(name, value) for name, value in told.headers.multi_items() if name.lower() not in _NOT_PASSED_BACK]
    return seen.remember(Response(told.content, told.status_code, headers))

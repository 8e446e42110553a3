"""Security headers on every answer. A page of the embedded admin may be framed by its own shop's admin and by nobody else."""

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from plugin.config import Settings

PLAIN = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; script-src 'self'; connect-src 'self'; " \
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
PROXIED = "object-src 'none'; base-uri 'self'"  # the answer appears in the merchant's own storefront, with their theme's scripts


def install(app: Flask, settings: Settings) -> None:
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Cache-Control", "private, no-store")
        headers.setdefault("Content-Security-Policy", _policy(settings))
        if settings.app_url.startswith("https:") and not request.path.startswith("/proxy/"):
            headers.setdefault("Strict-Transport-Security", "max-age=63072000")
        return response

    app.after_request(add)


def frame_for(domain: str | None) -> None:
    """This answer is shown inside the admin of ``domain`` (verified), or of a shop we do not know yet."""
    g.framed, g.framed_by = True, domain


def _policy(settings: Settings) -> str:
    if request.path.startswith("/proxy/"):
        return PROXIED
    if not g.get("framed"):
        return PLAIN
    ancestors = [_origin(settings.origin(g.framed_by))] if g.framed_by else []
    # App Bridge and Polaris load from Shopify's CDN and style the page themselves.
    return (f"frame-ancestors {' '.join([*ancestors, settings.shopify_admin_origin])}; script-src 'self' {_origin(settings.shopify_cdn)}; "
            "object-src 'none'; base-uri 'none'; form-action 'self'")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

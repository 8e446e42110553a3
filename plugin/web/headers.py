"""Security headers on every answer. A page of the embedded admin may be framed by its own shop's admin and by nobody else."""

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from plugin.config import Settings

PLAIN = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; script-src 'self'; connect-src 'self'; " \
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
PROXIED = "object-src 'none'; base-uri 'self'"  # the answer appears in the merchant's own storefront, with their theme's scripts


def install(app: Flask, settings: Settings) -> None:
    def add(response: Response) -> Response:
        for name, value in every(settings, _policy(settings), ours=not request.path.startswith("/proxy/")):
            response.headers.setdefault(name, value)
        return response

    app.after_request(add)


def every(settings: Settings, policy: str = PLAIN, *, ours: bool = True) -> list[tuple[str, str]]:
    """What every answer carries; ``ours`` if it appears at our own address and not at a merchant's."""
    secure = ours and settings.app_url.startswith("https:")
    return [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Cache-Control", "private, no-store"), ("Content-Security-Policy", policy),
            *([("Strict-Transport-Security", "max-age=63072000")] if secure else [])]


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

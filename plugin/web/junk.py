"""Bytes that no browser sends: answered with 400 before anything reads them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_TARGET = 16_384


class RefuseJunk:
    """WSGI middleware: path and query must be UTF-8 of bearable length, without NUL; the path without any control character."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if is_junk(environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")):
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "12"),
                                               ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
            return [b"Bad request.\n"[:12]]
        return self._app(environ, start_response)


def is_junk(path: str, query: str) -> bool:
    """Both as WSGI gives them: bytes written as Latin-1, the path unquoted, the query not."""
    try:
        text = path.encode("latin-1").decode("utf-8")
        query.encode("ascii")
        asked = unquote_to_bytes(query).decode("utf-8")
    except UnicodeError:
        return True
    return len(path) + len(query) > LONGEST_TARGET or "\0" in asked or any(ord(letter) < 0x20 or letter == "\x7f" for letter in text)

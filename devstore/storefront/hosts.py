"""Which face of devstore an address means: `north.localhost` a store, `admin.localhost` the admin, the rest the machine's own paths."""

import re
from collections.abc import Callable, Iterable
from typing import Any

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]

LANGUAGES = ("en", "de", "ar", "ja")
SHARED = ("/_cdn/", "/_devstore/", "/_shop/")
_HOST = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)\.localhost(:\d+)?")
_LANGUAGE = re.compile(rf"/({'|'.join(LANGUAGES)})(?=/|$)")


class ByHost:
    """WSGI middleware: `north.localhost/de/cart` becomes `/_store/north/cart` with `devstore.language` = `de` (None: the store's own)."""

    def __init__(self, app: WSGI) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401  (WSGI's own type)
        found = _HOST.fullmatch(environ.get("HTTP_HOST", "").lower())
        path = environ.get("PATH_INFO", "/") or "/"
        if found and not path.startswith(SHARED):
            environ["PATH_INFO"] = self._inner(found["name"], path, environ)
        return self.app(environ, start_response)

    def _inner(self, name: str, path: str, environ: dict[str, Any]) -> str:
        if name == "admin":
            return f"/_admin{path}"
        language = _LANGUAGE.match(path)
        environ["devstore.language"] = language[1] if language else None
        environ["devstore.path"] = path
        rest = path[len(language[0]) :] if language else path
        return f"/_store/{name}{rest or '/'}"

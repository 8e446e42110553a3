"""Signed words for links and cookies: one salt per purpose, so that no token of one purpose is good for another."""

import hashlib
import re
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from plugin.config import Settings
from plugin.errors import Broken, Refused

LONGEST = 4096
_PURPOSE = re.compile(r"[a-z][a-z_]{1,40}")


class Signer:
    """Signs with the newest of SECRET_KEYS, reads with any of them. Single use is the database's affair."""

    def __init__(self, settings: Settings) -> None:
        self._keys = list(reversed(settings.secret_keys))  # itsdangerous wants the newest last

    def sign(self, purpose: str, payload: dict[str, Any]) -> str:
        """A token of URL-safe characters. ``payload`` can be read by anybody: no secrets, no personal data."""
        return str(self._serializer(purpose).dumps(payload))

    def read(self, purpose: str, token: str, max_age: int | None) -> dict[str, Any]:
        """``max_age`` in seconds of machine time. Raises Refused("link") for anything not signed by us for this purpose, or too old."""
        try:
            if len(token) > LONGEST:
                raise BadData("too long")
            payload = self._serializer(purpose).loads(token, max_age=max_age)
        except (BadData, UnicodeError) as error:
            raise Refused("link", "This link is not valid any more.") from error
        if not isinstance(payload, dict):
            raise Refused("link", "This link is not valid any more.")
        return payload

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        if not _PURPOSE.fullmatch(purpose):
            raise Broken("no such purpose", purpose=purpose[:40])
        return URLSafeTimedSerializer(self._keys, salt=f"tandem.{purpose}",
                                      signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"})

"""A shopper's browser that fetches nothing it does not need: one kept connection, cookies, no redirects followed."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3

from devstore.demo.web import Unexpected

SECONDS, BUSY_SECONDS = 60.0, 120.0


@dataclass
class Answer:
    status: int
    body: bytes
    location: str

    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Visitor:
    """One visit to ``host`` (``shop.localhost:4400``), whose store listens on 127.0.0.1. Connections are the pool's."""

    pool: urllib3.PoolManager
    host: str
    agent: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._ask("GET", f"{self._origin}{path}", None, {})

    def form(self, path: str, fields: Mapping[str, str]) -> Answer:
        return self._ask("POST", f"{self._origin}{path}", urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def send(self, path: str, told: Mapping[str, object]) -> Answer:
        return self._ask("POST", f"{self._origin}{path}", json.dumps(told), {"Content-Type": "application/json"})

    def ask_app(self, address: str, token: str, told: Mapping[str, object] | None = None) -> Answer:
        """What an extension's script does: the app itself, with the store's token."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Host": urlsplit(address).netloc}
        return self._ask("GET" if told is None else "POST", address, None if told is None else json.dumps(told), headers)

    @property
    def _origin(self) -> str:
        return f"http://127.0.0.1:{self.host.rpartition(':')[2]}"

    def _ask(self, method: str, address: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        own = {"Host": self.host, "User-Agent": self.agent, "Accept-Language": "en", "Cookie": self._cookie()}
        raw = self._patiently(method, address, body, own | dict(headers))
        for line in raw.headers.getlist("Set-Cookie"):
            self.cookies |= {name: one.coded_value for name, one in SimpleCookie(line).items()}
        if raw.status >= 400:
            raise Unexpected(f"{method} {address}: {raw.status} {raw.data[:300].decode('utf-8', 'replace')}")
        return Answer(raw.status, raw.data, raw.headers.get("Location", ""))

    def _patiently(self, method: str, address: str, body: str | None, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """The app answers 503 while its database is busy. Nothing of the request was done, so it is sent again."""
        until = time.monotonic() + BUSY_SECONDS
        while True:
            raw = self.pool.request(method, address, body=body, headers=headers, redirect=False, retries=False, timeout=SECONDS)
            if raw.status != 503 or time.monotonic() > until:
                return raw
            time.sleep(1)

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value not in ("", chr(34) * 2))

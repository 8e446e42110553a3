"""A browser without a window: one visitor's cookies and redirects, on this machine's *.localhost addresses."""

import json
import re
import time
from collections.abc import Mapping
from html import unescape
from typing import Any

import httpx
import urllib3

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SECONDS = 40.0
AGAIN = 5
_FIELD = re.compile(r"<input\b[^>]*>", re.I)
_ATTRIBUTE = re.compile(r'([\w:\[\]-]+)="([^"]*)"')
_POOL = urllib3.PoolManager(maxsize=16)


class Unexpected(Exception):
    """An answer that the story did not expect; says the address, the status and how the answer begins."""


class _Loopback(httpx.HTTPTransport):
    """Not every machine resolves north.localhost. The name stays in the Host header and in the cookies."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.host.endswith(".localhost"):
            return super().handle_request(request)
        here = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(
            httpx.Request(request.method, here, headers=request.headers, stream=request.stream, extensions=request.extensions))


class Browser:
    """One visitor. ``home`` is what relative addresses start from."""

    def __init__(self, home: str) -> None:
        headers = {"User-Agent": AGENT, "Accept-Language": "en"}
        self._client = httpx.Client(base_url=home, transport=_Loopback(), follow_redirects=True, headers=headers, timeout=SECONDS)

    def get(self, address: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own options
        return self._answer("GET", address, **options)

    def post(self, address: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        return self._answer("POST", address, **options)

    def _answer(self, method: str, address: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Whoever is told "not now, ask again in a moment" does so, as scripts and people do. Raises Unexpected for all other faults."""
        answer = self._client.request(method, address, **options)
        for _ in range(AGAIN):
            if answer.status_code != 503 or "Retry-After" not in answer.headers:
                break
            time.sleep(min(5.0, float(answer.headers["Retry-After"])))
            answer = self._client.request(method, address, **options)
        if answer.status_code >= 400:
            raise Unexpected(f"{answer.request.method} {answer.url.path}: {answer.status_code} {answer.text[:300]}")
        return answer

    def close(self) -> None:
        self._client.close()


def form_fields(html: str) -> dict[str, str]:
    """Names and values of the inputs on a page, as a browser would send them."""
    inputs = [dict(_ATTRIBUTE.findall(tag)) for tag in _FIELD.findall(html)]
    return {one["name"]: unescape(one.get("value", "")) for one in inputs if "name" in one}


def action_of(html: str, ending: str) -> str:
    """The address of the form whose action ends so. Raises Unexpected."""
    found = re.search(rf'action="([^"]*{re.escape(ending)})"', html)
    if found is None:
        raise Unexpected(f"no form that goes to …{ending}")
    return unescape(found[1])


def ask(address: str, given: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
    """devstore's control API: GET, or POST with ``given``. Connections are kept, since a replay asks it thousands of times."""
    body = None if given is None else json.dumps(dict(given))
    answer = _POOL.request("GET" if given is None else "POST", address, body=body, retries=False, timeout=SECONDS)
    if answer.status >= 400:
        raise Unexpected(f"{address}: {answer.status} {answer.data[:300].decode('utf-8', 'replace')}")
    return json.loads(answer.data)

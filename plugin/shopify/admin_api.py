"""The Admin API over ``requests``: one shop, one token, one version, everything explicit.

Every way a call can end has a name in ``failures``. Whoever calls decides about trying again; here is only a short
patience with a full bucket, because a call that Shopify throttled was surely not applied.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from plugin.config import Settings
from plugin.errors import TryAgain
from plugin.shopify import answers, version
from plugin.shopify.failures import AccessDenied, Frozen, OutcomeUnknown, Throttled, UserErrors
from plugin.shopify.operations import Operation, load
from plugin.shopify.pacing import bucket

CONNECT_SECONDS = 3.05
USUAL_SECONDS = 20.0
PATIENCE_SECONDS = 2.0
LARGEST_ANSWER = 10 * 2**20


@dataclass
class AdminApi:
    """``renew`` gives a newer token than the one that was refused, or None; it is asked once a call, after a 401."""

    http: requests.Session
    settings: Settings
    domain: str
    token: str
    renew: Callable[[str], str | None] | None = None

    def call(self, operation: str, /, *, _timeout: float = USUAL_SECONDS, **variables: object) -> dict[str, Any]:
        """Run ``operations/<operation>.graphql`` and give its ``data``. ``_timeout`` bounds the whole call, in seconds.

        Raises TryAgain, Throttled, OutcomeUnknown, UserErrors, AccessDenied, Frozen; Broken for our own mistakes.
        """
        document = load(operation)
        body = json.dumps({"query": document.text, "variables": variables}, allow_nan=False).encode()
        started = time.monotonic()
        patience, deadline = started + min(PATIENCE_SECONDS, _timeout / 2), started + _timeout
        may_renew = self.renew is not None
        while True:
            self._pace(document, patience)
            try:
                return self._once(document, body, deadline)
            except Throttled as throttled:
                _pause(throttled, patience)
            except Frozen as frozen:
                if not (may_renew and frozen.status == 401 and self._renewed()):
                    raise
                may_renew = False

    def _pace(self, document: Operation, patience: float) -> None:
        while (seconds := bucket(self._origin).reserve(document.name)) > 0:
            _pause(Throttled("The shop's rate limit is used up.", after=seconds), patience)

    def _renewed(self) -> bool:
        token = self.renew(self.token) if self.renew else None
        self.token = token or self.token
        return token is not None

    @property
    def _origin(self) -> str:
        return self.settings.origin(self.domain)

    def _once(self, document: Operation, body: bytes, deadline: float) -> dict[str, Any]:
        status, headers, raw = self._send(document, body, deadline)
        answers.check_status(document, status, headers)
        answer = answers.parse(document, raw)
        bucket(self._origin).learn(document.name, answers.cost(answer))
        return answers.data(document, answer)

    def _send(self, document: Operation, body: bytes, deadline: float) -> tuple[int, requests.structures.CaseInsensitiveDict[str], bytes]:
        left = max(0.1, deadline - time.monotonic())
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-Shopify-Access-Token": self.token}
        try:
            with self.http.post(self._origin + version.admin_path(), data=body, headers=headers, stream=True,
                                timeout=(min(CONNECT_SECONDS, left), left), allow_redirects=False) as response:
                return response.status_code, response.headers, _read(document, response, deadline)
        except requests.RequestException as error:
            if _never_sent(error):
                raise TryAgain("Shopify could not be reached.", operation=document.name) from error
            raise answers.lost(document, type(error).__name__) from error


def _pause(throttled: Throttled, patience: float) -> None:
    """Sleep it out if that ends before ``patience`` does, else hand it to the caller."""
    seconds = throttled.after or 1.0
    if time.monotonic() + seconds > patience:
        raise throttled
    time.sleep(seconds)


def _read(document: Operation, response: requests.Response, deadline: float) -> bytes:
    """The body, within size and time: a socket's own timeout starts anew with each byte that drips in."""
    parts, size = [], 0
    for part in response.iter_content(65_536):
        size += len(part)
        if size > LARGEST_ANSWER or time.monotonic() > deadline:
            raise answers.lost(document, "too long")
        parts.append(part)
    return b"".join(parts)


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError | ConnectTimeoutError)


__all__ = ["AccessDenied", "AdminApi", "Frozen", "OutcomeUnknown", "Throttled", "UserErrors"]

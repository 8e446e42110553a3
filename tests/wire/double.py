"""Shopify's HTTP side, small and strict: the token endpoint with its rotation, and the Admin API with scripted answers."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.wire.signed import KEY, SECRET

Answer = tuple[int, dict[str, str], bytes]
Script = Callable[["Handler", dict[str, Any]], Answer | None]
HANG_UP: Answer = (0, {}, b"")
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token", "expiring": 1}


def answer(body: object, status: int = 200, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}, raw


class Double:
    """``script`` answers the Admin API; ``token_script`` may answer the token endpoint before its own rules do."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.token_calls: list[dict[str, Any]] = []
        self.script: Script = lambda _handler, _call: answer({"data": {}})
        self.token_script: Script = lambda _handler, _call: None
        self.scope = "read_orders,write_discounts"
        self.refresh_valid = {"refresh-0"}
        self.lock = threading.Lock()
        self._server = Quiet(("127.0.0.1", 0), type("Bound", (Handler,), {"double": self}))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/_shop/{{shop}}"

    def __enter__(self) -> "Double":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token_answer(self, call: dict[str, Any]) -> Answer:
        """Refresh rotates: the old token stays good until the new one is used."""
        if call.get("client_id") != KEY or call.get("client_secret") != SECRET:
            return answer({"error": "invalid_client"}, 401)
        with self.lock:
            number = len(self.token_calls)
            if call["grant_type"] == "refresh_token":
                if call["refresh_token"] not in self.refresh_valid:
                    return answer({"error": "invalid_grant"}, 400)
                self.refresh_valid = {call["refresh_token"], f"refresh-{number}"}
            elif any(call.get(name) != value for name, value in EXCHANGE.items()):
                return answer({"error": "invalid_request"}, 400)
            else:
                self.refresh_valid = {f"refresh-{number}"}
        return answer({"access_token": f"shpat_{number}", "scope": self.scope, "expires_in": 3600, "refresh_token": f"refresh-{number}",
                       "refresh_token_expires_in": 7_776_000})


class Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    double: Double
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        call = {**json.loads(raw), "_path": self.path, "_token": self.headers.get("X-Shopify-Access-Token"), "_at": time.monotonic()}
        if self.path.endswith("/admin/oauth/access_token"):
            with self.double.lock:
                self.double.token_calls.append(call)
            self.reply(self.double.token_script(self, call) or self.double.token_answer(call))
        else:
            self.double.calls.append(call)
            self.reply(self.double.script(self, call))

    def reply(self, made: Answer | None) -> None:
        if made is None or made is HANG_UP:
            self.close_connection = True
            return
        status, headers, body = made
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""

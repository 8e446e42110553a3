"""``tandem web`` as a host runs it: granian, real sockets, bytes as they come."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.wire.signed import SECRET, webhook_headers
from tests.wire.test_config import GOOD

ROOT = Path(__file__).parents[2]
BODY = b'{"id": 820982911946154508}'


@dataclass
class Web:
    process: "subprocess.Popen[bytes]"
    port: int

    def ask(self, method: str, target: str, body: object = None, headers: dict[str, str] | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders(body, encode_chunked="Transfer-Encoding" in (headers or {}))  # type: ignore[arg-type]
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, **GOOD, "PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('web')}/t.db",
        "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "plugin.cli", "migrate"], env=env, cwd=ROOT, check=True, capture_output=True)
    process = subprocess.Popen([sys.executable, "-m", "plugin.cli", "web"], env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield _up(Web(process, port))
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def _up(web: Web) -> Web:
    for _ in range(300):
        try:
            web.ask("GET", "/healthz")
            return web
        except OSError:
            time.sleep(0.2)
    raise AssertionError("tandem web does not answer")


def test_it_is_ready_after_migrate(web: Web) -> None:
    assert web.ask("GET", "/readyz") == 200


@pytest.mark.parametrize("target", ["/%ff", "/%00", "/x?q=%ff", "/x%0d%0ay"])
def test_junk_bytes(web: Web, target: str) -> None:
    assert web.ask("GET", target) == 400


def test_a_signed_webhook_is_stored_and_an_unsigned_is_not(web: Web) -> None:
    length = {"Content-Length": str(len(BODY)), "Content-Type": "application/json"}
    assert web.ask("POST", "/webhooks", BODY, {**length, **webhook_headers(BODY, secret=SECRET)}) == 200
    assert web.ask("POST", "/webhooks", BODY, {**length, **webhook_headers(BODY, secret="wrong")}) == 401


def test_a_body_without_length_is_read_as_well(web: Web) -> None:
    headers = {"Transfer-Encoding": "chunked", **webhook_headers(BODY, secret=SECRET)}
    assert web.ask("POST", "/webhooks", iter([BODY[:5], BODY[5:]]), headers) == 200


def test_three_megabytes_are_too_many_with_and_without_a_length(web: Web) -> None:
    large = b"x" * (3 * 2**20)
    assert too_large(web, large, {"Content-Length": str(len(large)), **webhook_headers(large)})
    assert too_large(web, iter([large]), {"Transfer-Encoding": "chunked", **webhook_headers(large)})
    assert web.ask("GET", "/healthz") == 200


def too_large(web: Web, body: object, headers: dict[str, str]) -> bool:
    """By an answer, or by hanging up on us while we are still sending."""
    try:
        return web.ask("POST", "/webhooks", body, headers) == 413
    except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
        return True


def test_two_lengths_are_one_too_many(web: Web) -> None:
    with socket.create_connection(("127.0.0.1", web.port), timeout=5) as raw:
        raw.sendall(b"POST /webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 30\r\n\r\n"
                    b"{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 400")

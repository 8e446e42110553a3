"""A server that remembers what it was sent and answers what it is told to."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Sink:
    url: str = ""
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0

    def of(self, topic: str) -> list[Got]:
        return [one for one in self.got if one.headers.get("X-Shopify-Topic") == topic]

    def wait(self, count: int, topic: str | None = None, seconds: float = 5.0) -> list[Got]:
        """The first ``count`` requests (of the topic); fails when they do not come."""
        found: Callable[[], list[Got]] = lambda: self.of(topic) if topic else list(self.got)  # noqa: E731
        until = time.monotonic() + seconds
        while len(found()) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(found()) >= count, [one.headers.get("X-Shopify-Topic") for one in self.got]
        return found()[:count]


@contextmanager
def sink() -> Iterator[Sink]:
    one = Sink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.got.append(Got(self.path, dict(self.headers.items()), body, time.monotonic()))
            time.sleep(one.delay)
            self.send_response(one.statuses.pop(0) if one.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()

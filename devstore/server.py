"""The process: one port for everything, worker threads beside it, a snapshot when it ends."""

import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from socket import socket
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from devstore import mail
from devstore.admin_api import bulk
from devstore.app import Services, create_app
from devstore.state import background
from devstore.state.settings import Settings
from devstore.state.snapshot import save


class _Handler(WSGIRequestHandler):
    """Keeps connections alive and says nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: ANN401  (werkzeug's signature)
        if type == "error":
            super().log(type, message, *args)

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """Wait for no further request on a connection that was dropped on request."""
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 256

    def shutdown_request(self, request: socket | tuple[bytes, socket]) -> None:
        """Only close: a polite shutdown first would turn a reset on request into an ordinary end."""
        self.close_request(request)


@dataclass(slots=True)
class Running:
    """A devstore that answers at ``url``."""

    app: Flask
    server: ThreadedWSGIServer
    url: str

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions["devstore"]
        return found


@contextmanager
def running(settings: Settings, *, port: int = 0, smtp_port: int | None = None) -> Iterator[Running]:
    """Serve on loopback until the block ends; then let webhooks out, stop the threads and write the snapshot."""
    server = _Server("127.0.0.1", port, _not_ready, _Handler)
    settings = replace(settings, origin=settings.origin or f"http://127.0.0.1:{server.port}")
    app = create_app(settings)
    server.app = app
    found: Services = app.extensions["devstore"]
    post = mail.serve(found.mailbox, smtp_port) if smtp_port is not None else None
    ticker = background.Ticker(lambda: background.run_due(found.store), lambda: bulk.run_due(found.store, found.folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="http", daemon=True)
    found.webhooks.start()
    ticker.start()
    thread.start()
    try:
        yield Running(app, server, f"http://127.0.0.1:{server.port}")
    finally:
        server.shutdown()
        server.server_close()
        ticker.stop()
        found.webhooks.stop()
        if post is not None:
            post.stop()
        if save(found.store) is None:
            shutil.rmtree(found.folder, ignore_errors=True)


def _not_ready(environ: dict[str, Any], start_response: Any) -> list[bytes]:  # noqa: ANN401  (WSGI's own type)
    start_response("503 Starting", [])
    return [b""]


def serve(settings: Settings, *, port: int, smtp_port: int | None) -> None:
    """Until SIGTERM or SIGINT."""
    ended = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: ended.set())
    with running(settings, port=port, smtp_port=smtp_port) as store:
        sys.stdout.write(f"devstore ready {store.url}\n")
        sys.stdout.flush()
        ended.wait()

"""For load balancers and Prometheus: alive, ready, and numbers behind a token."""

import hmac
import os
import time
from collections.abc import Iterator
from functools import cache

from flask import Blueprint, Flask, Response, abort, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client import REGISTRY as THIS_PROCESS
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from plugin.web import ready
from plugin.web.guards import bare
from plugin.web.state import current_context, current_web

blueprint = Blueprint("health", __name__)

REQUESTS = Counter("tandem_requests", "Requests answered", ["route", "method", "status"])
DURATION = Histogram("tandem_request_seconds", "From the first line to the answer", ["route"],
                     buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))


@blueprint.get("/healthz")
@bare("shows nothing")
def alive() -> Response:
    return jsonify({"alive": True})


@blueprint.get("/readyz")
@bare("shows whether we can serve, nothing of anybody")
def is_ready() -> tuple[Response, int]:
    engine = current_context().sessions.kw["bind"]
    database, migrated = _database(engine)
    return jsonify({"ready": database and migrated, "database": database, "migrations": migrated}), 200 if database and migrated else 503


def _database(engine: Engine) -> tuple[bool, bool]:
    try:
        return True, ready.found(engine) == ready.wanted()
    except SQLAlchemyError:
        return False, False


@blueprint.get("/metrics")
@bare("checks METRICS_TOKEN itself; without one there is no such page")
def metrics() -> Response:
    token = current_context().settings.metrics_token
    if token is None:
        abort(404)
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, f"Bearer {token}".encode()):
        abort(401)
    waiting = CollectorRegistry()
    waiting.register(Waiting())
    return Response(generate_latest(_registry()) + generate_latest(waiting), content_type=CONTENT_TYPE_LATEST)


class Waiting(Collector):
    """Counted in the database when asked, so that every process tells the same; nothing while the database is away."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauge = GaugeMetricFamily("tandem_queue_rows", "Events and deliveries that are not done, over all shops", labels=["queue", "state"])
        try:
            with current_context().transaction() as session:
                for queue, state, rows in current_web().depths(session):
                    gauge.add_metric([queue, state], rows)
        except SQLAlchemyError:
            return
        yield gauge


def _registry() -> CollectorRegistry:
    """Of this process, or of all of them where ``tandem web --workers`` made a folder for it."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return THIS_PROCESS
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def count(route: str, method: str, status: int, seconds: float | None) -> None:
    """Count and time a request by its route's pattern: never by address, which would make a series of each."""
    _requests(route, method, int(status)).inc()
    if seconds is not None:
        _durations(route).observe(seconds)


# The library finds a series by its labels under a lock each time; there are as many as routes and statuses.
_requests, _durations = cache(REQUESTS.labels), cache(DURATION.labels)


def measure(app: Flask) -> None:
    def end(response: Response) -> Response:
        route, method = (request.url_rule.rule, request.method) if request.url_rule else ("none", "any")
        count(route, method, response.status_code, time.perf_counter() - g.began if "began" in g else None)
        return response

    app.after_request(end)

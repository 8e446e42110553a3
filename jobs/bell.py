"""The doorbell: a hint through RQ that there is work for a shop. Losing it costs until the next sweep, nothing else."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from plugin import failpoint
from plugin.context import Context
from plugin.db import ShopId

QueueName = Literal["events", "deliveries"]
QUEUES: tuple[QueueName, ...] = ("events", "deliveries")
JOBS = {"events": "jobs.entry.events", "deliveries": "jobs.entry.deliver"}
LONGEST_DEBOUNCE = 10.0
DEAF_SECONDS = 5.0
NO_LIMIT = -1

log = structlog.get_logger()


@dataclass
class _Line:
    """One connection a process and address; after a failure nobody waits for it for a while."""

    client: Redis
    deaf_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


_lines: dict[str, _Line] = {}


def ring(context: Context, queue: QueueName, shop_id: ShopId) -> bool:
    """Wake a worker for this shop, unless one was called already and has not begun. True if the bell rang or had rung.

    Never raises: with Redis away it says so once in a while, and the sweeper does the calling.
    """
    # No longer than a sweep: a worker that died with the call in its hand must not keep the bell silent.
    silence = round(1000 * min(LONGEST_DEBOUNCE, context.settings.sweep_seconds))

    def call(client: Redis) -> None:
        if not client.set(_key(queue, shop_id), "1", nx=True, px=silence):
            return
        Queue(queue, connection=client, serializer=JSONSerializer).enqueue(
            JOBS[queue], str(shop_id), job_timeout=NO_LIMIT, result_ttl=0, failure_ttl=3600, ttl=3600)
        failpoint.reach("K3")

    return _through(context.settings.redis_url, call)


def answered(context: Context, queue: QueueName, shop_id: ShopId) -> None:
    """A worker begins: whatever is committed from now on rings again."""
    _through(context.settings.redis_url, lambda client: client.delete(_key(queue, shop_id)))


def _key(queue: str, shop_id: ShopId) -> str:
    return f"tandem:bell:{queue}:{shop_id}"


def _through(url: str, call: Callable[[Redis], object]) -> bool:
    if not url:
        return False
    line = _line(url)
    if time.monotonic() < line.deaf_until:
        return False
    try:
        call(line.client)
    except (RedisError, OSError) as fault:
        line.deaf_until = time.monotonic() + DEAF_SECONDS
        log.warning("bell_unheard", error=type(fault).__name__)
        return False
    return True


def _line(url: str) -> _Line:
    line = _lines.get(url)
    if line is None:
        line = _lines.setdefault(url, _Line(connect(url)))
    return line


def connect(url: str) -> Redis:
    """A client that gives up quickly: a hint is not worth waiting for."""
    return Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=2.0)

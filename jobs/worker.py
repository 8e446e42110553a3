"""The worker: one RQ process for events, one for deliveries. What they do is truth in the database; RQ only calls them.

Each process serves one queue, since RQ loses a job whose process dies between popping it from one of several queues and
registering it. Jobs run in the worker's own process: forking for each costs three times as much, and a process that dies
loses nothing.
"""

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from types import FrameType

import structlog
from redis import Redis
from redis.exceptions import RedisError, ResponseError
from rq import Queue, SimpleWorker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

from jobs import bell
from jobs.context import current
from plugin import failpoint
from plugin.context import Context
from plugin.errors import Broken

PATIENCE = 2.0

log = structlog.get_logger()


class Worker(SimpleWorker):
    """RQ's, with the two places where a test may end it: popped and not registered, registered and not begun."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        failpoint.reach("K4")
        super().execute_job(job, queue)

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        failpoint.reach("K5")
        return bool(super().perform_job(job, queue, execution))


def run(context: Context) -> None:
    """Serve both queues until told to stop. If one process ends the other is ended too: whoever started us starts us again."""
    check_policy(context.settings.redis_url)
    spawn = multiprocessing.get_context("spawn")
    children: list[BaseProcess] = [spawn.Process(target=serve, args=(queue,), name=f"worker-{queue}") for queue in bell.QUEUES]
    for child in children:
        child.start()
    told = _until_told(lambda: all(child.is_alive() for child in children))
    for child in children:
        child.terminate()
    for child in children:
        child.join(timeout=60)
    if not told:
        raise SystemExit(1)


def _until_told(goes_on: Callable[[], bool]) -> bool:
    """True if a signal said stop, False if ``goes_on`` did."""
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not told and goes_on():
        time.sleep(0.1)
    return bool(told)


def serve(queue: str, *, burst: bool = False) -> None:
    """Work one queue in this process. Comes back to a Redis that went away."""
    from plugin.web import logs

    logs.configure()
    threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()
    context = current()
    gc.freeze()  # the imported code lives as long as we do: counting it again and again took an eighth of the worker's time
    client = Redis.from_url(context.settings.redis_url)
    while True:
        try:
            worker = Worker([Queue(queue, connection=client, serializer=JSONSerializer)], connection=client, serializer=JSONSerializer)
            worker.work(burst=burst, logging_level="WARNING")
            return
        except RedisError as fault:
            log.warning("queue_unreachable", queue=queue, error=type(fault).__name__)
            time.sleep(PATIENCE)


def _leave_with_parent(parent: int) -> None:
    """A parent that was killed cannot say stop."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def check_policy(url: str) -> None:
    """Raises Broken if Redis may throw away what it holds; says nothing where it cannot be asked."""
    try:
        with bell.connect(url) as client:
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
    except (ResponseError, OSError, RedisError):
        return
    if policy != "noeviction":
        raise Broken(f"Redis must have maxmemory-policy noeviction, it has {policy}.")

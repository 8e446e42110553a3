"""Webhooks: signed over the raw bytes, delivered by a pool of threads that nobody waits for, retried with the original payload."""

import heapq
import itertools
import json
import random
import threading
import time
import uuid
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

import urllib3

from devstore import signing
from devstore.state.settings import COMPLIANCE_TOPICS
from devstore.state.shops import Shop
from devstore.state.store import Store

THREADS = 8
CONNECT_SECONDS = 1.0


@dataclass(slots=True)
class Delivery:
    """One webhook on its way. ``webhook_id`` is the same on every attempt and every duplicate."""

    shop: str
    topic: str
    uri: str
    body: bytes
    headers: dict[str, str]
    webhook_id: str
    attempts: int = 0


def _kept(delivery: Delivery, seconds: float) -> dict[str, Any]:
    """For the snapshot; due again in ``seconds``."""
    return asdict(delivery) | {"body": delivery.body.decode(), "seconds": seconds}


def _taken_up(kept: dict[str, Any]) -> Delivery:
    known = {name: value for name, value in kept.items() if name != "seconds"}
    return Delivery(**known | {"body": kept["body"].encode()})


@dataclass(slots=True)
class Disturbance:
    """``kind``: hold | drop | duplicate | late | shuffle. ``times`` None lasts until it is removed; ``seconds`` for late and shuffle."""

    kind: str
    shop: str | None = None
    topic: str | None = None
    times: int | None = None
    seconds: float = 1.0
    copies: int = 1

    def fits(self, delivery: Delivery) -> bool:
        return self.shop in (None, delivery.shop) and self.topic in (None, delivery.topic)


@dataclass(slots=True)
class Counts:
    delivered: int = 0
    retried: int = 0
    failed: int = 0
    dropped: int = 0
    in_flight: int = 0


@dataclass(slots=True)
class _Due:
    """The waiting room: a heap by the machine's monotonic time."""

    entries: list[tuple[float, int, Delivery]] = field(default_factory=list)
    counter: "itertools.count[int]" = field(default_factory=itertools.count)

    def push(self, delivery: Delivery, seconds: float) -> None:
        heapq.heappush(self.entries, (time.monotonic() + seconds, next(self.counter), delivery))


class Webhooks:
    """Start the threads with ``start``; ``happened`` may be called before."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.gaps = store.settings.webhook_gaps
        self.disturbances: list[Disturbance] = []
        self.held: list[Delivery] = []
        self.counts = Counts()
        self.log: deque[dict[str, Any]] = deque(maxlen=5000)
        self._due = _Due()
        for one in store.undelivered:
            self._due.push(_taken_up(one), one["seconds"])
        self._changed = threading.Condition()
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._pool = urllib3.PoolManager(num_pools=4, maxsize=THREADS, retries=False)
        self._chance = random.Random(7)

    def happened(self, shop: Shop, topic: str, payload: dict[str, Any]) -> None:
        """Sign the payload as it is now and send it to whoever subscribed to the topic."""
        uris = self._addresses(shop, topic)
        if not uris:
            return
        body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        for uri in uris:
            self._admit(self._delivery(shop, topic, uri, body))

    def _addresses(self, shop: Shop, topic: str) -> list[str]:
        app = self.store.settings.app
        if topic in COMPLIANCE_TOPICS:
            return [f"{app.url}{app.webhook_path}"] if topic in app.topics else []
        if shop.installation is None:
            return []
        return [one.uri for one in shop.installation.subscriptions if one.topic == topic]

    def _delivery(self, shop: Shop, topic: str, uri: str, body: bytes) -> Delivery:
        app, number = self.store.settings.app, str(uuid.uuid4())
        moment = self.store.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": shop.domain,
            "X-Shopify-API-Version": app.webhook_version,
            "X-Shopify-Hmac-Sha256": signing.webhook(app.old_secret or app.secret, body),
            "X-Shopify-Webhook-Id": number,
            "X-Shopify-Event-Id": self.store.event_id,
            "X-Shopify-Triggered-At": moment,
        }
        return Delivery(shop.handle, topic, uri, body, headers, number)

    def _admit(self, delivery: Delivery) -> None:
        with self._changed:
            found = self._disturbed(delivery)
            if found is None:
                self._due.push(delivery, 0)
            elif found.kind == "drop":
                self.counts.dropped += 1
                self._note(delivery, "dropped", 0)
            elif found.kind == "hold":
                self.held.append(delivery)
            elif found.kind == "duplicate":
                for _ in range(1 + found.copies):
                    self._due.push(delivery, 0)
            else:
                self._due.push(delivery, found.seconds * (self._chance.random() if found.kind == "shuffle" else 1))
            self._changed.notify_all()

    def _disturbed(self, delivery: Delivery) -> Disturbance | None:
        for one in self.disturbances:
            if one.fits(delivery):
                if one.times is not None:
                    one.times -= 1
                    if one.times <= 0:
                        self.disturbances.remove(one)
                return one
        return None

    def disturb(self, disturbance: Disturbance) -> None:
        with self._changed:
            self.disturbances.append(disturbance)

    def release(self, *, shuffle: bool = False) -> int:
        """End all disturbances and send what was held, in any order if ``shuffle``. Says how many that were."""
        with self._changed:
            self.disturbances.clear()
            held, self.held = self.held, []
            if shuffle:
                self._chance.shuffle(held)
            for delivery in held:
                self._due.push(delivery, 0)
            self._changed.notify_all()
            return len(held)

    def retry_now(self) -> None:
        """Make everything that waits for its next attempt due."""
        with self._changed:
            self._due.entries = [(0.0, n, delivery) for _, n, delivery in self._due.entries]
            heapq.heapify(self._due.entries)
            self._changed.notify_all()

    def status(self) -> dict[str, int]:
        with self._changed:
            waiting, held, counts = len(self._due.entries), len(self.held), self.counts
            return {
                "waiting": waiting,
                "held": held,
                "in_flight": counts.in_flight,
                "delivered": counts.delivered,
                "retried": counts.retried,
                "failed": counts.failed,
                "dropped": counts.dropped,
            }

    def start(self) -> None:
        for at in range(THREADS):
            thread = threading.Thread(target=self._work, name=f"webhooks-{at}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Let what is due go out, for at most ``seconds``, then end the threads."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._busy():
            time.sleep(0.02)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=self.store.settings.webhook_timeout)
        with self._changed:
            now, entries = time.monotonic(), self._due.entries
            self.store.undelivered = [_kept(one, max(0.0, due - now)) for due, _, one in entries] + [_kept(one, 0.0) for one in self.held]

    def _busy(self) -> bool:
        with self._changed:
            due = bool(self._due.entries) and self._due.entries[0][0] <= time.monotonic()
            return due or self.counts.in_flight > 0

    def _work(self) -> None:
        while True:
            delivery = self._next()
            if delivery is None:
                return
            started = time.monotonic()
            outcome = self._send(delivery)
            self._settle(delivery, outcome, int((time.monotonic() - started) * 1000))

    def _next(self) -> Delivery | None:
        with self._changed:
            while not self._stopping:
                entries = self._due.entries
                wait = entries[0][0] - time.monotonic() if entries else None
                if wait is not None and wait <= 0:
                    self.counts.in_flight += 1
                    return heapq.heappop(entries)[2]
                self._changed.wait(wait)
        return None

    def _send(self, delivery: Delivery) -> str:
        """The status as text, or what went wrong. Redirects are failures."""
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, total=self.store.settings.webhook_timeout)
        try:
            answer = self._pool.request("POST", delivery.uri, body=delivery.body, headers=delivery.headers, timeout=timeout, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            return type(error).__name__
        return str(answer.status)

    def _settle(self, delivery: Delivery, outcome: str, milliseconds: int) -> None:
        with self._changed:
            self.counts.in_flight -= 1
            delivery.attempts += 1
            self._note(delivery, outcome, milliseconds)
            if outcome.startswith("2"):
                self.counts.delivered += 1
            elif delivery.attempts <= len(self.gaps):
                self.counts.retried += 1
                self._due.push(delivery, self.gaps[delivery.attempts - 1])
            else:
                self.counts.failed += 1
            self._changed.notify_all()

    def _note(self, delivery: Delivery, outcome: str, milliseconds: int) -> None:
        facts = {"shop": delivery.shop, "topic": delivery.topic, "webhook_id": delivery.webhook_id}
        self.log.append({**facts, "attempt": delivery.attempts, "outcome": outcome, "ms": milliseconds})

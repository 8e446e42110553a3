"""What Shopify does a moment later: codes added and removed in bulk, bundles. Found by due time, by a ticking thread or whoever asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from devstore.clock import machine_now
from devstore.state.bundling import finish_bundling
from devstore.state.discounting import finish_bulk, finish_job
from devstore.state.shops import Shop

if TYPE_CHECKING:
    from devstore.state.store import Store

TICK_SECONDS = 0.05


def run_due(store: Store) -> None:
    """Finish what is due. Cheap when nothing is."""
    now = machine_now()
    with store.action():
        for shop in store.shops.values():
            for number in [one for one in shop.open_work if _due_at(shop, one) <= now]:
                shop.open_work.remove(number)
                if number in shop.bulks:
                    bulk = shop.bulks[number]
                    finish_bulk(store, shop, bulk, frozenset(bulk.failing))
                elif number in shop.bundlings:
                    finish_bundling(store, shop, shop.bundlings[number])
                else:
                    finish_job(store, shop, shop.jobs[number])


def _due_at(shop: Shop, number: int) -> datetime:
    found = shop.bulks.get(number) or shop.bundlings.get(number) or shop.jobs[number]
    return found.ready_at


class Ticker:
    """Runs the given works every moment, in one thread."""

    def __init__(self, *works: Callable[[], None]) -> None:
        self._works = works
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            for work in self._works:
                work()

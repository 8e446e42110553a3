"""``./run bench home [--size N] [--loads N] [--json]``: does the admin's first page stay light and quick in a big shop?

The home page for 90 days, beside the 90 before them, with its chart, in a shop of 100,000 referrals on SQLite, served as in use and looked
at by Chromium at 1280 px with an empty cache: what is transferred without what Shopify's CDN brings, how much moves (CLS), when the
largest part is painted (LCP), and how long the slowest of a few interactions takes (INP). Fails over 100 KB or where anything moves; the
times are goals.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

import plugin.app  # noqa: F401 - so that every table is known, and made
from benchmarks.kit import booked, referred, servers
from devstore.ports import free_port
from plugin.db import make_engine
from plugin.shopify import scopes
from scripts.setup import browser as chromium
from tests.wire.double import Double
from tests.wire.signed import KEY, SECRET, claims, token

SIZE, LOADS = 100_000, 5
MOST_BYTES, GOALS = 100_000, {"lcp": 1000, "inp": 100}
WATCH = """window.seen = {cls: 0, lcp: 0, inp: 0};
const watch = (type, tell, more) =>
  new PerformanceObserver((list) => list.getEntries().forEach(tell)).observe({type, buffered: true, ...more});
watch('layout-shift', (one) => { if (!one.hadRecentInput) seen.cls += one.value });
watch('largest-contentful-paint', (one) => { seen.lcp = one.startTime });
watch('event', (one) => { if (one.interactionId) seen.inp = Math.max(seen.inp, one.duration) }, {durationThreshold: 16});"""
Load = dict[str, float]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench home")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--loads", type=int, default=LOADS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder), asked.size) as address:
        loads = _measure(address, asked.loads)
    medians = {name: statistics.median(load[name] for load in loads) for name in loads[0]}
    wrong = [name for name in ("bytes", "cls") if medians[name] > (MOST_BYTES if name == "bytes" else 0)]
    found = {"size": asked.size, "load": os.getloadavg()[0], "loads": loads, "medians": medians, "goals": GOALS, "wrong": wrong}
    print(json.dumps(found, indent=1) if asked.json else _table(found))
    return 1 if wrong else 0


@contextmanager
def _served(folder: Path, size: int) -> Iterator[str]:
    """The app as in use, right after the last of the orders; Shopify answers for its tokens only."""
    database, port, clock = f"sqlite:///{folder / 'home.db'}", free_port(), folder / "clock"
    _fill(database, size)
    after_the_last = referred.BEGAN + size * referred.STEP
    clock.write_text(str(int((after_the_last - datetime.now(UTC)).total_seconds())), encoding="utf-8")
    with Double() as shopify:
        shopify.scope = ",".join(scopes.REQUIRED)
        told = servers.settings(port, database) | {
            "SHOPIFY_API_KEY": KEY, "SHOPIFY_API_SECRET": SECRET, "SHOPIFY_ORIGIN": shopify.origin, "CLOCK_OFFSET_FILE": str(clock),
            "SHOPIFY_CDN": "http://127.0.0.1:9", "REDIS_URL": "redis://127.0.0.1:1/0"}
        with servers.running(servers.tandem(), told, port):
            yield f"http://127.0.0.1:{port}"


def _fill(database: str, size: int) -> None:
    engine = make_engine(database)
    referred.populate(engine, size)
    booked.populate(engine, size)
    engine.dispose()


def _measure(address: str, loads: int) -> list[Load]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("BROWSER_PATH") or chromium.browser())
        _load(browser, address)  # the first visit fetches a token, and the processes warm up
        found = [_load(browser, address) for _ in range(loads)]
        browser.close()
    return found


def _load(browser: Browser, address: str) -> Load:
    """One visit with an empty cache, and a few presses."""
    bearer = {"Authorization": f"Bearer {token(claims())}"}
    context = browser.new_context(viewport={"width": 1280, "height": 900}, extra_http_headers=bearer, base_url=address)
    page, arrived = context.new_page(), list[Any]()
    page.add_init_script(WATCH)
    page.on("requestfinished", lambda request: arrived.append(request))
    page.goto("/app?period=90")
    page.locator("tandem-chart canvas").wait_for()
    sizes = [request.sizes() for request in arrived if "/app/figures" not in request.url]
    first_byte = page.evaluate("performance.getEntriesByType('navigation')[0].responseStart")
    for press in range(4):
        page.locator(".chart-numbers summary").click()
        page.locator(".chart-scroll").wait_for(state="hidden" if press % 2 else "visible")
    page.wait_for_function("window.seen.inp > 0")
    seen: Load = page.evaluate("window.seen")
    context.close()
    told = {"bytes": sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes), "first_byte": first_byte, **seen}
    return {name: round(value, 3) for name, value in told.items()}


def _table(found: dict[str, Any]) -> str:
    names = list(found["medians"])
    rows = [(str(number + 1), load) for number, load in enumerate(found["loads"])] + [("median", found["medians"])]
    lines = ["".join([f"{'load':<10}", *(f"{name:>14}" for name in names)])]
    lines += ["".join([f"{title:<10}", *(f"{load[name]:>14,.3f}" if name == "cls" else f"{load[name]:>14,.0f}" for name in names)])
              for title, load in rows]
    goals = ", ".join(f"{name} {most} ms" for name, most in found["goals"].items())
    return "\n".join([*lines, f"{found['size']:,} referrals; bytes at most {MOST_BYTES:,}, nothing moves; goals: {goals}",
                      f"the machine's load: {found['load']:.1f}", *(f"WRONG: {name}" for name in found["wrong"])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

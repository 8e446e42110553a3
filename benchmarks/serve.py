"""``./run bench serve [--seconds N] [--rate N] [--crowd N] [--database sqlite|postgresql] [--json]``: what a shop's pages ask us.

A product's offers through the app proxy, in a shop with 100 offers and 10,000 products, 200 times a second, each request at its moment.
*alone*: every request reaches us. *changing*: the same while the shop's offers change every ten seconds. *cached*: through a shared cache
(RFC 9111) at the shop's address. Products are asked for as shoppers do: the k-th as often as 1/k.

*crowd*: 100,000 requests for the same product ids in twenty shops through one shared cache, first at the shops' addresses, then between
Shopify and us. Each answer must name its shop and hold nothing but that shop's offers. To see that a mistake would be noticed, a careless
cache that forgets the host is asked too. Fails if any answer of the strict ones is another shop's.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Engine, update

from benchmarks.kit import burden, proxied, servers, shelves
from benchmarks.kit.asking import Line, at_pace
from benchmarks.kit.shared_cache import Answer, Headers, SharedCache
from devstore.ports import free_port
from plugin.db import make_engine, new_id
from plugin.offers.tables import Configuration
from scripts.make_migration import config
from scripts.setup.base import say
from tests.servers import start_postgres

PRODUCTS, OFFERS, SHOPS, SMALL = 10_000, 100, 20, 500
GOAL_MS, CHANGES, AT_ONCE = 50, 10, 16
SAME_SECONDS = 60
"""Between Shopify and us an address holds the second in which it was signed; here a minute, so that the cache has any chance to err."""


@dataclass(frozen=True)
class Stage:
    engine: Engine
    port: int
    web: int


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench serve")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=200, help="requests a second")
    parser.add_argument("--crowd", type=int, default=100_000, help="requests through each shared cache")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    result: dict[str, Any] = {}
    for kind in ["sqlite", "postgresql"] if options.database == "both" else [options.database]:
        with staged(kind) as stage:
            result[kind] = asyncio.run(_paces(stage, options.rate, options.seconds))
            if kind == "sqlite" or options.database != "both":
                result["crowd"] = asyncio.run(_crowds(stage, options.crowd))
        say(f"{kind}: {result[kind]}")
    print(json.dumps(result, indent=1) if options.json else _told(result))
    return 1 if any(one["wrong"] for name, one in result.get("crowd", {}).items() if name != "careless") else 0


@contextmanager
def staged(kind: str) -> Iterator[Stage]:
    """One large shop and many small ones, and our server with two processes."""
    with tempfile.TemporaryDirectory() as folder:
        database = start_postgres(durable=True) if kind == "postgresql" else None
        url = database.create("serve") if database else f"sqlite:///{Path(folder) / 'serve.sqlite'}"
        engine = make_engine(url)
        command.upgrade(config(engine), "head")
        with engine.begin() as connection:
            shelves.open_shop(connection, 1, products=PRODUCTS, offers=OFFERS)
            for shop in range(2, SHOPS + 1):
                shelves.open_shop(connection, shop, products=SMALL, offers=20)
        port = free_port()
        try:
            with servers.running(servers.tandem(), servers.settings(port, url), port) as web:
                yield Stage(engine, port, web)
        finally:
            engine.dispose()
            if database:
                database.stop()


async def _paces(stage: Stage, rate: int, seconds: int) -> dict[str, Any]:
    asked = _popular(PRODUCTS, rate * seconds)
    line, cache = Line(stage.port), SharedCache(time.monotonic)
    found: dict[str, Any] = {}

    async def alone(number: int) -> str:
        return proxied.fault(1, asked[number], await _ask(line, 1, asked[number]))

    async def cached(number: int) -> str:
        product = asked[number]
        answer = await cache.get(proxied.address(1, product), {}, partial(_ask, line, 1, product))
        return proxied.fault(1, product, answer)

    first = time.perf_counter()
    await alone(0)
    found["first answer, ms"] = round((time.perf_counter() - first) * 1000)
    await at_pace(rate, 3, alone)
    found["alone"] = await _measured(stage, rate, seconds, alone)
    changing = asyncio.create_task(_changes(stage))
    found["changing"] = await _measured(stage, rate, seconds, alone)
    changing.cancel()
    found["cached"] = await _measured(stage, rate, seconds, cached) | {"answered": dict(cache.counts)}
    line.close()
    return found


async def _measured(stage: Stage, rate: int, seconds: int, ask: Any) -> dict[str, Any]:  # noqa: ANN401 - see at_pace
    before = burden.seconds(stage.web)
    pace = await at_pace(rate, seconds, ask)
    spent = burden.seconds(stage.web) - before
    return asdict(pace) | {"web processor, ms a request": round(spent * 1000 / (rate * seconds), 2)}


async def _changes(stage: Stage) -> None:
    """Another revision, as when the merchant publishes: what is kept must be worked out anew."""
    while True:
        await asyncio.to_thread(_change, stage)
        await asyncio.sleep(CHANGES)


def _change(stage: Stage) -> None:
    with stage.engine.begin() as connection:
        connection.execute(update(Configuration).where(Configuration.shop_id == shelves.shop_id(1)).values(revision_id=new_id()))


async def _ask(line: Line, shop: int, product: str, headers: Headers | None = None, *, customer: str = "", stamp: int = 0) -> Answer:
    target = proxied.forwarded(shop, product, secret=servers.SECRET, timestamp=stamp or int(time.time()), customer=customer)
    return await line.get(target, headers or {})


async def _crowds(stage: Stage, many: int) -> dict[str, Any]:
    """Placement of the cache → how it answered, and how many answers were wrong."""
    line = Line(stage.port)
    found = {name: await _crowd(line, many if name != "careless" else many // 20, name) for name in ("shops", "ours", "careless")}
    line.close()
    return found


async def _crowd(line: Line, many: int, where: str) -> dict[str, Any]:
    cache, dice, numbers = SharedCache(time.monotonic), random.Random(7), iter(range(many))
    products, shops = _popular(SMALL, many), [dice.randint(1, SHOPS) for _ in range(many)]
    wrong = 0

    async def shopper() -> None:
        nonlocal wrong
        for number in numbers:
            shop, product = shops[number], products[number]
            customer, stamp = str(number % 3 or ""), int(time.time()) // SAME_SECONDS * SAME_SECONDS
            key = {"shops": proxied.address(shop, product), "careless": product, "ours": proxied.forwarded(
                shop, product, secret=servers.SECRET, timestamp=stamp, customer=customer)}[where]
            asking = partial(_ask, line, shop, product, customer=customer, stamp=stamp)
            answer = await cache.get(key, {"accept-language": ("en", "de", "fr")[number % 3]}, asking)
            wrong += not proxied.is_right(shop, product, answer)

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(shopper())
    return {"requests": many, "wrong": wrong, **cache.counts, "seconds": round(time.perf_counter() - begun, 1)}


def _popular(among: int, many: int) -> list[str]:
    """Products as shoppers ask for them (Zipf's law), the same in every run."""
    weights = list(accumulate(1 / rank for rank in range(1, among + 1)))
    return [shelves.product_id(at) for at in random.Random(11).choices(range(among), cum_weights=weights, k=many)]


def _told(result: Mapping[str, Any]) -> str:
    lines = [f"{kind:10}  {name:18} {told}" for kind, some in result.items() for name, told in some.items()]
    return "\n".join([*lines, f"goal: p99 of alone at most {GOAL_MS} ms; must: no wrong answer but the careless cache's"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

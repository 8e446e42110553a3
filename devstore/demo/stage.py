"""The stage of a story: who plays, what was done, how long it took, and how one waits for what the workers do."""

import re
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from devstore.demo.books import Books, moved
from devstore.demo.cast import SHOP, Merchant
from devstore.demo.launch import Place
from devstore.demo.web import Unexpected, ask

Told = TypeVar("Told")
DAY = 86_400
PATIENCE = 60.0
Balances = dict[str, dict[str, int]]


@dataclass
class Story:
    """The stage: who plays, what was done, how long each part took."""

    place: Place
    merchant: Merchant
    books: Books
    steps: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, text: str, **facts: object) -> None:
        self.steps.append({"step": text, **facts})
        shown = ", ".join(f"{name} {value}" for name, value in facts.items())
        print(f"  ✓ {text}{' (' + shown + ')' if shown else ''}", flush=True)

    def must(self, holds: bool, text: str) -> None:
        if not holds:
            raise Unexpected(text)

    def until(self, what: str, look: Callable[[], Told | None]) -> Told:
        """Wait for what the workers do. Raises Unexpected when it does not come."""
        end = time.monotonic() + PATIENCE
        while (seen := look()) is None or seen is False:
            if time.monotonic() > end:
                raise Unexpected(f"waited {PATIENCE:.0f} s for: {what}")
            time.sleep(0.2)
        return seen

    def move_time(self, days: int) -> None:
        ask(f"{self.place.devstore}/_devstore/clock", {"advance": days * DAY})

    def code_works(self, code: str, email: str) -> bool:
        cart = {"shop": SHOP, "email": email, "codes": [code], "lines": [{"product": "wool-throw", "quantity": 1}]}
        return bool(ask(f"{self.place.devstore}/_devstore/price", cart)["codes"][0]["applies"])

    @contextmanager
    def stage(self, name: str) -> Any:  # noqa: ANN401 - a context manager's own type
        began = time.monotonic()
        print(f"\n{name}", flush=True)
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)

    def left(self, before: Balances, wanted: Balances) -> Balances | None:
        """What was posted since, once that is what is wanted and nothing waits any more; else None."""
        left = moved(before, self.books.accounts())
        return left if left == wanted and self.books.waiting() == 0 else None


def id_after(part: str, answer: httpx.Response) -> str:
    """The id in the address that a saved form leads to, by redirect or by htmx's header."""
    addresses = [answer.headers.get(name, "") for name in ("HX-Redirect", "HX-Location", "HX-Push-Url")] + [str(answer.url)]
    found = re.search(re.escape(part) + r"([0-9a-f-]{36})", " ".join(addresses))
    if found is None:
        raise Unexpected(f"the form led to no {part}: {addresses}")
    return found[1]

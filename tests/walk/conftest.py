"""The whole of Tandem as processes, three shops set up in the merchant's pages, and a browser for every shopper."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from devstore.demo.cast import Merchant
from devstore.demo.launch import Place, launched
from devstore.demo.pairing import is_shown, pair
from devstore.demo.story import PROGRAMME, id_after
from devstore.demo.web import ask

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")
SHOPS = {"north": PROGRAMME, "south": PROGRAMME, "tokyo": PROGRAMME | {"advocate_value": "500", "minimum": "2000"}}
PHONE = {"width": 390, "height": 844}
PATIENCE = 90.0
Told = TypeVar("Told")

expect.set_options(timeout=60_000)  # a busy machine is no fault of the page


@dataclass
class Stage:
    """Where it plays: addresses of the launched processes and the control API."""

    place: Place
    programmes: dict[str, str]

    def shop(self, name: str, path: str = "/") -> str:
        return f"{self.place.shop(name)}{path}"

    def control(self, path: str, given: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        return ask(f"{self.place.devstore}/_devstore/{path}", given)

    def end_faults(self) -> None:
        httpx.delete(f"{self.place.devstore}/_devstore/faults").raise_for_status()

    def last_order(self, shop: str, email: str) -> dict[str, Any]:
        orders = self.control(f"orders?shop={shop}")["orders"]
        found = next(one["id"] for one in reversed(orders) if one["email"] == email)
        return dict(self.control(f"orders/{found}"))


def until(what: str, look: Callable[[], Told | None], *, seconds: float = PATIENCE) -> Told:
    """Wait for what the workers do."""
    end = time.monotonic() + seconds
    while (seen := look()) is None or seen is False:
        assert time.monotonic() < end, f"waited in vain for: {what}"
        time.sleep(0.2)
    return seen


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with launched(tmp_path_factory.mktemp("walk") / "demo") as (place, crew):
        made = Stage(place, {name: _set_up(place, name) for name in SHOPS})
        yield made
        crew.check()


def _set_up(place: Place, shop: str) -> str:
    """Install, publish a programme, make a pair. Returns the programme's id."""
    merchant, programme = Merchant(place, shop), publish(place, shop, SHOPS[shop])
    until("the products are mirrored", lambda: pair(merchant))
    until("the programme's discount is at Shopify and the store shows the pair", lambda: _created(place, shop) >= 2 and is_shown(merchant))
    return programme


def publish(place: Place, shop: str, wish: dict[str, str]) -> str:
    """Install the app and put a programme into force. Returns its id."""
    merchant = Merchant(place, shop)
    merchant.install()
    merchant.open()
    programme = id_after("/programmes/", merchant.send("/app/programmes", wish))
    merchant.send(f"/app/programmes/{programme}/publication", {})
    return programme


def _created(place: Place, shop: str) -> int:
    """How many discounts: the friends' and the offers'."""
    return len(ask(f"{place.devstore}/_devstore/effects?shop={shop}&kind=discount_created")["effects"])


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield made
        made.close()


Visit = Callable[..., Page]


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visit]:
    """``visitor()`` is somebody new with a phone; keywords go to Playwright's context. An error in a page fails the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def come(**options: Any) -> Page:  # noqa: ANN401 - Playwright's own
        context = browser.new_context(**({"viewport": PHONE, "locale": "en-GB"} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield come
    for context in contexts:
        context.close()
    assert problems == []

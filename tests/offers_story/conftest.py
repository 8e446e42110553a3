"""One stack on which a merchant who has never made an offer makes one of each kind."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from devstore.demo.cast import Merchant
from devstore.demo.launch import Place, launched
from devstore.demo.processes import Crew
from devstore.demo.servers import answers, tandem_command
from devstore.demo.story import id_after
from devstore.demo.web import Unexpected
from plugin.offers.rules.filling import suggested
from tests.walk.conftest import PATIENCE, Stage, browser, until, visitor

__all__ = ["browser", "visitor"]  # fixtures
WIDTHS = (390, 1280)
Values = dict[str, Any]
_LINE = re.compile(r'<span dir="auto">(\d+) × ([^<]+)</span><span class="price">(?:<del>([^<]+)</del>)?([^<]+)</span>')
_SUM = re.compile(r'<p class="sum"><span>[^<]+</span><span>([^<]+)</span></p>')


@dataclass(frozen=True)
class Example:
    """One cart of the preview: how many of which title; what they cost then, in minor units."""

    goods: tuple[tuple[int, str], ...]
    paid: int


@dataclass
class Builder:
    """The merchant at the builder: forms as its pages send them."""

    stage: Stage
    merchant: Merchant
    ids: dict[str, str]

    def values(self, kind: str, typed: Mapping[str, object]) -> Values:
        """The form of a new offer, filled in. Goods are told by handle."""
        made: Values = {**suggested(kind, f"Our {kind}"), "kind": kind}  # type: ignore[arg-type]
        for name, value in typed.items():
            made[name] = [self._good(one) for one in value] if name.startswith("goods_") and isinstance(value, tuple) else value
        return made

    def _good(self, told: str) -> str:
        return f"p:{self.ids[told]}" if told in self.ids else told

    def preview(self, values: Values, **more: str) -> list[Example]:
        page = self.merchant.send("/app/offers/preview", values | more).text
        found = re.search(r'srcdoc="([^"]*)"', page)
        assert found is not None, page
        return [_example(section) for section in unescape(found[1]).split("<section>")[1:]]

    def publish(self, values: Values) -> str:
        offer = id_after("/offers/", self.merchant.send("/app/offers", values))
        self.merchant.send(f"/app/offers/{offer}/publication", {})
        self.told()
        return offer

    def told(self) -> None:
        """Shopify has heard of everything."""
        until("Shopify knows the offers", self._is_told)

    def _is_told(self) -> bool | None:
        """A busy database says "try again", as anybody's browser would be told."""
        try:
            return "On the way to Shopify" not in self.merchant.open("/app/offers") or None
        except Unexpected:
            return None

    def pause(self, offer: str) -> None:
        self.merchant.send(f"/app/offers/{offer}/pause", {})


def _example(html: str) -> Example:
    goods = tuple((int(count), unescape(title)) for count, title, _, _ in _LINE.findall(html))
    [paid] = _SUM.findall(html)
    return Example(goods, pence(paid))


def pence(text: str) -> int:
    """Minor units of an amount as a page writes it: "£52.20", "¥1,200"."""
    return int(re.sub(r"[^0-9]", "", text))


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Crew]]:
    with launched(tmp_path_factory.mktemp("offers") / "demo") as (place, crew):
        yield place, crew
        crew.check()


@pytest.fixture(scope="package")
def stage(running: tuple[Place, Crew]) -> Stage:
    return Stage(running[0], {})


@pytest.fixture
def silence(running: tuple[Place, Crew]) -> Iterator[Callable[[], None]]:
    """From the call to the test's end the app's server answers nobody."""
    place, crew = running
    yield lambda: crew.end("web", seconds=PATIENCE)
    if "web" not in crew.members:
        crew.start("web", tandem_command("web"))
    crew.wait("web", lambda: answers(place.ports["app"]))


@pytest.fixture(scope="package")
def builder(stage: Stage) -> Builder:
    return _arrived(stage, "north")


@pytest.fixture(scope="package")
def tokyo(stage: Stage) -> Builder:
    """A shop whose currency has no decimals."""
    return _arrived(stage, "tokyo")


def _arrived(stage: Stage, shop: str) -> Builder:
    merchant = Merchant(stage.place, shop)
    merchant.install()
    merchant.open()
    merchant.place_all()
    ids = {one["handle"]: one["id"] for one in stage.control(f"products?shop={shop}")["products"]}
    until("the products are mirrored", lambda: f'value="p:{ids["wool-throw"]}"' in merchant.send(
        "/app/offers/choices?letter=a", {"words_a": "wool"}).text or None)
    return Builder(stage, merchant, ids)


@pytest.fixture(params=WIDTHS)
def desk(browser: Browser, builder: Builder, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The app's pages without the admin around them, at what a new offer may be; each request has a token, as App Bridge would give it."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="en-GB")
    context.route("**/shopifycloud/*.js", lambda route: route.abort())
    context.route(f"{builder.stage.place.app}/app**", lambda route: _signed(route, builder.merchant))
    page = context.new_page()
    page.goto(f"{builder.stage.place.app}/app/offers/new")
    yield page
    context.close()


def _signed(route: Route, merchant: Merchant) -> None:
    route.continue_(headers={**route.request.headers, "authorization": f"Bearer {merchant.token()}"})

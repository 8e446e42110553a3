"""Pictures of the demo for README and docs/tour.md: ``.venv/bin/python -m scripts.take_pictures`` (by hand; wants a Chromium).

It launches its own demo, plays what the pictures show, and writes WebP files into docs/pictures/.
"""

import base64
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from devstore.demo.cast import Merchant, Shopper
from devstore.demo.launch import Place, launched
from devstore.demo.pairing import PAIR, pair
from devstore.demo.story import PROGRAMME, id_after
from devstore.demo.web import Unexpected, ask

Told = TypeVar("Told")
FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
ALICE = "alice@shoppers.example"
FRIENDS = ("Bob", "Dan", "Hugo", "Ines", "Jonas", "Kim", "Lena", "Max", "Nora", "Oscar", "Paula", "Quinn", "Rosa", "Sam", "Tara", "Uwe",
           "Vera", "Wim", "Yara", "Zoe", "Anna", "Ben", "Carl", "Elif")
FRIENDS_A_DAY = (1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 2, 1, 0, 1, 1, 0, 1, 2, 1, 0, 1, 2, 0, 2, 1, 1, 2)
OFFERS: tuple[dict[str, object], ...] = (
    {"kind": "kit", "title": "Pen and book", "goods_a": ("brass-pen",), "goods_b": ("pocket-notebook",), "worth": "percent", "value": "10"},
    {"kind": "mix", "title": "Three for the kitchen", "goods_a": ("enamel-mug", "linen-tea-towel", "beeswax-candle"), "count_a": "3",
     "worth": "price", "value": "30"},
    {"kind": "shipping", "title": "Free shipping", "worth": "free", "least_amount": "50"})
PHONE, DESK, WIDEST = ViewportSize(width=390, height=780), ViewportSize(width=1280, height=860), 1280
COMPOSE = """async ([pictures, widest]) => {
  const all = await Promise.all(pictures.map(async (one) => createImageBitmap(await (await fetch('data:image/png;base64,' + one)).blob())));
  const gap = all.length > 1 ? 48 : 0;
  const width = all.reduce((sum, one) => sum + one.width + gap, gap), height = Math.max(...all.map((one) => one.height)) + 2 * gap;
  const scale = Math.min(1, widest / width), canvas = new OffscreenCanvas(width * scale, height * scale), pen = canvas.getContext('2d');
  pen.scale(scale, scale);
  pen.fillStyle = '#e4e6ea';
  pen.fillRect(0, 0, width, height);
  let left = gap;
  for (const one of all) { pen.drawImage(one, left, gap); left += one.width + gap; }
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.82 })).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(''));
}"""


def until(look: Callable[[], Told]) -> Told:
    """Wait for what the workers do. Raises Unexpected after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.3)
    raise Unexpected("the demo did not get there in a minute")


def play(place: Place) -> tuple[str, str]:
    """Four weeks of a programme with a pair. Returns the programme and the order of a friend whose advocate has the reward by now."""
    merchant = Merchant(place)
    merchant.install()
    merchant.open()
    programme = id_after("/programmes/", merchant.send("/app/programmes", PROGRAMME))
    merchant.send(f"/app/programmes/{programme}/publication", {})
    until(lambda: pair(merchant))
    merchant.send("/app/margin-floor", {"floor": "20", "cost": "45"})
    merchant.send("/app/guide/dismissal", {})
    merchant.send("/app/planner", {"hours": "10", "hour_cost": "25", "fees": "44", "margin": "20", "reward": "7", "discount": "5"})
    orders = list(shop_for_weeks(place))
    until(lambda: [one for one in ask(f"{place.devstore}/_devstore/mail")["mail"] if ALICE in one["to"]])
    until(lambda: all(f"/app/referrals/{order}" in merchant.open(f"/app/referrals?verdict=attributed&q={order}") for order in orders[-2:]))
    return programme, orders[0]


def shop_for_weeks(place: Place) -> Iterator[str]:
    """Alice, Clara and Grace take a link each; day by day some of their friends come. Yields the friends' orders."""
    advocates = [Shopper(place, name, f"{name.lower()}@shoppers.example") for name in ("Alice", "Clara", "Grace")]
    links = [link_of(one) for one in advocates]
    friends = zip(FRIENDS, cycle((links[0], links[1], links[0], links[2])), strict=False)
    for today in FRIENDS_A_DAY:
        yield from (buys_with(place, *friend) for friend in islice(friends, today))
        ask(f"{place.devstore}/_devstore/clock", {"advance": 86_400})


def link_of(advocate: Shopper) -> str:
    bought = advocate.buy(["wool-throw"])
    return str(until(lambda: advocate.share(bought).get("link")))


def buys_with(place: Place, name: str, link: str) -> str:
    friend = Shopper(place, name, f"{name.lower()}@friends.example")
    friend.claim(link, friend.follow(link))
    return friend.buy(list(PAIR) if len(name) % 2 else ["oak-serving-board"])


def phones(browser: Browser, place: Place) -> dict[str, list[bytes]]:
    """The thank-you page's panel and what the friend sees; an advocate's own page, their card, and a friend who reads Arabic."""
    page = visitor(browser)
    page.goto(magic_link(page, place))
    page.get_by_role("button").click()
    page.get_by_label("Friends may read my first name").check()
    page.locator("form[action$=wishes] button").click()
    page.get_by_role("button", name="Make my card").click()
    card, link = (page.get_by_label(label, exact=True).input_value() for label in ("Address of your card", "Your link"))
    page.evaluate("scrollTo(0, 0)")
    mine = shot(page)
    return {"phones": [thanks(browser, place), opened(browser, link)],
            "mine": [mine, opened(browser, card), opened(browser, link.replace("/apps/", "/ar/apps/"), "ar")]}


def thanks(browser: Browser, place: Place) -> bytes:
    page = visitor(browser)
    page.goto(f"{place.shop('north')}/products/oak-serving-board")
    page.locator("[data-buy-now]").click()
    for name, text in (("email", "ada@shoppers.example"), ("first_name", "Ada"), ("last_name", "Example"), ("address1", "9 Mill Lane"),
                       ("zip", "LS1 4AP"), ("city", "Leeds")):
        page.fill(f"[name={name}]", text)
    page.locator("button[value=pay]").click()
    share = ".extension iframe[title=tandem-share]"
    page.frame_locator(share).locator("s-clipboard-item").wait_for(state="attached")
    page.locator(share).evaluate("one => one.scrollIntoView({ block: 'start' })")
    return shot(page)


def opened(browser: Browser, address: str, locale: str = "en-GB") -> bytes:
    page = visitor(browser, locale)
    page.goto(address)
    return shot(page)


def visitor(browser: Browser, locale: str = "en-GB") -> Page:
    """Somebody new with a phone."""
    return browser.new_context(viewport=PHONE, locale=locale, device_scale_factor=2).new_page()


def magic_link(page: Page, place: Place) -> str:
    """To Alice's own page, by mail."""
    page.goto(place.shop("north"))
    page.locator("tandem-share [type=email]").fill(ALICE)
    page.locator("tandem-share form button").click()
    mails = until(lambda: [one["text"] for one in ask(f"{place.devstore}/_devstore/mail")["mail"] if "/me/" in one["text"]])
    return str(re.findall(r"https?://\S+/me/\S+", mails[-1])[0])


def shot(page: Page) -> bytes:
    page.wait_for_timeout(900)
    return page.screenshot()


def desk(browser: Browser, place: Place, path: str, ready: str) -> bytes:
    """A page of the app, without the admin around it."""
    token = Merchant(place).token()
    context = browser.new_context(viewport=DESK, locale="en-GB", extra_http_headers={"Authorization": f"Bearer {token}"})
    context.route("**/shopifycloud/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{place.app}{path}")
    page.get_by_text(ready).first.wait_for()
    return shot(page)


def save(browser: Browser, name: str, pictures: list[bytes]) -> None:
    """One picture, or several side by side, as WebP: the browser can write it, so no library is needed."""
    page = browser.new_page()
    told = page.evaluate(COMPOSE, [[base64.b64encode(one).decode() for one in pictures], WIDEST])
    (FOLDER / f"{name}.webp").write_bytes(base64.b64decode(told))
    page.close()


def offers(browser: Browser, place: Place) -> dict[str, list[bytes]]:
    """The builder, and on phones what shoppers see of three offers: a product's page, a choice, the cart with its goal."""
    merchant = Merchant(place)
    products = {one["handle"]: one["id"] for one in ask(f"{place.devstore}/_devstore/products?shop=north")["products"]}
    builder = desk(browser, place, "/app/offers/new/kit?idea=1", "In words")
    for offer in OFFERS:
        goods = {name: [f"p:{products[one]}" for one in value] if isinstance(value, tuple) else value for name, value in offer.items()}
        merchant.send("/app/offers?publish=1", {"count_a": "1", "count_b": "1", "outcome": "basket", "scope": "all", "who": "any",
                                                "pick": "cheapest", "priority": "0", "combines": ["order", "shipping"], **goods})
    until(lambda: "On the way to Shopify" not in merchant.open("/app/offers"))
    page = visitor(browser)
    seen = []
    for path in ("/products/brass-pen", "/products/enamel-mug"):
        page.goto(f"{place.shop('north')}{path}")
        if page.get_by_role("button", name="Decline").is_visible():
            page.get_by_role("button", name="Decline").click()
        page.locator("tandem-offer").first.evaluate("one => one.scrollIntoView({ block: 'center' })")
        seen.append(shot(page))
    page.goto(f"{place.shop('north')}/products/brass-pen")
    page.locator("tandem-offer [data-part=add]").first.click()
    page.locator("tandem-offer [data-part=cart]").first.wait_for()
    page.goto(f"{place.shop('north')}/cart")
    return {"builder": [builder], "offers": [*seen, shot(page)]}


def afterwards(browser: Browser, place: Place) -> dict[str, list[bytes]]:
    """On phones the page after payment, and the order that one press has added to."""
    merchant = Merchant(place)
    merchant.browser.post("/store/north/settings/checkout/post-purchase", data={"app": "tandem-afterwards"})
    page = visitor(browser)
    page.goto(f"{place.shop('north')}/products/brass-pen")
    page.locator("[data-buy-now]").click()
    page.locator("[data-demo]").click()
    page.locator("button[value=pay]").click()
    frame = page.locator("iframe[title=tandem-afterwards]")
    accept = page.frame_locator("iframe[title=tandem-afterwards]").get_by_role("button").first
    accept.wait_for()
    frame.evaluate("one => one.scrollIntoView({ block: 'start' })")
    seen = shot(page)
    accept.click()
    page.wait_for_url("**/thank-you")
    return {"afterwards": [seen, shot(page)]}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, launched(Path(folder) / "demo") as (place, _crew), sync_playwright() as playwright:
        programme, order = play(place)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, pictures in (phones(browser, place) | offers(browser, place) | afterwards(browser, place)).items():
            save(browser, name, pictures)
        for name, path, ready in (("home", "/app", "7 days"), ("planner", "/app/planner", "Built on"),
                                  ("order", f"/app/referrals/{order}", "What became of this order"),
                                  ("programme", f"/app/programmes/{programme}", "Preview"), ("referrals", "/app/referrals", "Narrow down")):
            save(browser, name, [desk(browser, place, path, ready)])
        browser.close()


if __name__ == "__main__":
    main()

"""Pictures of the demo for README and docs/tour.md: ``.venv/bin/python -m scripts.take_pictures`` (by hand; wants a Chromium).

It launches its own demo, plays what the pictures show, and writes WebP files into docs/pictures/.
"""

import base64
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from devstore.demo.cast import Merchant, Shopper
from devstore.demo.launch import Place, launched
from devstore.demo.story import PAIR, PROGRAMME, id_after
from devstore.demo.web import Unexpected, ask

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
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


def until(look: Callable[[], object]) -> object:
    """Wait for what the workers do. Raises Unexpected after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.3)
    raise Unexpected("the demo did not get there in a minute")


def play(place: Place) -> tuple[str, str, str]:
    """A programme, a pair, and a friend who bought. Returns the programme, the link and the friend's order."""
    merchant = Merchant(place)
    merchant.install()
    merchant.open()
    programme = id_after("/programmes/", merchant.send("/app/programmes", PROGRAMME))
    merchant.send(f"/app/programmes/{programme}/publication", {})
    products = {one["handle"]: one["id"] for one in ask(f"{place.devstore}/_devstore/products?shop=north")["products"]}
    until(lambda: accepted(merchant, {"first": products[PAIR[0]], "second": products[PAIR[1]], "percent": "15"}))
    merchant.send("/app/guide/dismissal", {})
    merchant.send("/app/planner", {"hours": "10", "hour_cost": "25", "fees": "44", "margin": "20", "reward": "7", "discount": "5"})
    alice, bob = (Shopper(place, name, f"{name.lower()}@shoppers.example") for name in ("Alice", "Bob"))
    bought = alice.buy(["wool-throw"])
    link = str(until(lambda: alice.share(bought).get("link")))
    bob.claim(link, bob.follow(link))
    order = bob.buy(list(PAIR))
    alice.log_in()
    until(lambda: alice.rewards()["rewards"])
    return programme, link, order


def accepted(merchant: Merchant, pair: dict[str, str]) -> bool:
    """As soon as the products are mirrored."""
    try:
        return merchant.send("/app/pairs", pair).is_success
    except Unexpected:
        return False


def phones(browser: Browser, place: Place, link: str) -> list[bytes]:
    """The thank-you page's panel, and what the friend sees."""
    page = browser.new_context(viewport=PHONE, locale="en-GB", device_scale_factor=2).new_page()
    page.goto(f"{place.shop('north')}/products/oak-serving-board")
    page.locator("[data-buy-now]").click()
    for name, text in (("email", "ada@shoppers.example"), ("first_name", "Ada"), ("last_name", "Example"), ("address1", "9 Mill Lane"),
                       ("zip", "LS1 4AP"), ("city", "Leeds")):
        page.fill(f"[name={name}]", text)
    page.locator("button[value=pay]").click()
    page.frame_locator(".extension iframe").first.locator("s-clipboard-item").wait_for(state="attached")
    page.locator(".extension").first.evaluate("one => one.scrollIntoView({ block: 'start' })")
    thanks = shot(page)
    page.goto(link)
    return [thanks, shot(page)]


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


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, launched(Path(folder) / "demo") as (place, _crew), sync_playwright() as playwright:
        programme, link, order = play(place)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        save(browser, "phones", phones(browser, place, link))
        for name, path, ready in (("home", "/app", "7 days"), ("planner", "/app/planner", "Built on"),
                                  ("order", f"/app/referrals/{order}", "What became of this order"),
                                  ("programme", f"/app/programmes/{programme}", "Preview")):
            save(browser, name, [desk(browser, place, path, ready)])
        browser.close()


if __name__ == "__main__":
    main()

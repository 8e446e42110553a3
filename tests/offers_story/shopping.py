"""What a shopper does with an offer: meets it on its page, takes it, pays. Everything by what the pages show."""

import re
from collections.abc import Callable
from itertools import count

from playwright.sync_api import Locator, Page, expect

from tests.offers_story.conftest import Example, pence
from tests.walk.conftest import Stage
from tests.walk.steps import pay, to_checkout

_NUMBERS = count(1)
ADD = """async (items) => {
  const ids = await Promise.all(items.map(([, handle]) => fetch(`/products/${handle}.js`).then((told) => told.json())));
  const body = JSON.stringify({ items: items.map(([quantity], at) => ({ id: ids[at].variants[0].id, quantity })) });
  await fetch('/cart/add.js', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}"""


def handle(title: str) -> str:
    return title.lower().replace(" ", "-")


def box(page: Page) -> Locator:
    """The offer's own; the goal in the cart may hold another."""
    return page.locator("tandem-offer").filter(has=page.locator("script")).first


def shown(text: str) -> int:
    """What a box says it costs together: the first amount of its sentence."""
    found = re.search(r"[£¥][\d,.]*\d", text)
    assert found is not None, text
    return pence(found[0])


def choose(offer: Locator, example: Example) -> None:
    """Where there is a choice, what the preview chose."""
    for number, title in example.goods:
        more = offer.get_by_role("button", name=f"One more of {title}")
        for _ in range(number if more.count() else 0):
            more.click()


def take(page: Page, example: Example) -> int:
    """One tap on the product's page. Returns what the box says it costs."""
    offer = box(page)
    expect(offer).to_be_visible()
    choose(offer, example)
    step = offer.locator(f"[data-least='{example.goods[0][0]}']")
    asked = step if step.count() else offer
    total = asked.locator("[data-part=total]")
    expect(total).to_have_text(re.compile(r"\d"))
    price = shown(total.inner_text())
    (step.get_by_role("button") if step.count() else offer.locator("[data-part=add]")).click()
    expect(offer.get_by_text("It is in your cart.")).to_be_visible()
    return price


def fill_cart(page: Page, goods: list[tuple[int, str]]) -> None:
    """As any theme's button does, without a word of ours."""
    page.evaluate(ADD, [[number, handle(title)] for number, title in goods])


def buy(page: Page, stage: Stage, shop: str = "north", meet: Callable[[Page], None] | None = None) -> dict[str, object]:
    """From the cart to the order. ``meet``: what is looked at on the way."""
    to_checkout(page, stage, shop)
    if meet is not None:
        meet(page)
    email = f"shopper{next(_NUMBERS)}@offers.example"
    pay(page, email)
    return stage.last_order(shop, email)


def cart_total(page: Page) -> int:
    """What the shop's cart says, in hundredths whatever the currency."""
    return int(page.evaluate("fetch('/cart.js').then((told) => told.json()).then((cart) => cart.total_price)"))


def goods_paid(order: dict[str, object]) -> int:
    """What the goods of an order cost, without shipping."""
    return int(str(order["subtotal"]))


def goods_paid_there(stage: Stage, order: dict[str, object]) -> int:
    """The same in the currency that the buyer saw; of one without decimals, as its payload has it."""
    lines = stage.control(f"orders/{order['id']}/payload")["line_items"]
    return sum(int(line["price_set"]["presentment_money"]["amount"]) * line["quantity"]
               - sum(int(part["amount_set"]["presentment_money"]["amount"]) for part in line["discount_allocations"]) for line in lines)

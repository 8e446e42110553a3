"""Before the first order: a shop with the file's products and customers, the app installed, a programme published."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from devstore.demo.cast import Merchant
from devstore.demo.launch import Place
from devstore.demo.replaying import people
from devstore.demo.replaying.recomputed import Recomputed
from devstore.demo.replaying.steps import Good, Plan
from devstore.demo.story import PROGRAMME, id_after
from devstore.demo.web import Unexpected, ask

SHOP = "retail"
DOMAIN = f"{SHOP}.myshopify.com"
AT_ONCE = 200
PATIENCE = 600.0
STOCK = 1_000_000_000
"""More than the file asks for, and not counted: nobody reads the shelf, and every line would be one webhook more."""
BEFORE = timedelta(days=1)
Told = TypeVar("Told")


def set_clock(place: Place, at: datetime) -> None:
    """Business time for everybody who reads the clock file; it then runs on as the machine's does."""
    ask(f"{place.devstore}/_devstore/clock", {"offset": at.timestamp() - time.time()})


def set_out(place: Place, books: Recomputed, plan: Plan) -> dict[Good, int]:
    """Returns the variant of each good. Everything is done the day before the first order."""
    set_clock(place, plan.steps[0].at - BEFORE)
    # The file's postage is a line like any other, so the shop adds none of its own.
    ask(f"{place.devstore}/_devstore/shops", {"handle": SHOP, "name": "Online Retail", "currency": "GBP", "shipping": 0})
    variants = dict(_products(place, plan))
    for number, country in plan.customers.items():
        ask(f"{place.devstore}/_devstore/customers", {"shop": SHOP, "email": people.email(number), **people.address(number, country)})
    merchant = Merchant(place, SHOP)
    merchant.install()
    merchant.open()
    made = merchant.send("/app/programmes", PROGRAMME)
    merchant.send(f"/app/programmes/{id_after('/programmes/', made)}/publication", {})
    until("the products are mirrored", lambda: _mirrored(books, len(plan.prices)))
    until("there are friend codes", lambda: bool(books.rows("select 1 from codes where shop_id = :shop and state = 'ready' limit 1")))
    return variants


def _products(place: Place, plan: Plan) -> Iterator[tuple[Good, int]]:
    """One product for each stock code, one variant for each price."""
    for part in chunks(sorted(plan.prices)):
        asked = {"shop": SHOP, "products": [_product(stock, plan.titles[stock], plan.prices[stock]) for stock in part]}
        for stock, made in zip(part, ask(f"{place.devstore}/_devstore/products", asked)["products"], strict=True):
            for variant in made["variants"]:
                yield (stock, int(variant["price"])), int(variant["id"])


def _product(stock: str, title: str, prices: Sequence[int]) -> dict[str, Any]:
    variants = [{"variant": f"£{pence / 100:.2f}", "price": pence, "sku": stock, "stock": STOCK, "tracked": False} for pence in prices]
    if len(variants) == 1:
        variants[0].pop("variant")
    return {"title": title.capitalize(), "handle": f"stock-{stock}", "variants": variants}


def chunks(things: Sequence[Told], size: int = AT_ONCE) -> Iterator[Sequence[Told]]:
    return (things[start:start + size] for start in range(0, len(things), size))


def _mirrored(books: Recomputed, products: int) -> bool:
    return bool(books.rows("select count(*) from products where shop_id = :shop")[0][0] >= products)


def until(what: str, look: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait for what workers do. Raises Unexpected when it does not come."""
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            raise Unexpected(f"waited {seconds:.0f} s for: {what}")
        time.sleep(0.2)

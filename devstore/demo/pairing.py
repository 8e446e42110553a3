"""Two products paired by the admin's quick road, from the form to the store's page."""

from devstore.demo.cast import Merchant
from devstore.demo.stage import id_after
from devstore.demo.web import Browser, Unexpected, ask

PAIR = ("stoneware-vase", "beeswax-candle")
PERCENT = "15"


def pair(merchant: Merchant) -> str | None:
    """Send the form. Returns the id of the offer that it made; None while the app does not know both products yet."""
    products = {one["handle"]: one["id"] for one in ask(f"{merchant.place.devstore}/_devstore/products?shop={merchant.shop}")["products"]}
    try:
        answer = merchant.send("/app/pairs", {"first": products[PAIR[0]], "second": products[PAIR[1]], "percent": PERCENT})
    except Unexpected:
        return None
    return id_after("/offers/", answer)


def is_shown(merchant: Merchant) -> bool:
    """Does the first product's page offer both? It does once Shopify carries the offer."""
    return "<tandem-offer" in Browser(merchant.place.shop(merchant.shop)).get(f"/products/{PAIR[0]}").text

"""The pair block, drawn by Liquid alone: from the app's metafield and Shopify's own products, or not at all."""

import json
import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from devstore.state.shops import Metafield, Shop
from devstore.state.store import Store

NOW = datetime(2026, 11, 2, tzinfo=UTC)
OWNER = "gid://shopify/AppInstallation/1"


def place(shop: Shop, product: str, *choices: tuple[str, int, int]) -> None:
    """As the app tells it: beside this product, these."""
    number = shop.handles[product]
    key = f"pairs_{number % 10}"
    home = shop.metafields.setdefault(OWNER, {})
    known = json.loads(home[f"tandem.{key}"].value) if f"tandem.{key}" in home else {}
    value = json.dumps({**known, str(number): choices})
    home[f"tandem.{key}"] = Metafield(1, OWNER, "tandem", key, "json", value, NOW, NOW)


def block(visitor: FlaskClient, path: str) -> str:
    """The block's words, "" where nothing is drawn."""
    found = re.search(r"<tandem-pair.*?</tandem-pair>", visitor.get(path).text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_a_pair_is_drawn_with_true_prices(visitor: FlaskClient, north: Shop) -> None:
    place(north, "stoneware-vase", ("beeswax-candle", 1500, 1))
    said = block(visitor, "/products/stoneware-vase")
    assert "Take both and get 15% off Beeswax candle." in said
    assert "Together £52.20, you save £1.80." in said and "Instead of £12.00" in said and "Now £10.20" in said


def test_from_the_other_side_it_is_the_same_pair(visitor: FlaskClient, north: Shop) -> None:
    place(north, "beeswax-candle", ("stoneware-vase", 1500, 0))
    assert "Together £52.20, you save £1.80." in block(visitor, "/products/beeswax-candle")


@pytest.mark.parametrize("path", ["/products/enamel-mug", "/", "/collections/all"])
def test_a_page_without_a_pair_draws_nothing(visitor: FlaskClient, north: Shop, path: str) -> None:
    place(north, "stoneware-vase", ("beeswax-candle", 1500, 1))
    html = visitor.get(path).text
    assert "tandem-pair" not in html.replace(".tandem-pair", "").replace("<style>", "")


def test_what_cannot_be_bought_is_passed_over(visitor: FlaskClient, north: Shop) -> None:
    place(north, "stoneware-vase", ("beeswax-candle", 1500, 1), ("nowhere", 1500, 1), ("wool-throw", 1000, 1))
    for variant in north.products[north.handles["beeswax-candle"]].variants:
        variant.stock = 0
    assert "10% off Wool throw" in block(visitor, "/products/stoneware-vase")
    for variant in north.products[north.handles["stoneware-vase"]].variants:
        variant.stock = 0
    assert block(visitor, "/products/stoneware-vase") == ""


@pytest.mark.parametrize(("rate", "said"), [(1250, "12.5%"), (1225, "12.25%"), (100, "1%"), (9000, "90%")])
def test_rates_are_written_plainly(visitor: FlaskClient, north: Shop, rate: int, said: str) -> None:
    place(north, "stoneware-vase", ("beeswax-candle", rate, 1))
    assert f"get {said} off" in block(visitor, "/products/stoneware-vase")
    assert f"{said[:-1].replace('.', ',')} % Rabatt" in block(visitor, "/de/products/stoneware-vase")


def test_prices_are_in_the_shoppers_currency(visitor: FlaskClient, north: Shop) -> None:
    place(north, "stoneware-vase", ("beeswax-candle", 1500, 1))
    visitor.post("/localization", data={"currency_code": "EUR", "return_to": "/"})
    assert "€" in block(visitor, "/products/stoneware-vase") and "£" not in block(visitor, "/products/stoneware-vase")


def test_without_a_script_the_form_adds_both(visitor: FlaskClient, north: Shop) -> None:
    place(north, "stoneware-vase", ("beeswax-candle", 1500, 1))
    html = visitor.get("/products/stoneware-vase").text
    form = re.search(r"<tandem-pair.*?</tandem-pair>", html, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(items[^"]+)" value="(\d+)"', form[0]))
    answer = visitor.post("/cart/add", data=fields)
    assert answer.status_code == 303
    cart = visitor.get("/cart.js").get_json()
    assert [line["variant_id"] for line in cart["items"]] == [int(fields["items[0][id]"]), int(fields["items[1][id]"])]


def test_words_and_colours_of_the_merchant(visitor: FlaskClient, store: Store, north: Shop) -> None:
    place(north, "stoneware-vase", ("beeswax-candle", 1500, 1))
    north.block_settings["pair"] = {"heading": "<b>Made for each other", "background": "#ffeecc", "padding": "8", "border": "false"}
    html = visitor.get("/products/stoneware-vase").text
    assert "&lt;b&gt;Made for each other" in html and "background: #ffeecc" in html and "padding: 8px" in html
    assert "border-color: transparent" in html


def test_the_metafield_goes_with_the_app(visitor: FlaskClient, admin: FlaskClient, north: Shop) -> None:
    place(north, "stoneware-vase", ("beeswax-candle", 1500, 1))
    admin.post("/store/north/apps/tandem/uninstall")
    admin.post("/store/north/apps/tandem/install")
    assert block(visitor, "/products/stoneware-vase") == ""

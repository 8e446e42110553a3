"""Ids of Shopify."""

import pytest

from plugin.errors import Refused
from plugin.shopify import gid


def test_there_and_back() -> None:
    assert gid.make("Order", "820982911946154508") == "gid://shopify/Order/820982911946154508"
    assert gid.digits("gid://shopify/Order/820982911946154508") == "820982911946154508"
    assert gid.digits("820982911946154508") == "820982911946154508"
    assert gid.digits(820982911946154508) == "820982911946154508"
    assert gid.digits("gid://shopify/InventoryLevel/1?inventory_item_id=2") == "1"
    assert gid.digits("gid://shopify/Order/5", "Order") == "5"


@pytest.mark.parametrize("text", [
    "", "gid://shopify/Order/", "gid://shopify/Order/5 ", "gid://shopify/Order/5\n", "gid://evil/Order/5", "gid://shopify//5", "-5", "5.0",
    "٥", None, True, 5.0, ["5"],
    "gid://shopify/Order/" + "9" * 40, "9" * 40])
def test_junk(text: object) -> None:
    with pytest.raises(Refused):
        gid.digits(text)


def test_kinds() -> None:
    with pytest.raises(Refused):
        gid.digits("gid://shopify/Customer/5", "Order")
    with pytest.raises(Refused):
        gid.make("Order", "5?x")

"""One offer of each kind, as a merchant fills in the form, and the page on which a shopper meets it."""

from collections.abc import Mapping
from dataclasses import dataclass

MUG, TOWEL, BOARD, CANDLE, THROW, VASE, BOOK, PEN = ("enamel-mug", "linen-tea-towel", "oak-serving-board", "beeswax-candle",
                                                     "wool-throw", "stoneware-vase", "pocket-notebook", "brass-pen")


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    typed: Mapping[str, object]
    page: str


CASES = (
    Case("kit", "kit", {"goods_a": (VASE,), "goods_b": (CANDLE,), "count_b": "2", "value": "15"}, f"/products/{VASE}"),
    Case("kit-price", "kit", {"goods_a": (BOARD,), "goods_b": (TOWEL,), "worth": "price", "value": "39.99"}, f"/products/{BOARD}"),
    Case("mix", "mix", {"goods_a": (MUG, TOWEL, CANDLE), "count_a": "3", "worth": "price", "value": "30.00"}, f"/products/{MUG}"),
    Case("tiers", "tiers", {"goods_a": (BOOK,), "least_a": "3", "value_a": "7.5", "least_b": "6", "value_b": "15"}, f"/products/{BOOK}"),
    Case("percent", "buy_get", {"goods_a": (VASE,), "goods_b": (CANDLE,), "worth": "percent", "value": "33.33"}, f"/products/{VASE}"),
    Case("fixed", "buy_get", {"goods_a": (BOARD,), "goods_b": (TOWEL,), "worth": "amount", "value": "2.75"}, f"/products/{BOARD}"),
    Case("free", "buy_get", {"goods_a": (MUG,), "count_a": "2", "goods_b": (MUG,), "worth": "free"}, f"/products/{MUG}"),
    Case("cheapest", "buy_get", {"goods_a": (PEN, BOOK), "count_a": "2", "goods_b": (PEN, BOOK), "worth": "free", "limit": "2"},
         f"/products/{PEN}"),
    Case("together", "together", {"goods_a": (VASE,), "goods_b": (CANDLE,), "goods_c": (THROW,), "value": "7"}, f"/products/{VASE}"),
    Case("upgrade", "upgrade", {"goods_a": (THROW,), "goods_b": (BOARD,), "value": "12"}, f"/products/{BOARD}"),
    Case("complete", "complete", {"goods_a": (PEN,), "goods_b": (BOOK,), "worth": "amount", "value": "3"}, "/cart"),
    Case("gift", "gift", {"goods_a": (BOOK,), "least_amount": "40"}, "/cart"),
    Case("shipping", "shipping", {"least_amount": "50"}, "/cart"),
    Case("basket", "basket", {"least_amount": "80", "value": "5"}, "/cart"),
    Case("welcome", "welcome", {"goods_a": (VASE,), "goods_b": (CANDLE,), "value": "10"}, f"/products/{VASE}"),
)

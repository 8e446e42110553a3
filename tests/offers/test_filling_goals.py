"""What counts towards a goal, and whether goods that are bought by subscription are meant: typed, kept, worked out, shown."""

from dataclasses import replace
from typing import Any

import pytest

from plugin.offers.rules.cart import Context
from plugin.offers.rules.compiled import SUBSCRIPTION
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import RECURRING, SLOTS, Values, read, suggested
from plugin.offers.rules.model import EVERYTHING, Goods, Kind, Offer
from plugin.offers.rules.placing import placed
from plugin.offers.rules.specs import Shelf
from tests.offers.cast import line
from tests.offers.said import NOW

TEA, CUP = 1, 2


def typed(kind: Kind, **more: Any) -> Values:  # noqa: ANN401
    places = {f"goods_{letter}": [f"p:{TEA + at}"] for at, letter in enumerate("ab") if letter in SLOTS[kind]}
    return {**suggested(kind, "Less"), **(places if kind != "welcome" else {}), **more}


def offer(kind: Kind, **more: Any) -> Offer:  # noqa: ANN401
    told = read(typed(kind, **more), kind, "GBP")
    assert not told.faults and told.offer is not None
    return replace(told.offer, number=1)


def off(wish: Offer, *lines: Any) -> int:  # noqa: ANN401 - lines of a cart
    made = compile_offers([wish], Shop("GBP", NOW, tags={"Blue": frozenset({"2"})}))
    return evaluate(made, lines, Context("GBP", marks=frozenset({5}))).total


def test_only_what_is_chosen_counts_however_it_is_bought() -> None:
    wish = offer("basket", least_amount="20", goods_goal=[f"p:{TEA}", "t:Blue", "v:Kiln", "c:77"], value="10")
    assert wish.basket.goods == Goods(products=frozenset({"1"}), tags=frozenset({"Blue"}), vendors=frozenset({"Kiln"}),
                                      collections=frozenset({"77"}), subscriptions=True)
    assert filled(wish)["goods_goal"] == ["p:1", "c:77", "t:Blue", "v:Kiln"]
    plain = offer("basket", least_amount="20", goods_goal=[f"p:{TEA}"], value="10")
    assert off(plain, line(TEA, 1000), line(CUP, 9000)) == 0
    assert off(plain, line(TEA, 1000, 2), line(CUP, 9000)) == 1100
    assert off(plain, line(TEA, 1000, 2, marks=SUBSCRIPTION)) == 200


def test_the_shop_s_pages_are_told_the_same() -> None:
    wish = offer("shipping", least_quantity="2", goods_goal=[f"p:{TEA}", "t:Blue"])
    spec = placed([wish], Shelf({"1": "tea"}))["offers"]["offers"]["1"]
    assert spec["needs"]["basket"] == {"products": [1], "tags": ["Blue"]}


def test_nothing_chosen_is_everything() -> None:
    for chosen in ([], ["everything"], ["everything", f"p:{TEA}"]):
        assert offer("shipping", least_amount="5", goods_goal=chosen).basket.goods == EVERYTHING
    assert filled(offer("shipping", least_amount="5"))["goods_goal"] == []


@pytest.mark.parametrize(("chosen", "more", "key"), [
    (["p:1"], {}, "no_goal"), (["x:10"], {"least_amount": "5"}, "choice"), (["p:one"], {"least_amount": "5"}, "id"),
    ([f"p:{at}" for at in range(251)], {"least_amount": "5"}, "too_many_products")])
def test_what_cannot_be_is_said_there(chosen: list[str], more: dict[str, str], key: str) -> None:
    told = read(typed("shipping", goods_goal=chosen, **more), "shipping", "GBP")
    assert {name: fault.key for name, fault in told.faults.items()} == {"goods_goal": key}


@pytest.mark.parametrize("kind", sorted(RECURRING))
def test_subscriptions_count_if_the_merchant_says_so(kind: Kind) -> None:
    chosen = {"goods_a": [f"p:{TEA}"], "goods_b": [f"p:{CUP}"]} if kind == "welcome" else {}
    gain = {} if kind == "buy_get" else {"value": "10"}
    for told in ("", "yes"):
        wish = offer(kind, **chosen, **gain, subscriptions=told)
        assert filled(wish)["subscriptions"] == told
        once = [line(TEA, 1000, 6, chosen=1), line(CUP, 1000, 6, chosen=1)]
        again = [replace(one, marks=SUBSCRIPTION) for one in once]
        assert (off(wish, *once) > 0, off(wish, *again) > 0) == (True, told == "yes")


def test_the_whole_order_has_no_such_choice() -> None:
    assert off(offer("basket", value="10"), line(TEA, 1000, marks=SUBSCRIPTION)) == 100
    assert filled(offer("basket", value="10"))["subscriptions"] == ""

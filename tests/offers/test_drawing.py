"""What stands beside a page: the merchant's pins, then the orders; steady; each set a rule of its own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from plugin.offers.rules import drawing
from plugin.offers.rules.checks import faults
from plugin.offers.rules.compiled import CAPPED, HELD_OUT
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.drawing import Found
from plugin.offers.rules.model import EVERYTHING, OF_SETS, Audience, Benefit, Cap, Goods, Offer, Part
from plugin.offers.rules.plain import dump, load

OFFER = Offer(UUID(int=1), 7, "together", "Goes along", goods=EVERYTHING, drawn=2, whole=Benefit("percent", 1000))
PINNED, MET, ALIKE, SELLS = "recommendations.pinned", "recommendations.together_all", "recommendations.alike", "recommendations.popular"


@pytest.mark.parametrize(("found", "before", "wanted"), [
    ([("a", MET, 100), ("b", MET, 90), ("c", MET, 80)], (), "ab"),
    ([("a", MET, 100), ("b", MET, 99)], ("b", "a"), "ab"),
    ([("a", MET, 124), ("b", MET, 110), ("c", MET, 100)], ("c",), "ca"),
    ([("a", MET, 126), ("b", MET, 126), ("c", MET, 100)], ("c",), "ab"),
    ([("a", MET, 125), ("c", MET, 100)], ("c",), "ca"),
    ([("a", PINNED, 0), ("b", PINNED, 0), ("c", MET, 999)], ("b", "c"), "ab"),
    ([("a", MET, 1), ("b", ALIKE, 900), ("c", SELLS, 0)], ("c", "b"), "ab"),
    ([("a", SELLS, 0), ("b", SELLS, 0), ("c", SELLS, 0)], ("c",), "ca"),
    ([("a", MET, 5)], ("b", "c"), "a"), ([], ("b",), "")], ids=str)
def test_what_stands_there_gives_way_to_what_is_closer_by_a_quarter(
        found: Sequence[tuple[str, str, int]], before: Sequence[str], wanted: str) -> None:
    assert drawing.steady([Found(*one) for one in found], before, 2) == tuple(wanted)


@pytest.mark.parametrize(("before", "wanted"), [((), ["3", "2"]), (("1",), ["1", "3"]), (("9",), ["3", "2"])], ids=str)
def test_pages_are_those_that_sell_best_and_stay_a_while(before: Sequence[str], wanted: list[str]) -> None:
    assert drawing.pages({"1": 90, "2": 100, "3": 110, "4": 0}, before, 2) == wanted


def test_each_different_set_is_an_offer_by_itself() -> None:
    made = drawing.sets(OFFER, {"1": ("2", "3"), "2": ("1", "3"), "4": ("5",), "6": ()})
    assert [(one.number, [sorted(part.goods.products) for part in one.parts], one.drawn) for one in made] == [
        (7 + OF_SETS, [["1"], ["2"], ["3"]], 0), (7 + 2 * OF_SETS, [["4"], ["5"]], 0)]
    assert all(list(faults(replace(one, number=7), "EUR")) == [] for one in made)
    assert drawing.sets(replace(OFFER, whole=None), {"1": ("2",)}) == []
    assert len(drawing.sets(OFFER, {str(one): (str(1000 + one),) for one in range(1, 90)})) == drawing.MOST_SETS


def test_the_sets_of_a_full_configuration_fit() -> None:
    """All that may be drawn, beside one offer more: rules, sets and instructions."""
    sets = drawing.sets(OFFER, {str(one): (str(one + 1), str(one + 2)) for one in range(7_410_000_000_000, 7_410_000_000_024)})
    other = Offer(UUID(int=2), 3, "kit", "Kit", parts=(Part(Goods(products=frozenset({"5"})), 2),), whole=Benefit("percent", 500))
    assert len(compile_offers([other, *sets], Shop("EUR", datetime(2026, 11, 2))).rules) == 25  # noqa: DTZ001 - a shop's wall clock


def test_who_had_it_often_enough_is_told_by_the_offers_own_number() -> None:
    asked = replace(OFFER, audience=Audience(cap=Cap(1, 30), holdout_bp=1000))
    made = compile_offers(drawing.sets(asked, {"1": ("2",)}), Shop("EUR", datetime(2026, 11, 2)))  # noqa: DTZ001
    assert made.rules[0].needs.bars == (CAPPED + 7, HELD_OUT + 7)


def test_only_pages_whose_set_is_carried_show_it() -> None:
    drawn = {"1": ("2",), "2": ("1",), "3": ("4",)}
    assert drawing.carried(drawn, {frozenset({"1", "2"})}) == {"1": ("2",), "2": ("1",)}
    assert drawing.unchanged({"1": ["2"], "3": ["5"]}, drawn) == {"1": ("2",)}


@pytest.mark.parametrize(("more", "at"), [
    ({"drawn": 4}, "drawn"), ({"parts": (Part(Goods(products=frozenset({"1"}))),)}, "parts"), ({"whole": Benefit("free")}, "whole"),
    ({"whole": Benefit("percent", 10_000)}, "whole"), ({"limit": 2}, "limit"), ({"code": "TOGETHER"}, "code"), ({"stacks": True}, "stacks"),
    ({"native": True}, "native"), ({"goods": Goods()}, "goods")], ids=str)
def test_an_offer_that_is_drawn_names_no_goods_of_its_own(more: dict[str, object], at: str) -> None:
    assert list(faults(OFFER, "EUR")) == []
    assert [one.at for one in faults(replace(OFFER, **more), "EUR")] == [at]  # type: ignore[arg-type]


def test_it_is_kept_as_it_was_said() -> None:
    assert load(dump(OFFER)) == OFFER and OFFER.recommends is False and replace(OFFER, whole=None).recommends

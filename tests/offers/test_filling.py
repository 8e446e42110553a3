"""What the builder's form says of goods and carts is the offer, and the offer's form says it again."""

import pytest

from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import FIELDS, Values, read, suggested
from plugin.offers.rules.filling_goods import MOST_GOODS, WITHOUT, excluded
from plugin.offers.rules.model import KINDS, Goods, Kind

NOT = ["c:77", "p:9", "t:sale", "x:91"]
GOODS: Values = {f"goods_{letter}": [f"p:{number}"] for number, letter in enumerate("abcd", 1)}


def _form(kind: Kind, **changed: str | list[str]) -> Values:
    first = {"goods_a": ["everything"]} if kind in ("tiers", "mix") else {}
    return suggested(kind, "Ours") | {"least_amount": "20.00", "value": "10", **GOODS, **first, **changed}


@pytest.mark.parametrize("kind", [one for one in KINDS if one != "shipping"])
def test_what_an_offer_is_never_about_stays_so(kind: Kind) -> None:
    """Saving it again loses nothing."""
    told = read(_form(kind, goods_not=NOT), kind, "GBP")
    assert told.offer is not None and told.faults == {}
    offer = told.offer
    about = [*(part.goods for part in offer.parts)] or [offer.goods]
    assert all(sorted(excluded(one)) == NOT for one in about)
    again = filled(offer)
    assert set(again) == set(FIELDS) and sorted(again[WITHOUT]) == NOT and read(again, kind, "GBP").offer == offer


def test_single_variants_are_goods() -> None:
    told = read(_form("tiers", goods_a=["x:5", "x:6"]), "tiers", "GBP").offer
    assert told is not None and told.goods == Goods(variants=frozenset({"5", "6"})) and filled(told)["goods_a"] == ["x:5", "x:6"]


def test_what_the_shopper_added_may_be_what_is_given() -> None:
    told = read(_form("buy_get", pick="chosen"), "buy_get", "GBP").offer
    assert told is not None and told.pick == "chosen" and filled(told)["pick"] == "chosen"


def test_currencies_are_asked_for() -> None:
    told = read(_form("tiers", currencies="eur, USD"), "tiers", "GBP").offer
    assert told is not None and told.audience.currencies == {"EUR", "USD"} and filled(told)["currencies"] == "EUR, USD"


@pytest.mark.parametrize(("changed", "field", "key"), [
    ({"goods_not": ["everything"]}, WITHOUT, "choice"), ({"goods_not": ["v:Kiln"]}, WITHOUT, "choice"),
    ({"goods_not": [f"p:{one}" for one in range(MOST_GOODS + 1)]}, WITHOUT, "too_many_products"),
    ({"currencies": "XXQ"}, "currencies", "currency"), ({"pick": "chosen"}, "pick", "choice"),
    ({"goods_a": ["p:8"], "goods_not": ["p:8"]}, "goods_a", "excluded")],
    ids=["everything", "vendor", "too-many", "no-currency", "not-for-this-kind", "all-of-it"])
def test_what_cannot_be(changed: dict[str, str | list[str]], field: str, key: str) -> None:
    assert {name: fault.key for name, fault in read(_form("mix", **changed), "mix", "GBP").faults.items()} == {field: key}

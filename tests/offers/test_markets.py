"""An offer for markets is one for their countries, whatever becomes of the markets."""

from dataclasses import replace

import pytest

from plugin.offers.rules.markets import Market, empty, located
from plugin.offers.rules.model import Audience, Benefit, Offer
from tests.offers.said import offer

ISLES, ALPS = Market("Isles", frozenset({"GB", "IE"})), Market("Alps", frozenset({"AT", "CH"}))
WORLD, DRAFT, NONE = Market("World", None), Market("Draft", frozenset({"FR"}), usable=False), Market("None", frozenset())
KNOWN = {"1": ISLES, "2": ALPS, "3": WORLD, "4": DRAFT, "5": NONE}


def _offer(markets: str, countries: str = "") -> Offer:
    asked = Audience(markets=frozenset(markets.split()), countries=frozenset(countries.split()))
    return offer("shipping", benefit=Benefit("free"), audience=asked)


@pytest.mark.parametrize(("markets", "countries", "found"), [
    ("", "", ""), ("", "GB", "GB"), ("1", "", "GB IE"), ("1 2", "", "AT CH GB IE"), ("1", "IE FR", "IE"), ("3", "", ""),
    ("1 3", "", ""), ("3", "FR", "FR"), ("1 4", "", "GB IE"), ("1 9", "", "GB IE"), ("2 5", "CH", "CH"),
])
def test_markets_become_their_countries(markets: str, countries: str, found: str) -> None:
    """Of several those count that hold somebody."""
    [placed] = located([_offer(markets, countries)], KNOWN).offers
    assert placed == _offer("", found)


@pytest.mark.parametrize(("markets", "countries", "why", "field"), [
    ("9", "", "market_gone", "audience.markets"), ("4", "", "market_empty", "audience.markets"),
    ("5", "GB", "market_empty", "audience.markets"), ("4 9", "", "market_empty", "audience.markets"),
    ("1", "FR", "market_countries", "audience.countries"), ("1 4", "FR", "market_countries", "audience.countries"),
])
def test_who_could_have_nobody_is_left_out_with_the_reason(markets: str, countries: str, why: str, field: str) -> None:
    there, gone = replace(_offer(""), number=2), _offer(markets, countries)
    found = located([gone, there], KNOWN)
    assert found.offers == (there,)
    [(left, refused)] = found.out
    assert (left, refused.key, refused.facts["field"]) == (gone, f"offers.refused_{why}", field)


@pytest.mark.parametrize(("markets", "countries", "why"), [
    ("", "", None), ("1 2 3", "", None), ("1", "GB", None), ("1 9", "", "market_gone"), ("1 4", "", "market_empty"),
    ("1 5", "", "market_empty"), ("1", "FR", "market_countries"),
])
def test_no_market_is_passed_over_while_the_merchant_can_choose(markets: str, countries: str, why: str | None) -> None:
    fault = empty(_offer(markets, countries), KNOWN)
    assert (fault.key if fault else None) == why

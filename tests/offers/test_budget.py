"""What would be too much work at the checkout is refused when it is switched on, with what to drop."""

from dataclasses import replace
from typing import cast

import pytest

from plugin.errors import Refused
from plugin.offers.rules import budget
from plugin.offers.rules.compiled import TIER, Needs, Rule, Set, Step
from tests.function.load import CHARACTERS, full
from tests.offers.cast import EVERY, percent, shop

HEAVY = ("buy and get", "kits", "mixes", "stacking")


@pytest.mark.parametrize("character", CHARACTERS)
def test_twenty_five_offers_about_their_own_goods_fit(character: str) -> None:
    budget.check(full(character).offers)


@pytest.mark.parametrize("character", HEAVY)
def test_twenty_five_that_reach_for_everything_do_not(character: str) -> None:
    made = full(character, everything=True).offers
    with pytest.raises(Refused) as refused:
        budget.check(made)
    names = cast(list[str], refused.value.facts["names"])
    assert refused.value.key == "offers.refused_too_heavy"
    assert names and names == sorted(names) and set(names) < {rule.title for rule in made.rules}


@pytest.mark.parametrize("character", HEAVY)
def test_without_those_that_were_named_it_fits(character: str) -> None:
    made = full(character, everything=True).offers
    with pytest.raises(Refused) as refused:
        budget.check(made)
    left = tuple(rule for rule in made.rules if rule.title not in cast(list[str], refused.value.facts["names"]))
    budget.check(replace(made, rules=left))


def test_what_an_offer_names_goes_with_it() -> None:
    """Reading four thousand products is most of the work: the offer that names them is enough to pause."""
    many = Set(products=tuple(range(1, 4_001)))
    small = [Rule(at, TIER, f"Small {at}", steps=(Step(1, percent(1000)),)) for at in range(1, 21)]
    large = Rule(21, TIER, "Large", set=1, steps=(Step(1, percent(1000)),), needs=Needs(set=2))
    made = shop([EVERY, many, replace(many, not_products=(1,))], *small, large)
    with pytest.raises(Refused) as refused:
        budget.check(made)
    assert refused.value.facts["names"] == ["Large"]

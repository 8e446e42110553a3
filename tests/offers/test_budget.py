"""What would be too much work at the checkout is refused when it is switched on, with what to drop."""

from dataclasses import replace
from typing import cast

import pytest

from plugin.errors import Refused
from plugin.offers.rules import budget
from tests.function.load import CHARACTERS, full

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

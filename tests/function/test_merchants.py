"""What a merchant says in the builder's form, from the form to the Function: the same number as the engine, for every kind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.filling import read
from plugin.offers.rules.ideas import idea
from plugin.offers.rules.model import KINDS, Kind, Offer
from tests.function.staging import staged
from tests.function.test_parity import compare
from tests.offers.cast import Case
from tests.offers.test_ideas import NOW, known

GOODS = 8


def _offer(kind: Kind, number: int, currency: str) -> Offer:
    values = idea(kind, f"Offer {number}", known(GOODS, currency))
    assert values is not None
    told = read(values, kind, currency)
    assert told.offer is not None and not told.faults
    return Offer(**{name: getattr(told.offer, name) for name in Offer.__slots__} | {"number": number})


@st.composite
def carts(draw: st.DrawFn) -> tuple[Line, ...]:
    """Of the shop's own goods, at the prices that they have; some added from an offer."""
    lines = draw(st.lists(st.tuples(st.integers(1, GOODS), st.integers(1, 6), st.sampled_from([0, 0, 1, 2])), min_size=1, max_size=12,
                          unique_by=lambda one: (one[0], one[2])))
    return tuple(Line(f"{product}-{chosen}", product * 10, product, product * 700, count, 0, chosen) for product, count, chosen in lines)


@pytest.mark.parametrize("currency", ["GBP", "JPY", "KWD"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_worth_the_same_in_both(kind: Kind, currency: str) -> None:
    """Beside a volume discount on everything, which competes for the same goods."""
    shop = Shop(currency, NOW.replace(tzinfo=None))
    made = compile_offers([_offer(kind, 1, currency), _offer("tiers", 2, currency)], shop)

    @settings(max_examples=60)
    @given(carts(), st.sampled_from([None, 499]), st.booleans())
    def same(lines: tuple[Line, ...], shipping: int | None, sent: bool) -> None:
        compare(staged(Case(made, lines, Context(currency, country="GB", shipping=shipping, marks=frozenset({5} if sent else ())))))

    same()

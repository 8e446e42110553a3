"""A code that is the customer's own to give away is refused at the checkout, as far as Shopify lets us: not once it has been applied."""

import itertools
import json
from dataclasses import replace

import pytest

from devstore.pricing.engine import price
from devstore.state.carts import Buyer, Cart, CartLine
from devstore.state.discounts import Discount, Items, RedeemCode, Value
from devstore.state.people import Customer
from plugin.offers.rules.carriers import entered
from plugin.offers.rules.compiled import GROUP, Needs, Rule, Slot
from tests.function.staging import CUSTOMER, NOW, REFUSAL, Stage, keep, staged
from tests.offers.cast import EVERY, Case, line, percent, shop

OWN = "7KQM2XW9CL5V"
WELCOME = Rule(1, GROUP, "Welcome", needs=Needs(clauses=((5,),)), slots=(Slot(0, 1, percent(1000)),))


def _stage(codes: list[str], own: list[str | int], *, applied: frozenset[str] = frozenset()) -> Stage:
    """Codes that begin with 7K prove a friend, unless they are the customer's own."""
    stage = staged(Case(replace(shop([EVERY], WELCOME), codes=(("7K", 5),)), (line(1, 1000),)))
    keep(stage.facts.shop, CUSTOMER, {"marks": own})
    customer = Customer(1, NOW, NOW)
    stage.facts.shop.customers[1] = customer
    return replace(stage, facts=replace(stage.facts, codes=codes, customer=customer, applied=applied))


@pytest.mark.parametrize(("codes", "own", "refused", "off"), [
    ([OWN], [OWN], {OWN}, 0),
    ([OWN.lower()], [121, OWN], {OWN}, 0),
    ([OWN], [121], set(), 100),
    ([OWN], ["7KQM2XW9CL5"], set(), 100),
    ([OWN], [OWN + "W"], set(), 100),
    ([OWN, "7K-OTHER"], [OWN], {OWN}, 100),
    (['"{é'], [OWN], set(), 0),
    ([], [OWN], set(), 0),
    ([OWN, OWN.lower(), "7KAAAAAAAAAA", "7KBBBBBBBBBB"], [OWN, "7KAAAAAAAAAA", "7KBBBBBBBBBB"], {OWN, "7KAAAAAAAAAA"}, 0),
])
def test_own_codes_are_refused_and_prove_nothing(codes: list[str], own: list[str | int], refused: set[str], off: int) -> None:
    """Three at once, at most."""
    given = _stage(codes, own).said()
    assert (set(given.refused), given.lines, given.problems) == ({one.casefold() for one in refused}, [off], [])
    assert bool(entered(codes, [("7K", 5)], own=[one for one in own if isinstance(one, str)])) == bool(off)


def test_the_words_reach_the_customer() -> None:
    [said] = json.loads(_stage([OWN], [OWN]).ran().output)["operations"]
    assert said == {"enteredDiscountCodesReject": {"codes": [{"code": OWN}], "message": REFUSAL}}


def test_what_was_applied_before_stays() -> None:
    assert _stage([OWN], [OWN], applied=frozenset({OWN.casefold()})).said().refused == frozenset()


def test_the_checkout_goes_on_without_the_code() -> None:
    stage = _stage([OWN], [OWN])
    there = stage.facts.shop
    tenth = Discount(8, "code", "basic", "Friends", NOW, NOW, NOW, items=Items(all=True), value=Value(basis_points=1000),)
    there.discounts = {stage.discount.id: stage.discount, tenth.id: tenth}
    tenth.codes[1], there.codes[1], there.code_names[OWN.casefold()] = OWN, RedeemCode(1, OWN, tenth.id, NOW), 1
    [placed] = stage.facts.lines
    cart = Cart("cart", [CartLine(placed.key, placed.variant_id, 1)], codes=[OWN])
    priced = price(there, cart, Buyer(customer_id=1), NOW)
    assert [(one.code, one.applies, one.reason) for one in priced.verdicts] == [(OWN, False, "refused_by_app")]
    assert price(there, cart, None, NOW).codes == [OWN]


FOLDED = [letter for letter in map(chr, (*range(0x80, 0xD800), *range(0xE000, 0x30000)))
          if any(one.isascii() for one in letter.casefold())]
"""Every letter beyond ASCII that full case folding turns into something with one of ASCII in it."""


@pytest.mark.parametrize("around", ["{}", "7K{}", "{}7K", "A{}Z"], ids=["alone", "behind", "before", "between"])
def test_codes_are_one_whatever_their_case_in_unicode(around: str) -> None:
    """Both engines fold alike: the prefixes are what the letters fold to, as far as a prefix may hold it."""
    assert len(FOLDED) == 19
    typed = [around.format(letter) for letter in FOLDED]
    for text in typed:
        start = "".join(itertools.takewhile(str.isascii, text.casefold())).upper()
        stage = staged(Case(replace(shop([EVERY], WELCOME), codes=((start, 5),) if start else ()), (line(1, 1000),)))
        given = replace(stage, facts=replace(stage.facts, codes=[text])).said()
        assert (given.lines, given.problems) == ([100 if start else 0], []), text
        assert bool(entered([text], [(start, 5)] if start else [])) == bool(start)


@pytest.mark.parametrize("typed", ["\u212a7QM2\u017fW9CL5V", "K7QM2\u017fW9CL5V", "K7QM2SW9CL5\u0131"], ids=["both", "long-s", "no-fold"])
def test_an_own_code_in_other_letters_is_the_same(typed: str) -> None:
    own = "K7QM2SW9CL5V"
    assert _stage([typed], [own]).said().refused == (frozenset({typed.casefold()}) if typed.casefold() == own.casefold() else frozenset())

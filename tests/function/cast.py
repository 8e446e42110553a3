"""Larger cases than the engine's own tests make: up to 200 lines and 25 offers, with collections, tags, conditions and marks."""

import random
from dataclasses import replace

from hypothesis import strategies as st

from plugin.offers.rules.cart import CLASSES, Line
from plugin.offers.rules.compiled import Amounts, Compiled, Needs, Rule, Set, packed
from tests.offers.cast import EVERY, Case, groups, others, shop, tiers

COLLECTIONS = (512_345_678_901, 512_345_678_902, 512_345_678_903, 512_345_678_904)
CUSTOMER_TAGS = ("vip", "wholesale")
CODES = (("FRIEND", 5), ("BRAND", 121))
SWITCHES = (202606020000, 202606030000)
MARKS = (1, 2, 5, 121, 122, 123, 10_001, 10_002, 20_001, 20_002)
FIRST = 7_410_000_000_001
FAR = Set(products=(FIRST, *(FIRST + at * 1_000_000_007 for at in range(1, 1_200))))
"""Many goods of which no cart has more than one, so that the configuration has two pages."""
RATES = ("1", "1.0834", "161.27", "0.3071", "0.000001", "0.333333333333333")


@st.composite
def wide_sets(draw: st.DrawFn, products: int) -> Set:
    ids = st.integers(0, products - 1).map(lambda at: FIRST + at * 37)
    marks = draw(st.integers(0, 15)) & draw(st.integers(0, 15))
    return Set(draw(st.integers(0, 5)) == 0, marks, 256 | draw(st.sampled_from([0, 1, 2, 512])),
               tuple(sorted(draw(st.sets(ids, max_size=6)))), tuple(sorted(one * 10 for one in draw(st.sets(ids, max_size=2)))),
               tuple(sorted(draw(st.sets(ids, max_size=1)))), tuple(sorted(one * 10 for one in draw(st.sets(ids, max_size=1)))))


@st.composite
def conditions(draw: st.DrawFn, needs: Needs, sets: int) -> Needs:
    """Most offers ask little, so that something is left to compete."""
    if draw(st.integers(0, 2)):
        return needs
    marks = st.sampled_from(MARKS)
    clauses = tuple(tuple(sorted(one)) for one in draw(st.lists(st.sets(marks, min_size=1, max_size=2), max_size=2)))
    return replace(needs, opens=draw(st.sampled_from([1, 2, 6, 7])), set=draw(st.integers(0, sets - 1)), quantity=draw(st.integers(0, 4)),
                   amounts=Amounts(draw(st.integers(0, 9000)), draw(st.sampled_from([{}, {packed("JPY"): 700}]))),
                   countries=draw(st.sampled_from([(), (packed("DE"), packed("GB"))])),
                   currencies=draw(st.sampled_from([(), (packed("EUR"), packed("KWD"))])),
                   clauses=clauses, bars=tuple(sorted(draw(st.sets(marks, max_size=1)))))


@st.composite
def rules(draw: st.DrawFn, sets: int, most: int) -> tuple[Rule, ...]:
    found: list[Rule] = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        rule: Rule = draw(st.one_of(groups(number, sets), tiers(number, sets), others(number, sets)))
        found.append(replace(rule, needs=draw(conditions(rule.needs, sets)), marked=draw(st.integers(0, 7)) == 0))
    return tuple(found)


def _line(at: int, luck: random.Random) -> Line:
    return Line(f"line-{at}", (FIRST + at * 37) * 10, FIRST + at * 37, luck.randrange(0, 20_000), luck.randrange(1, 6),
                luck.choice([0, 0, 1, 2, 4, 6, 9, 256, 512, 513]), luck.choice([0, 0, 1, 2, 3]))


@st.composite
def wide_cases(draw: st.DrawFn, *, least_lines: int = 1, most_lines: int = 200, most_offers: int = 25) -> Case:
    """In every other cart some lines are of the same goods, as when one was added from an offer. Many configurations have two pages."""
    count = draw(st.one_of(st.integers(least_lines, least_lines + 11), st.integers(least_lines, most_lines)))
    luck = draw(st.randoms(use_true_random=False))
    sets = (EVERY, *(draw(st.lists(wide_sets(count), min_size=1, max_size=6))), FAR)
    if draw(st.integers(0, 2)):
        sets = sets[:-1]
    made: Compiled = replace(shop(sets, *draw(rules(len(sets), most_offers)), cap=draw(st.sampled_from([10_000, 10_000, 4000])),
                                  caps=draw(st.dictionaries(st.just(FIRST), st.integers(0, 10_000), max_size=1)), best=draw(st.booleans())),
                             currency=packed(draw(st.sampled_from(["EUR", "EUR", "JPY", "KWD"]))), collections=COLLECTIONS,
                             customer_tags=CUSTOMER_TAGS, codes=CODES, switches=SWITCHES)
    lines = tuple(_line(at, luck) for at in range(count))
    if draw(st.booleans()):
        lines = tuple(luck.choice([line, replace(luck.choice(lines), id=line.id, quantity=luck.randrange(1, 4), chosen=luck.randrange(4))])
                      for line in lines)
    context = replace(Case(made, ()).context, currency=draw(st.sampled_from(["EUR", "JPY", "KWD", "USD"])),
                      rate=draw(st.sampled_from(RATES)), country=draw(st.sampled_from(["GB", "DE", "FR"])),
                      marks=frozenset(draw(st.sets(st.sampled_from(MARKS), max_size=4))),
                      passed=draw(st.integers(0, 2)), shipping=draw(st.integers(0, 2000)),
                      classes=draw(st.sampled_from([CLASSES, CLASSES, frozenset({"product"}), frozenset({"order", "shipping"})])))
    return Case(made, lines, context)

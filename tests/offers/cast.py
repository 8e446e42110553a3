"""Short ways to say a cart and a configuration, and carts that Hypothesis makes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from plugin.offers.rules import compiled
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiled import AMOUNT, GROUP, PERCENT, PRICE, TIER, Amounts, Compiled, Gain, Rule, Set, Slot, Step, packed

EUR = Context("EUR")
EVERY = Set(everything=True)


def of(*products: int) -> Set:
    return Set(products=products)


def line(product: int, price: int, quantity: int = 1, **more: int) -> Line:
    """A line of a product that has one variant; its id is unique by product, price and mark."""
    chosen = more.get("chosen", 0)
    return Line(f"line-{product}-{price}-{chosen}", product * 10, product, price, quantity, more.get("marks", 0), chosen)


def percent(rate: int) -> Gain:
    return Gain(PERCENT, rate)


FREE = percent(10_000)


def off(amount: int) -> Gain:
    return Gain(AMOUNT, 0, Amounts(amount))


def price(amount: int) -> Gain:
    return Gain(PRICE, 0, Amounts(amount))


def shop(sets: Sequence[Set], *rules: Rule, **more: object) -> Compiled:
    return Compiled(packed("EUR"), {packed("JPY"): 0, packed("KWD"): 3}, tuple(sets), rules, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """A configuration and a cart for it."""

    offers: Compiled
    lines: tuple[Line, ...]
    context: Context = EUR


gains = st.one_of(st.integers(1, 10_000).map(percent), st.integers(1, 3000).map(off), st.integers(1, 3000).map(price))
wholes = st.one_of(st.integers(1, 3000).map(off), st.integers(1, 6000).map(price))


@st.composite
def slots(draw: st.DrawFn, sets: int) -> tuple[tuple[Slot, ...], Gain]:
    """Slots that gain come before those that are paid in full; or a gain of the whole."""
    many = draw(st.integers(1, 3))
    whole = draw(st.one_of(st.just(Gain()), wholes))
    paying = 0 if whole.kind else draw(st.integers(0, many - 1))
    return tuple(Slot(draw(st.integers(0, sets - 1)), draw(st.integers(1, 3)),
                      Gain() if whole.kind or at >= many - paying else draw(gains)) for at in range(many)), whole


@st.composite
def groups(draw: st.DrawFn, number: int, sets: int) -> Rule:
    chosen, whole = draw(slots(sets))
    pick = compiled.DEAREST if whole.kind == PRICE else draw(st.sampled_from([compiled.CHEAPEST, compiled.DEAREST, compiled.CHOSEN]))
    return Rule(number, GROUP, f"Group {number}", draw(st.integers(0, 2)), draw(st.integers(0, 4)) == 0, limit=draw(st.integers(0, 3)),
                pick=pick, whole=whole, slots=chosen)


@st.composite
def tiers(draw: st.DrawFn, number: int, sets: int) -> Rule:
    least = draw(st.integers(1, 4))
    rate = draw(st.integers(1, 5000))
    steps = (Step(least, percent(rate)), Step(least + draw(st.integers(1, 4)), percent(rate + draw(st.integers(1, 5000)))))
    return Rule(number, TIER, f"Tier {number}", draw(st.integers(0, 2)), set=draw(st.integers(0, sets - 1)), scope=draw(st.integers(0, 2)),
                steps=steps)


@st.composite
def others(draw: st.DrawFn, number: int, sets: int) -> Rule:
    """A gift, a discount on the order, or on shipping."""
    mechanic = draw(st.sampled_from([compiled.GIFT, compiled.ORDER, compiled.SHIPPING]))
    measured = draw(st.integers(0, sets - 1))
    needs = compiled.Needs(set=measured, amounts=Amounts(draw(st.integers(0, 5000))), quantity=draw(st.integers(0, 3)))
    if mechanic == compiled.GIFT:
        slot = Slot(draw(st.integers(0, sets - 1)), draw(st.integers(1, 2)), FREE)
        return Rule(number, mechanic, f"Gift {number}", needs=needs, limit=1, pick=compiled.CHOSEN, slots=(slot,))
    gain = draw(st.one_of(st.integers(1, 10_000).map(percent), st.integers(1, 3000).map(off)))
    return Rule(number, mechanic, f"Order {number}", draw(st.integers(0, 2)), draw(st.booleans()), needs, gain=gain,
                set=draw(st.integers(0, sets - 1)))


@st.composite
def cases(draw: st.DrawFn, *, most_offers: int = 6, most_lines: int = 8, most_quantity: int = 6, competing: bool = False) -> Case:
    """``competing``: only groups and tiers that do not stack."""
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
    products = st.integers(1, 6)
    sets = (EVERY, *(of(*sorted(draw(st.sets(products, min_size=1, max_size=3)))) for _ in range(draw(st.integers(1, 4)))))
    rules = []
    for number in range(1, draw(st.integers(1, most_offers)) + 1):
        kinds = [groups(number, len(sets)), tiers(number, len(sets))] + ([] if competing else [others(number, len(sets))])
        rules.append(draw(st.one_of(kinds)))
    made = {(product, cost): Line(f"line-{product}-{cost}", product * 10 + cost % 3, product, cost, draw(st.integers(1, most_quantity)),
                                  chosen=draw(st.integers(0, most_offers)))
            for product, cost in draw(st.lists(st.tuples(products, st.integers(0, 3000)), min_size=1, max_size=most_lines))}
    cap = 10_000 if competing else draw(st.sampled_from([10_000, 10_000, 4000, 0]))
    caps = {} if competing else draw(st.dictionaries(products, st.integers(0, 10_000), max_size=2))
    rate = draw(st.sampled_from(["1", "1.0834", "161.27", "0.0000001", "0.333333333333333"]))
    plain = [replace(rule, stacks=False) if competing else rule for rule in rules]
    return Case(shop(sets, *plain, cap=cap, caps=caps, best=competing or draw(st.booleans())), tuple(made.values()),
                Context(currency, rate, shipping=draw(st.integers(0, 2000))))

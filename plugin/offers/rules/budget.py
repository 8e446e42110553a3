"""What a configuration costs the checkout at most: thousands of the Function's instructions, for a cart of 200 lines.

Measured with the very module on 500 configurations by chance (kinds, one to four slots, goods that are named, marked or all; each on six
carts of 200 lines, the dearest counting): none that is let through took more than 7.7 million, and none a fifth more than is said
here. Tests hold the model against the module.
Shopify stops a Function at 11 million instructions, and a stopped one gives no discount at all, so 9 million is all that one may plan with.
"""

from collections.abc import Iterator, Sequence

from plugin.offers.rules.compiled import GIFT, GROUP, TIER, Compiled, Rule, Set
from plugin.offers.rules.kinds import Fault

MOST, LINES = 9_000, 200
BASE = 2_400
"""Reading the cart, writing as many discounts as an answer holds, and a short search."""
NAMED = 45
"""For 100 goods that are named anywhere: reading them, and looking each up in the cart."""
GROUPS = {False: (60, 115, 35), True: (140, 140, 40)}
"""One group, by whether it stacks: itself; each slot that gains, and each that is paid in full, for 100 lines that may be in it."""
TIERS = {False: (40, 70), True: (95, 150)}
"""One tier, by whether it stacks: itself, and for 100 lines in its set."""
GIVEN, WHOLE_CART = 100, 20
"""A gift; a discount on the basket or on shipping, itself and for 100 lines in its set."""


def check(made: Compiled) -> None:
    """Raises Refused("offer") for what would be too much, with the offers to drop."""
    if expected(made) > MOST:
        raise Fault("", "too_heavy", {"names": sorted(_dropped(made))}).refused()


def expected(made: Compiled) -> int:
    """Thousands of instructions for all of it."""
    return _together(made.rules, made.sets)


def _together(rules: Sequence[Rule], sets: tuple[Set, ...]) -> int:
    """Of these rules, with the sets that they name."""
    used = [sets[at] for at in {at for rule in rules for at in rule.sets}]
    named = sum(len(ids) for one in used for ids in (one.products, one.variants, one.not_products, one.not_variants))
    return BASE + -(-NAMED * named // 100) + sum(burden(rule, sets) for rule in rules)


def burden(rule: Rule, sets: tuple[Set, ...]) -> int:
    """Thousands of instructions."""
    if rule.mechanic == GROUP:
        itself, gains, pays = GROUPS[rule.stacks]
        return itself + sum(_share(gains if slot.gain.kind or rule.whole.kind else pays, sets[slot.set]) for slot in rule.slots)
    if rule.mechanic == TIER:
        itself, each = TIERS[rule.stacks]
        return itself + _share(each, sets[rule.set])
    return GIVEN if rule.mechanic == GIFT else WHOLE_CART + _share(WHOLE_CART, sets[rule.set])


def _share(cost: int, goods: Set) -> int:
    """``cost`` is for 100 lines. A product that is named counts as one line, whatever variants of it a cart has."""
    lines = LINES if goods.everything or goods.with_marks else min(LINES, len(goods.products) + len(goods.variants))
    return -(-cost * lines // 100)


def _dropped(made: Compiled) -> Iterator[str]:
    """Again and again the one without which least is left, the newest among equals, until the rest fits."""
    kept = list(made.rules)
    while kept and _together(kept, made.sets) > MOST:
        heaviest = min(kept, key=lambda rule: (_together([one for one in kept if one is not rule], made.sets), -rule.number))
        kept.remove(heaviest)
        yield heaviest.title

"""What a configuration costs the checkout at most: thousands of the Function's instructions, for a cart of 200 lines.

Measured with the very module (tests/function/load.py) and rounded up; a test holds the model against the module. Shopify stops a
Function at 11 million instructions, and a stopped one gives no discount at all, so 9 million is all that a shop may plan with.
"""

from collections.abc import Iterable

from plugin.offers.rules.compiled import GIFT, GROUP, TIER, Compiled, Rule, Set
from plugin.offers.rules.kinds import Fault

MOST = 9_000
BASE = 2_150
"""Reading the cart and the configuration."""
GROUPS = {False: (185, 415, 420), True: (150, 390, 560)}
"""One group, by whether it stacks: about named goods, about a collection or a tag, about everything."""
STEPS, GIVEN, WHOLE_CART = 190, 100, 50
"""A tier; a gift; a discount on the basket or on shipping."""


def check(made: Compiled) -> None:
    """Raises Refused("offer") for what would be too much, with the offers to drop: the heaviest first, the newest among equals."""
    over = BASE + sum(burden(rule, made.sets) for rule in made.rules) - MOST
    if over > 0:
        raise Fault("", "too_heavy", {"names": sorted(_dropped(made, over))}).refused()


def burden(rule: Rule, sets: tuple[Set, ...]) -> int:
    """Thousands of instructions."""
    if rule.mechanic != GROUP:
        return {TIER: STEPS, GIFT: GIVEN}.get(rule.mechanic, WHOLE_CART)
    gaining = [GROUPS[rule.stacks][_reach(sets[slot.set])] for slot in rule.slots if slot.gain.kind or rule.whole.kind]
    return -(-sum(gaining) // len(gaining))


def _reach(goods: Set) -> int:
    return 2 if goods.everything else 1 if goods.with_marks else 0


def _dropped(made: Compiled, over: int) -> Iterable[str]:
    for rule in sorted(made.rules, key=lambda rule: (-burden(rule, made.sets), -rule.number)):
        if over <= 0:
            return
        over -= burden(rule, made.sets)
        yield rule.title

"""What a Function said, as amounts: off each line, off the order, off shipping; and which codes it will not have."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import Any

from devstore.currency import digits, half_up, split
from devstore.functions.extension import Extension, Target
from devstore.functions.inputs import Facts, line_id, make, variables
from devstore.functions.running import Failed, Ran, run
from devstore.functions.schema import DELIVERY, LINES, faults
from devstore.state.discounts import Discount

Node = dict[str, Any]


@dataclass(slots=True)
class Given:
    """Amounts in minor units; ``lines`` as long as the cart. ``refused``: codes, folded. ``fuel``: of all runs together. ``words``: what
    shoppers read of each line's amount, of the order's and of shipping's; "" where the Function says nothing. ``refusal``: of codes."""

    lines: list[int]
    order: int = 0
    excluded: frozenset[int] = frozenset()
    shipping: int = 0
    refused: frozenset[str] = frozenset()
    fuel: int = 0
    problems: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    order_words: str = ""
    shipping_words: str = ""
    refusal: str = ""


def decide(extension: Extension, discount: Discount, facts: Facts) -> Given:
    """Run every target that the cart calls for. A run that fails gives nothing and leaves a word in ``problems``."""
    given = Given([0] * len(facts.lines), words=[""] * len(facts.lines))
    for target in extension.targets:
        if target.name == DELIVERY and facts.shipping is None:
            continue
        try:
            ran = run_target(extension, target, discount, facts)
            _take(given, facts, target.name, _read(target.name, ran))
        except Failed as failure:
            given.problems.append(f"{target.name}: {failure}")
        else:
            given.fuel += ran.fuel
    if "product" not in discount.classes:
        given.lines = [0] * len(facts.lines)
    given.order = given.order if "order" in discount.classes else 0
    given.shipping = given.shipping if "shipping" in discount.classes else 0
    return given


def run_target(extension: Extension, target: Target, discount: Discount, facts: Facts) -> Ran:
    """Raises Failed."""
    data = make(target.query, facts, discount, variables(facts, discount, extension.variables))
    if not extension.module.is_file():
        raise Failed(f"{extension.handle} is not built: ./run setup builds it.")
    return run(extension.module, target.export, data, lines=len(facts.lines))


def _read(target: str, ran: Ran) -> Node:
    try:
        said = json.loads(ran.output)
    except ValueError:
        raise Failed("The output is no JSON.") from None
    wrong = faults(target, said)
    if wrong:
        raise Failed("; ".join(wrong))
    return dict(said)


def _take(given: Given, facts: Facts, target: str, said: Node) -> None:
    for operation in said["operations"]:
        (name, body), = operation.items()
        if name == "productDiscountsAdd":
            given.lines, given.words = _larger((given.lines, given.words), _product(body, facts))
        elif name == "orderDiscountsAdd":
            _take_order(given, body, facts)
        elif name == "deliveryDiscountsAdd":
            _take_shipping(given, body, facts)
        elif name == "enteredDiscountCodesReject" and target == LINES:
            given.refused |= {one["code"].casefold() for one in body["codes"]} - facts.applied
            given.refusal = str(body.get("message") or "")


def _take_shipping(given: Given, body: Node, facts: Facts) -> None:
    """Of each delivery the best candidate. Raises Failed for one that there is not."""
    costs, best = facts.deliveries, dict[str, tuple[int, str]]()
    for one in body["candidates"]:
        for name in (target["deliveryGroup"]["id"] for target in one["targets"]):
            if name not in costs:
                raise Failed(f"There is no delivery {name}.")
            off = _amount(one["value"], costs[name], facts), str(one.get("message") or "")
            best[name] = max(best.get(name, off), off, key=lambda pair: pair[0])
    amount = sum(off for off, _ in best.values())
    if amount > given.shipping:
        given.shipping, given.shipping_words = amount, next(words for off, words in best.values() if off)


Named = tuple[list[int], list[str]]
"""What comes off each line, and what shoppers read of it."""


def _product(body: Node, facts: Facts) -> Named:
    """By the strategy: the first candidate, the one that takes most, or all (the best of them on each line)."""
    count = len(facts.lines)
    found = [(_candidate(one, facts), [str(one.get("message") or "")] * count) for one in body["candidates"]]
    if body["selectionStrategy"] == "FIRST":
        found = found[:1]
    elif body["selectionStrategy"] == "MAXIMUM":
        found = [max(found, key=lambda one: sum(one[0]))]
    return reduce(_larger, found, ([0] * count, [""] * count))


def _larger(first: Named, second: Named) -> Named:
    """Line by line the one that takes more."""
    pairs = [max(two, key=lambda one: one[0]) for two in zip(zip(*first, strict=True), zip(*second, strict=True), strict=True)]
    return [amount for amount, _ in pairs], [words for _, words in pairs]


def _candidate(one: Node, facts: Facts) -> list[int]:
    places = {line_id(line): at for at, line in enumerate(facts.lines)}
    bases = [0] * len(facts.lines)
    for target in one["targets"]:
        at = places.get(target["cartLine"]["id"])
        if at is None:
            raise Failed(f"There is no line {target['cartLine']['id']}.")
        line = facts.lines[at]
        bases[at] = line.price * min(line.quantity, target["cartLine"].get("quantity") or line.quantity)
    if (one["value"].get("fixedAmount") or {}).get("appliesToEachItem"):
        each = _minor(one["value"]["fixedAmount"]["amount"], facts)
        return [min(base, each * line.quantity) if base else 0 for base, line in zip(bases, facts.lines, strict=True)]
    return split(_amount(one["value"], sum(bases), facts), bases)


def _take_order(given: Given, body: Node, facts: Facts) -> None:
    places = {line_id(line): at for at, line in enumerate(facts.lines)}
    whole = sum(line.subtotal for line in facts.lines)
    for one, amount in _best(body, whole, facts):
        given.order, given.order_words = amount, str(one.get("message") or "")
        given.excluded = frozenset(places[name] for target in one["targets"] for name in target["orderSubtotal"]["excludedCartLineIds"]
                                   if name in places)


def _best(body: Node, base: int, facts: Facts) -> Iterator[tuple[Node, int]]:
    """The one candidate that the strategy chooses, if there is any."""
    pairs = [(one, _amount(one["value"], base, facts)) for one in body["candidates"]]
    if pairs:
        yield pairs[0] if body["selectionStrategy"] == "FIRST" else max(pairs, key=lambda pair: pair[1])


def _amount(value: Node, base: int, facts: Facts) -> int:
    """Minor units off ``base``."""
    if "percentage" in value:
        share = Decimal(str(value["percentage"]["value"])).scaleb(4)
        return min(base, half_up(base * int(share), 1_000_000))
    return min(base, _minor(value["fixedAmount"]["amount"], facts))


def _minor(text: str, facts: Facts) -> int:
    """Raises Failed for an amount with more digits than the currency has: at Shopify the rounding would be out of the app's hands."""
    scaled = Decimal(str(text)).scaleb(digits(facts.money))
    if scaled != scaled.to_integral_value() or scaled < 0:
        raise Failed(f"{text} is no amount in {facts.money}.")
    return int(scaled)

"""A compiled configuration as JSON: one stream of whole numbers and one list of texts, cut into pages that a metafield holds.

The stream has no keys and no nesting, so a reader needs no JSON parser, and whoever rewrites the JSON cannot change its order.
docs/offers.md, "The configuration", lists it number by number. ``read(pages(x)) == x``.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any
from zlib import crc32

from plugin.errors import Refused
from plugin.offers.rules.compiled import SWITCHES, VERSION, Amounts, Compiled, Gain, Needs, Rule, Set, Slot, Step

PAGE_BYTES, PAGES = 9_900, 2
"""Shopify leaves out metafield values above 10,000 bytes. A metafield costs 3 of the 30 that an input query may cost, and two are what is
left beside the cart (decision 12); with 200 lines of 480 bytes they take 117 of the 128 kB that a Function may be told."""
ROOM_OF_NAMES, ROOM_OF_KEYS = 60, 200
"""What a page has besides its numbers and texts, and the first one besides that."""
LONGEST_REFUSAL = 600
"""Bytes of JSON."""
MOST_NAMED = 3
"""So many offers are named where all together are too large."""
NEVER = "9999-12-31T23:59:59"


def pages(offers: Compiled, *, key: str = "", code_key: str = "", made: int = 0, refusal: str = "") -> list[str]:
    """JSON texts below 10,000 bytes each. Raises Refused("offer") if there would be too many, with how many bytes must go.

    ``key``: what cart attributes are signed with, keys of 32 letters one after the other, the newest first, at most three. ``code_key``:
    what makes friends' codes. ``made``: the shop's wall clock now, YYYYMMDDHHMM. ``refusal``: what a customer is told who enters a code of
    their own; left out, and nothing refused, where it is longer than an answer has room for.
    """
    numbers, texts = list(_numbers(offers)), _texts(offers)
    words = {"m": refusal} if refusal and len(json.dumps(refusal)) <= LONGEST_REFUSAL else {}
    cut = list(_cut(numbers, texts, {"k": key, "c": code_key, "t": made, **words}))
    if len(cut) > PAGES:
        size = sum(len(page.encode()) for page in cut)
        raise Refused("offer", "The offers of this shop are too large together.", key="offers.refused_size",
                      bytes=size, most=PAGES * PAGE_BYTES, names=_largest(offers))
    return cut


def _largest(offers: Compiled) -> list[str]:
    """Titles of the few offers that name most goods, the largest first."""
    def named(rule: Rule) -> int:
        return sum(len(ids) for one in (offers.sets[at] for at in rule.sets)
                   for ids in (one.products, one.variants, one.not_products, one.not_variants))

    ranked = sorted(offers.rules, key=lambda rule: (-named(rule), rule.number))
    return list(dict.fromkeys(rule.title for rule in ranked[:MOST_NAMED]))


def read(found: Sequence[str]) -> Compiled:
    """Raises Refused("offer") for pages of different configurations, and for another version."""
    told: list[dict[str, Any]] = [json.loads(page) for page in found]
    if [page["p"] for page in told] != list(range(told[0]["o"])) or len({page["x"] for page in told}) != 1:
        raise Refused("offer", "These pages do not belong together.", key="offers.refused_pages")
    stream = chain.from_iterable(page["n"] for page in told)
    if next(stream) != VERSION:
        raise Refused("offer", "This configuration is of another version.", key="offers.refused_version")
    return _compiled(_Reader(stream), [text for page in told for text in page["s"]])


def variables(offers: Compiled) -> dict[str, Any]:
    """What the Function's input query asks with; every variable must have a value."""
    switches = [_moment(one) for one in offers.switches] + [NEVER] * SWITCHES
    asked = {"collections": [f"gid://shopify/Collection/{one}" for one in offers.collections], "customerTags": list(offers.customer_tags)}
    return asked | {f"s{at}": switches[at] for at in range(SWITCHES)}


def _moment(number: int) -> str:
    """YYYYMMDDHHMM as a date-time without a zone."""
    digits = f"{number:012}"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:]}:00"


def _cut(numbers: Sequence[int], texts: Sequence[str], more: Mapping[str, str | int]) -> Iterator[str]:
    """Texts go on the first pages, numbers follow; ``more`` is said on the first alone. All pages carry the same stamp, so that a mixture
    is noticed."""
    stamp = crc32(json.dumps([numbers, texts]).encode())
    room = PAGE_BYTES - ROOM_OF_NAMES - ROOM_OF_KEYS - len(json.dumps(more.get("m", "")))
    parts: list[tuple[list[int], list[str]]] = [([], [])]
    used = 0
    items: list[int | str] = [*texts, *numbers]
    for item in items:
        size = len(json.dumps(item).encode()) + 1
        if used + size > room:
            parts.append(([], []))
            used, room = 0, PAGE_BYTES - ROOM_OF_NAMES
        used += size
        if isinstance(item, str):
            parts[-1][1].append(item)
        else:
            parts[-1][0].append(item)
    for at, (some, words) in enumerate(parts):
        told = {"p": at, "o": len(parts), "x": stamp, **({} if at else more), "n": some, "s": words}
        yield json.dumps(told, separators=(",", ":"))


def _texts(offers: Compiled) -> list[str]:
    return [*(rule.title for rule in offers.rules), *(code for code, _ in offers.codes), *offers.customer_tags]


def _numbers(offers: Compiled) -> Iterator[int]:
    yield from (VERSION, offers.currency, int(offers.best), offers.cap)
    yield from _pairs(offers.exponents)
    yield from _pairs(offers.caps)
    yield from _list(offers.switches)
    yield from _list(mark for _, mark in offers.codes)
    yield from _list(offers.collections)
    yield len(offers.customer_tags)
    yield len(offers.sets)
    for one in offers.sets:
        yield from (int(one.everything), one.with_marks, one.without_marks)
        for ids in (one.products, one.variants, one.not_products, one.not_variants):
            yield from _list(_steps(ids))
    yield len(offers.rules)
    for rule in offers.rules:
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[int]:
    yield from (rule.number, rule.mechanic, rule.priority, int(rule.stacks))
    yield from _needs(rule.needs)
    yield from (rule.limit, rule.pick, int(rule.marked), *_gain(rule.whole), len(rule.slots))
    for slot in rule.slots:
        yield from (slot.set, slot.count, *_gain(slot.gain))
    yield from (rule.set, rule.scope, len(rule.steps))
    for step in rule.steps:
        yield from (step.least, *_gain(step.gain))
    yield from _gain(rule.gain)


def _needs(needs: Needs) -> Iterator[int]:
    yield from (needs.opens, needs.set, needs.quantity, *_amounts(needs.amounts))
    for values in (needs.countries, needs.currencies, needs.bars):
        yield from _list(values)
    yield len(needs.clauses)
    for clause in needs.clauses:
        yield from _list(clause)


def _gain(gain: Gain) -> Iterator[int]:
    yield from (gain.kind, gain.basis_points, *_amounts(gain.amounts))


def _amounts(amounts: Amounts) -> Iterator[int]:
    yield from (amounts.base, *_pairs(amounts.fixed))


def _list(values: Iterable[int]) -> Iterator[int]:
    told = list(values)
    yield from (len(told), *told)


def _steps(ids: Iterable[int]) -> Iterator[int]:
    """Ascending ids as what each adds to the one before: half the digits."""
    before = 0
    for one in ids:
        yield one - before
        before = one


def _pairs(values: Mapping[int, int]) -> Iterator[int]:
    yield len(values)
    for pair in sorted(values.items()):
        yield from pair


class _Reader:
    """Takes the stream apart in the order in which it was written."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self.next = numbers.__next__

    def list(self) -> tuple[int, ...]:
        return tuple(self.next() for _ in range(self.next()))

    def pairs(self) -> dict[int, int]:
        return {self.next(): self.next() for _ in range(self.next())}

    def amounts(self) -> Amounts:
        return Amounts(self.next(), self.pairs())

    def gain(self) -> Gain:
        return Gain(self.next(), self.next(), self.amounts())

    def needs(self) -> Needs:
        opens, number, quantity, amounts = self.next(), self.next(), self.next(), self.amounts()
        countries, currencies, bars = (self.list() for _ in range(3))
        clauses = tuple(self.list() for _ in range(self.next()))
        return Needs(opens, number, quantity, amounts, countries, currencies, clauses, bars)

    def set(self) -> Set:
        marks = bool(self.next()), self.next(), self.next()
        return Set(*marks, *(tuple(accumulate(self.list())) for _ in range(4)))

    def rule(self, title: str) -> Rule:
        number, mechanic, priority, stacks = self.next(), self.next(), self.next(), bool(self.next())
        needs = self.needs()
        limit, pick, marked, whole = self.next(), self.next(), bool(self.next()), self.gain()
        slots = tuple(Slot(self.next(), self.next(), self.gain()) for _ in range(self.next()))
        chosen, scope = self.next(), self.next()
        steps = tuple(Step(self.next(), self.gain()) for _ in range(self.next()))
        return Rule(number, mechanic, title, priority, stacks, needs, limit, pick, marked, whole, slots, chosen, scope, steps, self.gain())


def _compiled(reader: _Reader, texts: list[str]) -> Compiled:
    words = iter(texts)
    currency, best, cap = reader.next(), bool(reader.next()), reader.next()
    exponents, caps, switches, codes, collections = reader.pairs(), reader.pairs(), reader.list(), reader.list(), reader.list()
    customer_tags = reader.next()
    sets = tuple(reader.set() for _ in range(reader.next()))
    rules = tuple(reader.rule(next(words)) for _ in range(reader.next()))
    return Compiled(currency, exponents, sets, rules, best, cap, caps, switches, tuple((next(words), mark) for mark in codes), collections,
                    tuple(next(words) for _ in range(customer_tags)))

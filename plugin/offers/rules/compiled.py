"""What both engines read: offers as whole numbers. Made by ``compiling``, written and read by ``pages``; docs/offers.md has the format.

Four mechanics carry all kinds. Amounts are minor units of the shop's currency, with fixed amounts for other currencies beside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

VERSION = 1

GROUP, TIER, GIFT, ORDER, SHIPPING = 1, 2, 3, 4, 5
"""Mechanics. ``GIFT`` is a group that is looked at last and measures the cart as it is to be paid."""
PERCENT, AMOUNT, PRICE = 1, 2, 3
"""Benefits; 0 is none. Free is 10,000 basis points."""
CHEAPEST, DEAREST, CHOSEN = 0, 1, 2
ALL, PRODUCT, LINE = 0, 1, 2

COLLECTIONS = CUSTOMER_TAGS = 4
SWITCHES = 2
"""How many collections, customer tags and moments one configuration may ask Shopify about."""
GIFT_CARD, SUBSCRIPTION = 1 << 8, 1 << 9
"""Marks of a line: bits 0-3 are collections."""
CAPPED, HELD_OUT = 10_000, 20_000
"""Marks of a shopper beyond these are an offer's number more; docs/offers.md has all."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """``base`` minor units of the shop's currency; ``fixed`` by packed currency for those that need no rate."""

    base: int
    fixed: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gain:
    """What a unit (or the whole bundle) gets: ``kind`` 0 | PERCENT | AMOUNT | PRICE."""

    kind: int = 0
    basis_points: int = 0
    amounts: Amounts = field(default_factory=lambda: Amounts(0))


@dataclass(frozen=True, slots=True)
class Set:
    """Lines are in it if ``everything``, or by product, variant or any of the marks ``with_marks``; and by none of the exclusions."""

    everything: bool = False
    with_marks: int = 0
    without_marks: int = GIFT_CARD
    products: tuple[int, ...] = ()
    variants: tuple[int, ...] = ()
    not_products: tuple[int, ...] = ()
    not_variants: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """``count`` units of set number ``set``; ``gain`` kind 0: needed and paid in full."""

    set: int
    count: int
    gain: Gain


@dataclass(frozen=True, slots=True)
class Step:
    """From ``least`` units on, ``gain`` for every unit."""

    least: int
    gain: Gain


@dataclass(frozen=True, slots=True)
class Needs:
    """All must hold. ``opens``: bit n is set if the offer is open after n of the configuration's switches have passed.

    ``clauses``: of each, at least one mark of the shopper. ``bars``: none of them. ``set``: what quantity and amount measure.
    """

    opens: int = 1
    set: int = 0
    quantity: int = 0
    amounts: Amounts = field(default_factory=lambda: Amounts(0))
    countries: tuple[int, ...] = ()
    currencies: tuple[int, ...] = ()
    clauses: tuple[tuple[int, ...], ...] = ()
    bars: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One offer. ``slots``, ``whole``, ``limit``, ``pick`` and ``marked`` are a group's or gift's; ``set``, ``scope`` and ``steps``
    a tier's; ``set`` and ``gain`` an order's; ``gain`` shipping's. ``whole`` is AMOUNT or PRICE of one bundle, or none."""

    number: int
    mechanic: int
    title: str
    priority: int = 0
    stacks: bool = False
    needs: Needs = field(default_factory=Needs)
    limit: int = 0
    pick: int = DEAREST
    marked: bool = False
    whole: Gain = field(default_factory=Gain)
    slots: tuple[Slot, ...] = ()
    set: int = 0
    scope: int = ALL
    steps: tuple[Step, ...] = ()
    gain: Gain = field(default_factory=Gain)

    @property
    def sets(self) -> frozenset[int]:
        """The numbers of all sets that it names."""
        return frozenset({slot.set for slot in self.slots} | {self.set, self.needs.set})


@dataclass(frozen=True, slots=True)
class Compiled:
    """A shop's offers. ``best``: best for the shopper, else strictly by priority. ``cap``: the most basis points of a line that all
    product discounts together may take; ``caps`` its exceptions by product. ``currency`` is packed; ``exponents`` those that are not 2.
    ``switches``: the next shop-local moments at which a schedule opens or closes, written YYYYMMDDHHMM, earliest first.
    ``codes``: entered codes that begin with this (capital ASCII letters and digits) prove this mark.
    """

    currency: int
    exponents: Mapping[int, int]
    sets: tuple[Set, ...]
    rules: tuple[Rule, ...]
    best: bool = True
    cap: int = 10_000
    caps: Mapping[int, int] = field(default_factory=dict)
    switches: tuple[int, ...] = ()
    codes: tuple[tuple[str, int], ...] = ()
    collections: tuple[int, ...] = ()
    customer_tags: tuple[str, ...] = ()


def carried(rule: Rule) -> bool:
    """Do other goods pay for what it gives? Then the guard has looked at it as a whole, and does not trim it line by line."""
    return rule.mechanic == GIFT or (rule.mechanic == GROUP and not rule.whole.kind and any(not slot.gain.kind for slot in rule.slots))


def packed(letters: str) -> int:
    """"DE" or "EUR" as a number: its ASCII bytes, the first one highest."""
    return int.from_bytes(letters.encode("ascii"), "big")


def spelt(number: int) -> str:
    """The letters of ``packed``."""
    return number.to_bytes(3, "big").lstrip(b"\0").decode("ascii")

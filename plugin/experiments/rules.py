"""Arms: which visitors are held out from an offer, and what their carts and browsers tell of it. Pure.

The storefront works an arm out by itself, before anything is drawn, and here it is worked out again when the order comes: so both know it
and neither asks the other. An arm is the first two bytes of SHA-256(salt of the offer, visitor), below an edge or not. The salt comes from
a secret of the shop (HMAC-SHA256, RFC 2104) and is public in the page; the secret is not, and no salt tells another one.

A visitor is a random name that the storefront script gives a browser after consent, or "c" and the customer's number for who has signed in.
A checkout knows them by what the storefront wrote into the cart; one that nothing is known of is a visitor of its own.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Arm = Literal["all", "shown", "held"]
"""``all``: nobody is held out from the offer, or the visitor did not agree to be counted."""
PLACEMENTS = ("product", "cart", "drawer", "landing", "checkout", "post_purchase", "thank_you", "order_status")
OWN = "own"
"""What stands in a line's ``_placement`` for the product whose own page it was added from."""
ATTRIBUTE = "_tandem_arm"
"""Of a cart, with the offer's number after it: the salt, and the visitor's name."""
LANDED = "_tandem_landing"
"""Of a cart that was filled from a landing page: the offer's number, and its goods as a cart permalink writes them."""
SCALE, WHOLE = 65_536, 10_000
MOST_MARKS, LONGEST = 40, 1000
_ATTRIBUTE = re.compile(ATTRIBUTE + "([1-9][0-9]{0,5})", re.ASCII)
_SEEN = re.compile(r"([0-9a-f]{16})([0-9a-zA-Z-]{2,40})", re.ASCII)
_LANDED = re.compile(r"([1-9][0-9]{0,5}) ([0-9]{1,20}:[0-9]{1,7}(?:,[0-9]{1,20}:[0-9]{1,7}){0,99})", re.ASCII)
_MARK = re.compile(r"(sn?|hn?|a)([1-9][0-9]{0,5})([a-z_]{4,13})", re.ASCII)


def salt(secret: str, offer: int, held_bp: int) -> str:
    """What the storefront mixes with a visitor's name for this offer. Another share has another salt, so that it is another experiment."""
    return hmac.new(secret.encode(), f"offer {offer} {held_bp}".encode(), hashlib.sha256).hexdigest()[:16]


def edge(held_bp: int) -> int:
    """Who draws less is held out. ``held_bp``: the held-out share in basis points."""
    return held_bp * SCALE // WHOLE


def is_held(salt: str, visitor: str, held_bp: int) -> bool:
    return _number(salt, visitor) < edge(held_bp)


def _number(salt: str, visitor: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{salt}{visitor}".encode()).digest()[:2])


def held_out(secret: str, shares: Mapping[int, int], visitor: str) -> frozenset[int]:
    """The offers, by number, from which a visitor is held out. ``shares``: number → held-out basis points."""
    return frozenset(number for number, held_bp in shares.items() if held_bp and is_held(salt(secret, number, held_bp), visitor, held_bp))


def customer(customer_id: str) -> str:
    """The visitor that a signed-in customer is."""
    return f"c{customer_id}"


def met(attributes: Mapping[str, str]) -> dict[int, tuple[str, str]]:
    """Offer → salt and visitor, as a cart says which offers its visitor could have been held out from and met.

    A forged one only draws another arm for its own order."""
    found = {}
    for name, value in attributes.items():
        number, told = _ATTRIBUTE.fullmatch(name), _SEEN.fullmatch(value)
        if number and told:
            found[int(number[1])] = (told[1], told[2])
    return found


def landed(number: int, goods: str) -> str:
    """What a cart says that is filled from a landing page. ``goods``: ``VARIANT:QUANTITY,…``."""
    return f"{number} {goods}"


def landed_on(attributes: Mapping[str, str]) -> tuple[int, frozenset[str]] | None:
    """The offer whose goods a landing page put into the cart, and their variants. A forged one only moves its own order's units."""
    told = _LANDED.fullmatch(attributes.get(LANDED, ""))
    return (int(told[1]), frozenset(one.partition(":")[0] for one in told[2].split(","))) if told else None


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whose checkout or order it is, as far as it tells. ``met``: see there; ``customer_id``: who has signed in; ``unit``: what is this
    checkout's alone, "" where nothing is; ``writes``: the checkout can still write down who met an offer, so that the order tells."""

    met: Mapping[int, tuple[str, str]]
    customer_id: str | None
    unit: str
    writes: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """The arm of an offer for a buyer. ``name``: salt and visitor, as a cart tells it; ``first``: here they meet the offer for the first
    time, and their orders will tell."""

    held: bool
    name: str
    first: bool


def drawn(number: int, arm: tuple[int, str], buyer: Buyer) -> Drawn | None:
    """The arm that the offer's own page drew or would draw for the same person; None where they cannot be told from others. ``arm``: the
    edge and the salt that the shop's pages have now.

    Who met the offer keeps the name under which they did: their order will be counted under it."""
    below, salt = arm
    before = buyer.met.get(number)
    if before and before[0] == salt:
        return Drawn(_number(*before) < below, salt + before[1], first=False)
    known = customer(buyer.customer_id) if buyer.customer_id else next((name for _, (_, name) in sorted(buyer.met.items())), "")
    name = known or (hashlib.sha256(buyer.unit.encode()).hexdigest()[:32] if buyer.unit else "")
    return Drawn(_number(salt, name) < below, salt + name, first=bool(known) or buyer.writes) if name else None


def pseudonym(secret: str, visitor: str) -> str:
    """By what orders of one visitor are known as such here; without the secret nobody can tell whose they are."""
    return hmac.new(secret.encode(), f"visitor {visitor}".encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of a day's counts."""

    offer: int
    placement: str
    arm: Arm


@dataclass(frozen=True, slots=True)
class Tally:
    """``visitors``: browsers that met the offer for the first time; only counted where some are held out."""

    shown: int = 0
    added: int = 0
    visitors: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.shown + other.shown, self.added + other.added, self.visitors + other.visitors)


_WORTH: Mapping[str, tuple[Arm, Tally]] = {
    "s": ("shown", Tally(shown=1)), "h": ("held", Tally(shown=1)), "a": ("shown", Tally(added=1)),
    "sn": ("shown", Tally(shown=1, visitors=1)), "hn": ("held", Tally(shown=1, visitors=1))}


def tallies(body: str, shares: Mapping[int, int]) -> dict[Place, Tally]:
    """What a browser counted: ``s3product,a3product``. Letters: s shown, h held out where it would have been shown, a added; with an n
    where this browser met the offer for the first time.

    ``shares``: the offers that may be counted, each with its share or edge, 0 where nobody is held out. What is malformed, unknown or
    beyond 40 is left out.
    """
    sums: dict[Place, Tally] = {}
    for text in body[:LONGEST].split(",")[:MOST_MARKS]:
        mark = _MARK.fullmatch(text)
        if mark is None or int(mark[2]) not in shares or mark[3] not in PLACEMENTS:
            continue
        arm, worth = _WORTH[mark[1]]
        if not shares[int(mark[2])]:
            arm, worth = "all", Tally(worth.shown, worth.added)
        place = Place(int(mark[2]), mark[3], arm)
        sums[place] = sums.get(place, Tally()) + worth
    return sums


def added_up(told: Iterable[Mapping[Place, Tally]]) -> dict[Place, Tally]:
    """Several browsers' counts as one."""
    sums: dict[Place, Tally] = {}
    for one in told:
        for place, tally in one.items():
            sums[place] = sums.get(place, Tally()) + tally
    return sums

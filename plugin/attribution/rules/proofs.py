"""What a shopper can prove, so that a discount believes it without asking us: a cart attribute that we signed, a code that we made.

The attribute is ``5,123;202612312359;<64 hexadecimal digits>``: marks, the last minute in which they hold (the shop's wall clock), and the
HMAC-SHA256 (RFC 2104) of all before the last semicolon. It is not bound to one cart: whoever copies it to another has its marks there
too, until it ends. A friend's code is six letters of chance, then the first 30 bits of their HMAC as six more.

The discount Function does the same (storefront_snippets/discount/src/proof.ts); docs/offers.md, "Carriers".
"""

import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime

from plugin.attribution.rules.codes import ALPHABET, LENGTH
from plugin.errors import Refused

ATTRIBUTE, PARAMETER = "_tandem_offer", "tandem_offer"
"""The cart attribute, and what carries its value to the page that sets it."""
REFERRED = 5
"""The mark of a friend whom somebody sent."""
KEY_LETTERS = 32
MOST_MARKS, LARGEST_MARK = 20, 99_999
CHANCE = LENGTH // 2
_SIGNED = re.compile(r"((?:[0-9]{1,5})(?:,[0-9]{1,5}){0,19};([0-9]{12}));([0-9a-f]{64})")


def new_key() -> str:
    """A secret of 192 bits, as a configuration carries it."""
    return secrets.token_urlsafe(KEY_LETTERS * 3 // 4)


def signed(marks: Iterable[int], until: datetime, key: str) -> str:
    """The attribute's value. Raises Refused("marks") for none, too many, or numbers that are no marks."""
    told = sorted(set(marks))
    if not told or len(told) > MOST_MARKS or not all(0 < mark <= LARGEST_MARK for mark in told) or not key:
        raise Refused("marks", "These marks cannot be signed.")
    body = f"{','.join(map(str, told))};{until:%Y%m%d%H%M}"
    return f"{body};{_mac(body, key).hex()}"


def proved(value: str, keys: str, now: datetime) -> frozenset[int]:
    """The marks of an attribute that was signed with one of ``keys`` (one after the other, as a configuration has them) and that still
    holds; none for anything else."""
    found = _SIGNED.fullmatch(value)
    if found is None or found[2] < f"{now:%Y%m%d%H%M}":
        return frozenset()
    if not any(hmac.compare_digest(_mac(found[1], key).hex(), found[3]) for key in _each(keys)):
        return frozenset()
    return frozenset(int(mark) for mark in found[1].split(";")[0].split(","))


def friends_code(key: str) -> str:
    """A new code that proves that its bearer was sent. 60 bits, of which the last 30 follow from the first for who has the key."""
    chance = "".join(secrets.choice(ALPHABET) for _ in range(CHANCE))
    return chance + _check(chance, key)


def is_friends_code(text: str, key: str) -> bool:
    """Did ``friends_code`` make this, whatever the case of its letters (Unicode's full case folding)?"""
    text = text.casefold()
    if len(text) != LENGTH or not text.isascii() or not key:
        return False
    text = text.upper()
    return hmac.compare_digest(_check(text[:CHANCE], key), text[CHANCE:])


def _check(chance: str, key: str) -> str:
    bits = int.from_bytes(_mac(chance, key)[:4], "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(27, 27 - 5 * CHANCE, -5))


def _each(keys: str) -> Iterator[str]:
    return (keys[at:at + KEY_LETTERS] for at in range(0, len(keys), KEY_LETTERS))


def _mac(body: str, key: str) -> bytes:
    return hmac.new(key.encode("ascii"), body.encode(), "sha256").digest()

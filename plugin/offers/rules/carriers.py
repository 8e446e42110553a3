"""What is proved about a shopper, as marks: by entered codes, by a cart attribute that we signed. docs/offers.md, "Carriers".

Plain cart attributes can be forged, so this one ends in an HMAC-SHA256 (RFC 2104) of what stands before it, with a key that only the
configuration of the discount has: ``5,123;202612312359;<64 hexadecimal digits>``, marks and the last minute (shop's wall clock).
"""

import hmac
import re
from collections.abc import Iterable
from datetime import datetime

from plugin.errors import Refused

ATTRIBUTE = "_tandem_offer"
MOST_MARKS, LARGEST_MARK = 20, 99_999
_SIGNED = re.compile(r"((?:[0-9]{1,5})(?:,[0-9]{1,5}){0,19};([0-9]{12}));([0-9a-f]{64})")
_PREFIX = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}")


def signed(marks: Iterable[int], until: datetime, key: str) -> str:
    """The attribute's value. Raises Refused("marks") for none, too many, or numbers that are no marks."""
    told = sorted(set(marks))
    if not told or len(told) > MOST_MARKS or not all(0 < mark <= LARGEST_MARK for mark in told) or not key:
        raise Refused("marks", "These marks cannot be signed.")
    body = f"{','.join(map(str, told))};{until:%Y%m%d%H%M}"
    return f"{body};{_mac(body, key)}"


def proved(value: str, key: str, now: datetime) -> frozenset[int]:
    """The marks of an attribute that we signed and that still holds; none for anything else."""
    found = _SIGNED.fullmatch(value)
    if found is None or not key or not hmac.compare_digest(_mac(found[1], key), found[3]) or found[2] < f"{now:%Y%m%d%H%M}":
        return frozenset()
    return frozenset(int(mark) for mark in found[1].split(";")[0].split(","))


def entered(codes: Iterable[str], known: Iterable[tuple[str, int]]) -> frozenset[int]:
    """Marks of entered codes that begin with a known prefix, whatever the case of their Latin letters."""
    known = tuple(known)
    return frozenset(mark for code in codes for prefix, mark in known if _lower(code).startswith(_lower(prefix)))


def prefix(text: str) -> str:
    """A prefix that both engines compare alike: capital Latin letters, digits and hyphens. Raises Refused("prefix")."""
    if _PREFIX.fullmatch(text.upper()) is None or not text.isascii():
        raise Refused("prefix", "A prefix has at least three Latin letters, digits or hyphens.")
    return text.upper()


def _lower(text: str) -> str:
    """Only A to Z: what the Function does byte by byte."""
    return "".join(chr(ord(letter) | 32) if "A" <= letter <= "Z" else letter for letter in text)


def _mac(body: str, key: str) -> str:
    return hmac.new(key.encode(), body.encode(), "sha256").hexdigest()

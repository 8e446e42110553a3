"""Codes: how they are made, compared and found in what a shopper typed. Pure, but for the machine's randomness."""

import re
import secrets
import unicodedata

from plugin.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U, so nothing is misread aloud
LENGTH = 12
OWN_LENGTH = 10
_PREFIX = re.compile(r"[A-Z0-9][A-Z0-9-]{3,31}")
"""Shorter ones would be the beginning of a code that chance made."""
_TYPED = re.compile(r"[\w-]{4,64}")


def new_code(length: int = LENGTH) -> str:
    """An unguessable code; 12 characters are 60 bits, which 1.7 million guesses an hour do not find."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def code_key(text: str) -> str:
    """What two spellings of one code have in common: case (Unicode's full folding), form and outer spaces do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()[:255]


def typed_codes(text: str) -> tuple[str, ...]:
    """Keys of everything in a note or an attribute that could be a code; at most 20, so that a novel costs nothing."""
    found = dict.fromkeys(code_key(word) for word in _TYPED.findall(text[:2000]))
    return tuple(found)[:20]


def prefix(text: str) -> str:
    """What codes may begin with, as the discount Function compares it too: capital Latin letters, digits and hyphens. Raises
    Refused("prefix")."""
    if _PREFIX.fullmatch(text.upper()) is None or not text.isascii():
        raise Refused("prefix", "A code begins with four to 32 Latin letters, digits or hyphens.", key="audience.refused_prefix")
    return text.upper()


def slug_prefix(name: str) -> str:
    """A readable, harmless beginning for a link: ASCII letters and digits of a shop's name, at most 20 of them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:20].strip("-") or "friends"

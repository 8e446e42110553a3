"""What of a person's name friends may read. Pure."""

import unicodedata

LONGEST = 24
_BESIDE_LETTERS = frozenset(" -'’.·・")
_JOINERS = frozenset("‌‍")  # Persian and Indic names are spelt with them


def readable(first_name: str | None) -> str | None:
    """A first name as it may stand on a page of the shop: short, made of letters. None for anything that could be a message.

    Whoever placed an order typed it, so it may be an address, a number or an advertisement.
    """
    name = unicodedata.normalize("NFC", " ".join((first_name or "").split()))
    if not name or len(name) > LONGEST or "." in name[:-1] or name.count(" ") > 2:
        return None
    return name if name[0].isalpha() and all(_is_of_names(letter) for letter in name) else None


def _is_of_names(letter: str) -> bool:
    return letter.isalpha() or unicodedata.category(letter) in ("Mn", "Mc") or letter in _BESIDE_LETTERS or letter in _JOINERS

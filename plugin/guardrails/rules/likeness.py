"""How alike two mail names are. Pure."""

import re
import unicodedata

# Letters of other scripts, and digits, that are drawn like Latin ones: enough to see through the usual disguises.
_LOOKALIKES = str.maketrans("авеѕіјкмнорсԁтухοαερντυκ013457", "abesijkmhopcdtyxoaepvtukoleast")


def jaro(one: str, other: str) -> float:
    """Jaro's similarity, 0 (nothing in common) to 1 (equal)."""
    if one == other:
        return 1.0
    reach = max(len(one), len(other)) // 2 - 1
    mine, theirs = _matches(one, other, reach)
    if not mine:
        return 0.0
    swapped = sum(a != b for a, b in zip(mine, theirs, strict=True)) / 2
    found = len(mine)
    return (found / len(one) + found / len(other) + (found - swapped) / found) / 3


def _matches(one: str, other: str, reach: int) -> tuple[list[str], list[str]]:
    used: set[int] = set()
    mine = []
    for i, letter in enumerate(one):
        near = range(max(0, i - reach), min(len(other), i + reach + 1))
        hit = next((j for j in near if j not in used and other[j] == letter), None)
        if hit is not None:
            used.add(hit)
            mine.append(letter)
    return mine, [other[j] for j in sorted(used)]


def skeleton(local: str) -> str:
    """A mail name as it looks: no accents, no lookalike letters, no punctuation, no number at its end."""
    plain = unicodedata.normalize("NFKD", local.casefold())
    stem = re.sub(r"[\W_]*[0-9]+$", "", plain) or plain
    return re.sub(r"[^a-z0-9]", "", stem.translate(_LOOKALIKES))


def words(local: str) -> frozenset[str]:
    """The words of a mail name, "smith.john" and "john_smith7" alike; empty unless there are two of three letters or more."""
    found = frozenset(word for word in re.split(r"[^a-z]+", unicodedata.normalize("NFKD", local.casefold())) if len(word) >= 3)
    return found if len(found) >= 2 else frozenset()

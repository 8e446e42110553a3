"""What entered codes prove about a shopper, as marks. docs/offers.md, "Carriers"."""

from collections.abc import Iterable

from plugin.attribution.rules.proofs import REFERRED, is_friends_code


def entered(codes: Iterable[str], known: Iterable[tuple[str, int]], key: str = "", own: Iterable[str] = ()) -> frozenset[int]:
    """Marks of entered codes that begin with a known prefix, whatever the case of their letters (Unicode's full case folding); and of
    those that we made for a friend with ``key``. ``own``: codes that are the shopper's to give away, which prove nothing."""
    given_away = {code.casefold() for code in own}
    codes, known = tuple(code for code in codes if code.casefold() not in given_away), tuple(known)
    begun = {mark for code in codes for prefix, mark in known if code.casefold().startswith(prefix.casefold())}
    return frozenset(begun | {REFERRED for code in codes if is_friends_code(code, key)})


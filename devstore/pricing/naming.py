"""A Function may say something else of every line: each message is a discount of its own in the cart, at the checkout and on the order."""

from dataclasses import replace

from devstore.functions.deciding import Given
from devstore.pricing.combining import Taken


def by_words(taken: Taken) -> list[Taken]:
    """What was taken, one for each message; as it is where no Function took it."""
    given, candidate = taken.candidate.given, taken.candidate
    if given is None:
        return [taken]
    if candidate.part != "product":
        words = given.order_words if candidate.part == "order" else given.shipping_words
        return [replace(taken, candidate=replace(candidate, words=words))]
    said = list(dict.fromkeys(words for words, amount in zip(given.words, taken.lines, strict=True) if amount)) or [""]
    return [_part(taken, given, words) for words in said]


def _part(taken: Taken, given: Given, words: str) -> Taken:
    def only(amounts: list[int]) -> list[int]:
        return [amount if said == words else 0 for amount, said in zip(amounts, given.words, strict=True)]

    shown = taken.candidate.shown
    candidate = replace(taken.candidate, words=words, shown=replace(shown, lines=only(shown.lines)) if shown else None)
    return replace(taken, candidate=candidate, lines=only(taken.lines))

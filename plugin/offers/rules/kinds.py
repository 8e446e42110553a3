"""What each kind of offer must have, and what would make nonsense of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from plugin.errors import Refused
from plugin.offers.rules.model import Benefit, Offer

MOST_PARTS, MOST_COUNT, MOST_STEPS, MOST_QUANTITY, MOST_DRAWN = 8, 100, 10, 10_000, 3
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Fault:
    """``at``: the field as in the plain dict ("parts.0.count"), ``key`` of the text, and its facts."""

    at: str
    key: str
    facts: dict[str, object] = field(default_factory=dict)

    def refused(self) -> Refused:
        return Refused("offer", f"{self.at}: {self.key}", key=f"offers.refused_{self.key}", field=self.at, **self.facts)


def _units(offer: Offer) -> int:
    return sum(part.count for part in offer.parts)


def _bundle(offer: Offer, parts: int = 1) -> Iterator[Fault]:
    """Parts with benefits of their own, or a benefit of the whole: one of the two."""
    gaining = [part for part in offer.parts if part.benefit]
    if not parts <= len(offer.parts) <= MOST_PARTS or _units(offer) > MOST_COUNT:
        yield Fault("parts", "parts", {"least": parts, "most": MOST_PARTS, "units": MOST_COUNT})
    if offer.whole and gaining:
        yield Fault("whole", "both")
    if not offer.whole and not gaining:
        yield Fault("whole", "no_benefit")
    if offer.whole and offer.whole.worth == "free":
        yield Fault("whole", "all_free")
    elif offer.parts and all(part.benefit and _is_free(part.benefit) for part in offer.parts) and offer.kind != "gift":
        yield Fault("parts", "all_free")


def _is_free(benefit: Benefit) -> bool:
    return benefit.worth == "free" or benefit.basis_points == WHOLE


def _kit(offer: Offer) -> Iterator[Fault]:
    yield from _bundle(offer)
    if offer.parts and _units(offer) < 2:
        yield Fault("parts", "too_few")


def _together(offer: Offer) -> Iterator[Fault]:
    if not offer.drawn:
        yield from _bundle(offer, parts=2)
        return
    if not 1 <= offer.drawn <= MOST_DRAWN:
        yield Fault("drawn", "count", {"most": MOST_DRAWN})
    if offer.parts:
        yield Fault("parts", "field")
    if offer.whole and (offer.whole.worth != "percent" or _is_free(offer.whole)):
        yield Fault("whole", "of_order")
    for name in ("code", "marked", "stacks", "native", "limit"):
        if getattr(offer, name):
            yield Fault(name, "field")


def _buy_get(offer: Offer) -> Iterator[Fault]:
    yield from _bundle(offer, parts=2)
    if offer.parts and all(part.benefit for part in offer.parts):
        yield Fault("parts", "nothing_bought")


def _upgrade(offer: Offer) -> Iterator[Fault]:
    yield from _bundle(offer)
    if len(offer.parts) != 1 or offer.parts[0].count != 1:
        yield Fault("parts", "one_part")
    elif not offer.replaces:
        yield Fault("replaces", "replaces")
    elif offer.parts[0].goods.products & offer.replaces:
        yield Fault("replaces", "itself")


def _gift(offer: Offer) -> Iterator[Fault]:
    yield from _bundle(offer)
    if len(offer.parts) != 1:
        yield Fault("parts", "one_part")
    if not offer.basket.amounts and not offer.basket.quantity:
        yield Fault("basket", "goal")


def _tiers(offer: Offer) -> Iterator[Fault]:
    if not 1 <= len(offer.steps) <= MOST_STEPS:
        yield Fault("steps", "steps", {"most": MOST_STEPS})
    if any(not 1 <= step.least <= MOST_QUANTITY for step in offer.steps):
        yield Fault("steps", "least", {"most": MOST_QUANTITY})
    for before, after in pairwise(offer.steps):
        if after.least <= before.least:
            yield Fault("steps", "order")
        elif after.benefit.worth != before.benefit.worth:
            yield Fault("steps", "mixed")
        elif not _better(before.benefit, after.benefit):
            yield Fault("steps", "worse")


def _better(before: Benefit, after: Benefit) -> bool:
    """Is a later step worth more, in every currency that it names?"""
    if after.worth in ("percent", "free"):
        return after.basis_points > before.basis_points
    sign = -1 if after.worth == "price" else 1
    amounts = {amount.currency: amount.amount for amount in before.amounts}
    return all(sign * amount.amount > sign * amounts.get(amount.currency, amount.amount - sign) for amount in after.amounts)


def _whole_order(offer: Offer) -> Iterator[Fault]:
    if offer.benefit is None:
        yield Fault("benefit", "no_benefit")
    elif offer.benefit.worth == "price" or (_is_free(offer.benefit) and offer.kind != "shipping"):
        yield Fault("benefit", "of_order")


def _welcome(offer: Offer) -> Iterator[Fault]:
    if offer.audience.referred is False:
        yield Fault("audience.referred", "welcome")
    if bool(offer.parts) == (offer.benefit is not None):
        yield Fault("parts", "both")
    yield from _kit(offer) if offer.parts else _whole_order(offer)


OF_KIND: dict[str, Callable[[Offer], Iterator[Fault]]] = {
    "kit": _kit, "mix": _kit, "tiers": _tiers, "buy_get": _buy_get, "together": _together, "upgrade": _upgrade, "complete": _kit,
    "gift": _gift, "shipping": _whole_order, "basket": _whole_order, "welcome": _welcome}

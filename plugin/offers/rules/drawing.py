"""Bundles whose companions the shop's own orders choose: for each page a set, steady while orders come in. Pure.

An offer that is *drawn* names pages and how many companions; what is beside each page is drawn from what is bought together. With a
discount every set becomes a rule of its own, so that the checkout knows the very goods that the page shows; without one it is shown only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.offers.rules.model import OF_SETS, Goods, Offer, Part

PAGES = 250
"""Pages of an offer that only recommends: those that sell best."""
MOST_SETS = 24
"""Sets of a discount, one rule each: the Function has room for 25 in all."""
SPARE = 2
"""Companions more than are shown, where nothing is taken off: one that is sold out gives way to the next."""
STEADY = 5, 4
"""What stands there gives way to what is closer by a quarter, not to what is closer by chance."""

Drawn = Mapping[str, Sequence[str]]
"""Product of the page → its companions, closest first."""
_CLASSES = ("recommendations.pinned", "recommendations.together", "recommendations.alike")


@dataclass(frozen=True, slots=True)
class Found:
    """A companion that could stand there. ``key``: why, as ``mining`` tells it; ``score``: how close."""

    product_id: str
    key: str
    score: int


def steady(found: Sequence[Found], before: Collection[str], most: int) -> tuple[str, ...]:
    """The first ``most``: pins, then what is bought together, then what the like of it goes with, then best sellers. Within one of these,
    what stood there before counts for a quarter more; what is not among ``found`` any more (banned, sold out) is gone."""
    def rank(told: tuple[int, Found]) -> tuple[int, int, bool, int]:
        at, one = told
        own, pinned = one.product_id in before, _class(one.key) == 0
        return _class(one.key), 0 if pinned else -_weight(one.score, own), not own and not pinned, at
    return tuple(one.product_id for _, one in sorted(enumerate(found), key=rank)[:most])


def pages(sold: Mapping[str, int], before: Collection[str], most: int) -> list[str]:
    """The products that sell best, those that have a page already with a quarter more."""
    return sorted(sold, key=lambda one: (-_weight(sold[one], one in before), one not in before, int(one)))[:most]


def sets(offer: Offer, drawn: Drawn) -> list[Offer]:
    """The offer as one concrete offer for each different set, in the order of the pages; at most ``MOST_SETS``. None of one that takes
    nothing off.

    Their numbers are the offer's with a multiple of ``OF_SETS`` added, so that both engines tell them apart.
    """
    different = list(dict.fromkeys(frozenset((page, *mates)) for page, mates in drawn.items() if mates and not offer.recommends))
    return [replace(of(offer, sorted(goods, key=int)), number=offer.number + OF_SETS * at)
            for at, goods in enumerate(different[:MOST_SETS], 1)]


def of(offer: Offer, goods: Iterable[str]) -> Offer:
    """The offer as if the merchant had named just these goods, in this order."""
    parts = tuple(Part(Goods(products=frozenset({one}))) for one in goods)
    return replace(offer, drawn=0, goods=Offer(offer.id, offer.number, offer.kind, "").goods, parts=parts)


def carried(drawn: Drawn, kept: Collection[frozenset[str]]) -> dict[str, Sequence[str]]:
    """The pages whose set is among those that are kept."""
    return {page: mates for page, mates in drawn.items() if frozenset((page, *mates)) in kept}


def unchanged(before: Drawn, after: Drawn) -> dict[str, Sequence[str]]:
    """The pages on which nothing changes."""
    return {page: mates for page, mates in after.items() if list(before.get(page, ())) == list(mates)}


def _class(key: str) -> int:
    return next((at for at, begins in enumerate(_CLASSES) if key.startswith(begins)), len(_CLASSES))


def _weight(score: int, own: bool) -> int:
    return score * STEADY[0 if own else 1]

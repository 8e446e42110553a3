"""Markets as countries: what a market says of a shopper, in words that the checkout, the shop's pages and the engine share. Pure.

The Function's query has no room left to ask for the market, so an offer for markets becomes one for their countries. Where a smaller
market has a country of a larger one too, a shopper from there belongs to both: the offer is theirs if it names either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from plugin.errors import Refused
from plugin.offers.rules.kinds import Fault
from plugin.offers.rules.model import Offer


@dataclass(frozen=True, slots=True)
class Market:
    """``countries`` None: all of the world. ``usable``: it is active, and its countries alone say who is in it."""

    name: str
    countries: frozenset[str] | None
    usable: bool = True

    @property
    def holds(self) -> bool:
        """Can any shopper be known to be in it?"""
        return self.usable and (self.countries is None or bool(self.countries))


@dataclass(frozen=True, slots=True)
class Located:
    """``offers`` ask for countries alone. ``out``: those that nobody could have, each with why."""

    offers: tuple[Offer, ...]
    out: tuple[tuple[Offer, Refused], ...] = ()


def located(offers: Iterable[Offer], markets: Mapping[str, Market]) -> Located:
    """``markets`` by id. A market that is gone, not active or without countries holds nobody; of several the others count."""
    kept, out = [], []
    for offer in offers:
        fault = _fault(offer, markets)
        if fault is None:
            kept.append(_placed(offer, markets))
        else:
            out.append((offer, fault.refused()))
    return Located(tuple(kept), tuple(out))


def empty(offer: Offer, markets: Mapping[str, Market]) -> Fault | None:
    """What is wrong with any market that it names: where a merchant is there to choose again, none is passed over in silence."""
    lost = [one for one in sorted(offer.audience.markets) if one not in markets]
    if lost:
        return Fault("audience.markets", "market_gone", {"count": len(lost)})
    names = [markets[one].name for one in sorted(offer.audience.markets) if not markets[one].holds]
    return Fault("audience.markets", "market_empty", {"names": names}) if names else _fault(offer, markets)


def _fault(offer: Offer, markets: Mapping[str, Market]) -> Fault | None:
    named = [markets[one] for one in sorted(offer.audience.markets) if one in markets]
    if not offer.audience.markets or any(one.holds for one in named):
        nobody = offer.audience.markets and offer.audience.countries and _countries(offer, markets) == frozenset()
        return Fault("audience.countries", "market_countries") if nobody else None
    if not named:
        return Fault("audience.markets", "market_gone", {"count": len(offer.audience.markets)})
    return Fault("audience.markets", "market_empty", {"names": [one.name for one in named]})


def _placed(offer: Offer, markets: Mapping[str, Market]) -> Offer:
    if not offer.audience.markets:
        return offer
    countries = _countries(offer, markets)
    return replace(offer, audience=replace(offer.audience, markets=frozenset(), countries=countries or frozenset()))


def _countries(offer: Offer, markets: Mapping[str, Market]) -> frozenset[str] | None:
    """Of its markets, and of the countries that it names besides. None: of all the world."""
    held = [markets[one].countries for one in offer.audience.markets if one in markets and markets[one].holds]
    within = None if None in held else frozenset().union(*(one for one in held if one is not None))
    own = offer.audience.countries or None
    return own if within is None else within if own is None else own & within

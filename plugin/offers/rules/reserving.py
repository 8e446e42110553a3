"""What a campaign's landing page can show of the offers that are for its shoppers alone. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from plugin.offers.rules.model import Offer
from plugin.offers.rules.specs import Shelf
from plugin.offers.rules.suggesting import SETS, Bundle, Row, bundles
from plugin.offers.rules.whereabouts import PERKS, reserved_not


def reserved(offers: Iterable[Offer], shelf: Shelf) -> dict[str, list[Bundle]]:
    """By the id of a campaign, goods with a price: sets of single products, and the first step of volume tiers for each product."""
    return {one: [found for offer in mine for found in _bundles(offer, shelf)] for one, mine in _by_campaign(offers).items()}


def perks(offers: Iterable[Offer]) -> dict[str, list[Offer]]:
    """By the id of a campaign, what is taken off the whole order or its delivery: words alone tell it."""
    return {one: [offer for offer in mine if offer.kind in PERKS] for one, mine in _by_campaign(offers).items()}


def _by_campaign(offers: Iterable[Offer]) -> dict[str, list[Offer]]:
    """By priority, as if the campaign's shoppers were all there are."""
    found: dict[str, list[Offer]] = {}
    for offer in sorted(offers, key=lambda one: (-one.priority, one.number)):
        if offer.audience.campaigns and reserved_not(offer) is None:
            for campaign in sorted(offer.audience.campaigns):
                found.setdefault(campaign, []).append(replace(offer, audience=replace(offer.audience, campaigns=frozenset())))
    return found


def _bundles(offer: Offer, shelf: Shelf) -> list[Bundle]:
    if offer.kind != "tiers":
        return bundles([offer], shelf, SETS)
    return [Bundle(offer.number, (Row(one, offer.steps[0].least, 0, shelf.caps.get(one, shelf.cap)),), {"kind": offer.kind}, offer.schedule)
            for one in sorted(offer.goods.products, key=int) if one in shelf.handles]

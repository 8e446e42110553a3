"""What is taken off a whole order or its delivery, in a shopper's words."""

from plugin.messaging import texts
from plugin.offers.rules.model import Benefit, Offer


def said(locale: str, offer: Offer) -> str:
    """``offer``: one of ``rules.whereabouts.PERKS``. Amounts are the shop's own currency's, as on all landing pages."""
    told = _benefit(locale, offer.own_class, offer.benefit) if offer.benefit else offer.title
    if offer.basket.amounts:
        return texts.say(locale, "campaigns.perk_from", perk=told, least=offer.basket.amounts[0])
    return told


def _benefit(locale: str, what: str, benefit: Benefit) -> str:
    if benefit.worth == "free" or benefit.basis_points == 10_000:
        return texts.say(locale, "campaigns.perk_shipping_free")
    if benefit.worth == "percent":
        return texts.say(locale, f"campaigns.perk_{what}_percent", rate=texts.percent(locale, benefit.basis_points))
    return texts.say(locale, f"campaigns.perk_{what}_amount", amount=benefit.amounts[0])

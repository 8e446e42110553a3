"""In which placements an offer shows, and why it does not in the others. Pure; what is sold out or unpublished is another matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from plugin.offers.rules.model import EVERYTHING, Audience, Goods, Offer, Part
from plugin.offers.rules.placing import IN_CART
from plugin.offers.rules.specs import hidden
from plugin.offers.rules.suggesting import SETS, WELCOME

Place = Literal["product", "cart", "checkout", "after", "thanks", "landing"]
COMPLETED = SETS | WELCOME | {"upgrade"}
"""Kinds of which the cart offers what is missing."""
PERKS, MOST_GOODS = frozenset({"basket", "shipping"}), 4
"""Kinds that a campaign's landing page tells in words; of volume tiers it shows so many products."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """``why``: a text's key without its family (where.why_…) if it does not show there."""

    place: Place
    why: str | None


def whereabouts(offer: Offer) -> list[Whereabouts]:
    """The thank-you and order status pages show the same and are one. What is given as a code is told to nobody else. The landing page is
    a referral's, or the campaign's for which the offer is."""
    if offer.code:
        return [Whereabouts(place, "code") for place in get_args(Place)]
    asks, thanks = (suggested_not(offer, kinds, draws=True) for kinds in (SETS | {"upgrade"}, SETS))
    return [Whereabouts("product", _product(offer)), Whereabouts("cart", _cart(offer)), Whereabouts("checkout", asks),
            Whereabouts("after", "price" if offer.recommends else suggested_not(offer, SETS)), Whereabouts("thanks", thanks),
            Whereabouts("landing", reserved_not(offer) if offer.audience.campaigns else suggested_not(offer, WELCOME))]


def _product(offer: Offer) -> str | None:
    if offer.kind in IN_CART or offer.benefit is not None:
        return "in_cart"
    return hidden(offer) or ("basket" if offer.basket.quantity else None)


def _cart(offer: Offer) -> str | None:
    if offer.kind in IN_CART:
        return hidden(offer) or (None if offer.basket.amounts or offer.basket.quantity else "goal")
    if offer.kind not in COMPLETED or not (offer.parts or offer.drawn):
        return "kind"
    return hidden(offer) or ("basket" if offer.basket.quantity else _loose(offer.parts, variants=True))


def suggested_not(offer: Offer, kinds: frozenset[str], *, draws: bool = False) -> str | None:
    """Why it is not suggested where the app is asked: there it is one product of a set of single products, for everybody. ``draws``: the
    place can tell who is held out."""
    if offer.kind not in kinds or not (offer.parts or offer.drawn):
        return "kind"
    if offer.audience.holdout_bp and not draws:
        return "arm"
    if replace(offer.audience, referred=None if offer.kind in WELCOME else offer.audience.referred, holdout_bp=0) != Audience():
        return "audience"
    if offer.basket.amounts or offer.basket.quantity:
        return "basket"
    return _loose(offer.parts)


def reserved_not(offer: Offer) -> str | None:
    """Why an offer for campaigns' shoppers is not shown on their landing page, which knows the campaign and nothing else of a shopper."""
    if offer.kind not in SETS | PERKS | {"tiers"} or offer.drawn or offer.marked:
        return "kind"
    alone = replace(offer, audience=replace(offer.audience, campaigns=frozenset()))
    if offer.kind in SETS:
        return suggested_not(alone, SETS)
    if alone.audience != Audience():
        return "arm" if alone.audience == Audience(holdout_bp=alone.audience.holdout_bp) else "audience"
    if offer.basket.quantity or (offer.basket.amounts and (offer.kind == "tiers" or not _is_everything(offer.basket.goods))):
        return "basket"
    told = _is_everything(offer.goods) if offer.kind in PERKS else _is_few(offer.goods)
    return None if told else "choice"


def _is_everything(goods: Goods) -> bool:
    return replace(goods, subscriptions=True) == EVERYTHING


def _is_few(goods: Goods) -> bool:
    return 1 <= len(goods.products) <= MOST_GOODS and replace(goods, products=frozenset(), subscriptions=False) == Goods()


def _loose(parts: Sequence[Part], *, variants: bool = False) -> str | None:
    """Why no one product of it can be missing. ``variants``: one of a product's variants is as good as the product."""
    goods = [part.goods for part in parts]
    if not all(_single(one) or (variants and _is_variant(one)) for one in goods):
        return "choice"
    return "same" if len({one.products | one.variants for one in goods}) < len(goods) else None


def _single(goods: Goods) -> bool:
    return len(goods.products) == 1 and replace(goods, products=frozenset(), subscriptions=False) == Goods()


def _is_variant(goods: Goods) -> bool:
    return len(goods.variants) == 1 and replace(goods, variants=frozenset(), subscriptions=False) == Goods()

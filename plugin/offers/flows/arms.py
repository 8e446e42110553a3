"""What the shop's pages must know to draw a visitor's arm: a salt for each offer that holds some out."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.experiments import flows as experiments
from plugin.experiments import tables
from plugin.experiments.rules import salt
from plugin.offers.rules.model import Offer


def new_salts(session: Session, shop_id: ShopId, offers: Iterable[Offer]) -> dict[int, str]:
    """Number → salt, for the pages that Shopify is about to get; the shop's secret is made if there is none."""
    held = _holding(offers)
    return _salted(experiments.secret(session, shop_id), held) if held else {}


def salts(session: Session, shop_id: ShopId, offers: Iterable[Offer]) -> dict[int, str]:
    """The same where nothing may be written; empty until Shopify first had such a page."""
    known = tables.key(session, shop_id)
    return _salted(known, _holding(offers)) if known else {}


def _holding(offers: Iterable[Offer]) -> dict[int, int]:
    return {offer.number: offer.audience.holdout_bp for offer in offers if offer.audience.holdout_bp}


def _salted(secret: str, held: Mapping[int, int]) -> dict[int, str]:
    return {number: salt(secret, number, held_bp) for number, held_bp in held.items()}

"""Where a landing page leads, and what its preview card shows, whoever's page it is."""

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from plugin.attribution.rules.proofs import PARAMETER
from plugin.experiments.rules import LANDED, landed
from plugin.messaging.filters import zone
from plugin.mirror import tables as mirror
from plugin.referrals.rules import destination
from plugin.referrals.rules.cards import Picture, card
from plugin.referrals.rules.welcoming import Bundle
from plugin.shopify.verify import Visitor
from plugin.shops.tables import Shop


def place_of(visitor: Visitor) -> str:
    """The path of the shop's own to which the link leads: ``?to=`` and ``?product=`` choose."""
    return destination(visitor.params.get("to"), visitor.params.get("product"))


def to_cart(root: str, bundle: Bundle, proof: str | None) -> str:
    """Shopify's cart permalink, to the cart instead of the checkout, with what the page proves. No script is needed, and no visit goes
    with it without consent. ``root``: the path of the store's language."""
    return asking(f"{root}/cart/{bundle.cart}", {"storefront": "true", f"attributes[_{PARAMETER}]": proof,
                                                 f"attributes[{LANDED}]": landed(bundle.number, bundle.cart)})


def asking(path: str, told: Mapping[str, str | None]) -> str:
    """A path with what is told behind it; None is left out."""
    asked = urlencode({name: value for name, value in told.items() if value})
    return path + (f"?{asked}" if asked else "")


def day_of(shop: Shop, now: datetime) -> date:
    return now.astimezone(zone(shop.timezone)).date()


def picture(session: Session, shop: Shop, handle: str | None) -> Picture | None:
    """What messengers show: the product that the link leads to, else one of the shop's."""
    found = mirror.pictured(session, shop.id, handle) or mirror.pictured(session, shop.id)
    return card(found.title, found.image) if found and found.image else None

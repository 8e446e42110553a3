"""What shoppers' pages ask us about offers: JSON for a product page (``feed``), suggestions for UI extensions (``extension``),
what is added to a purchase that is paid already (``afterwards``), campaigns' links (``arriving``); and what they tell us
was shown (``seen``)."""

from flask import Blueprint

from plugin.offers.storefront import afterwards, arriving, extension, feed, seen

blueprint = Blueprint("offers_storefront", __name__)
for part in (feed, extension, afterwards, arriving, seen):
    part.add_to(blueprint)

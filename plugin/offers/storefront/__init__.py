"""What shoppers' pages ask us about offers: JSON for a product page (``feed``), suggestions for UI extensions (``extension``)."""

from flask import Blueprint

from plugin.offers.storefront import extension, feed

blueprint = Blueprint("offers_storefront", __name__)
for part in (feed, extension):
    part.add_to(blueprint)

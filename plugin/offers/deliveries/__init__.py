"""What leaves for Shopify: all live offers together, in as few discounts as can carry them, and bundles as products."""

from plugin.offers.deliveries.bundles import publish_bundle
from plugin.offers.deliveries.discounts import read_discounts
from plugin.offers.deliveries.offers import publish_offers

__all__ = ["publish_bundle", "publish_offers", "read_discounts"]

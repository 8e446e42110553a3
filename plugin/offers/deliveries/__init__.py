"""What leaves for Shopify: pairs, each a discount of its own, and all offers together in one."""

from plugin.offers.deliveries.offers import publish_offers
from plugin.offers.deliveries.pairs import publish_pair, show_pairs

__all__ = ["publish_offers", "publish_pair", "show_pairs"]

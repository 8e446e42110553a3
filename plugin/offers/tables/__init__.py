"""What the slice keeps: pairs and offers, each with how far Shopify has followed."""

from plugin.offers.tables.goods import count_orders, groups, past_orders
from plugin.offers.tables.offers import (
    MOST_HISTORY,
    Configuration,
    Offer,
    OfferChange,
    OfferVersion,
    changes,
    configuration,
    forget_staff,
    in_force,
    in_force_at,
    last_change,
    last_version,
    next_number,
    of_shop,
    offer,
    version_at,
    versions,
)
from plugin.offers.tables.pairs import ON, Pair, all_pairs, by_revision, is_live, live, pair, pairs, titles

__all__ = ["MOST_HISTORY", "ON", "Configuration", "Offer", "OfferChange", "OfferVersion", "Pair", "all_pairs", "by_revision", "changes",
           "configuration", "count_orders", "forget_staff", "groups", "in_force", "in_force_at", "is_live", "last_change",
           "last_version", "live", "next_number", "of_shop", "offer", "pair", "pairs", "past_orders", "titles", "version_at", "versions"]

"""What the slice keeps: offers, and how far Shopify has followed them."""

from plugin.offers.tables.bundles import BundleProduct, bundle_ids, bundle_product, bundle_products
from plugin.offers.tables.findings import Finding, findings, left_out
from plugin.offers.tables.goods import count_orders, groups, past_orders
from plugin.offers.tables.natives import NativeDiscount, native_by_external, natives
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
    known_as,
    last_change,
    last_version,
    next_number,
    of_shop,
    offer,
    versions,
)

__all__ = ["BundleProduct", "Configuration", "Finding", "MOST_HISTORY", "NativeDiscount", "Offer", "OfferChange", "OfferVersion",
           "bundle_ids", "bundle_product", "bundle_products", "changes", "configuration", "count_orders", "findings", "forget_staff",
           "groups", "in_force", "in_force_at", "known_as", "last_change", "last_version", "left_out", "native_by_external", "natives",
           "next_number", "of_shop", "offer", "past_orders", "versions"]

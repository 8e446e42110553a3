"""Delivery kind → function: what leaves, by whom, and how many at once."""

from jobs.runner import Kind
from plugin.messaging.deliveries import send_mail
from plugin.offers.deliveries import publish_bundle, publish_offers, read_discounts
from plugin.offers.deliveries.collections import list_collections, read_collections
from plugin.offers.deliveries.markets import list_markets
from plugin.offers.deliveries.marks import BATCH, set_marks
from plugin.offers.deliveries.returning import adopt_natives
from plugin.referrals.deliveries import announce_terms
from plugin.rewards.deliveries import codes, credit, discounts

DELIVERIES: dict[str, Kind] = {
    "discount_create": Kind(discounts.create_discount),
    "codes_add": Kind(codes.add_codes, batch=250),
    "codes_poll": Kind(codes.poll_codes),
    "codes_delete": Kind(codes.delete_codes, batch=50),
    "credit_issue": Kind(credit.issue_credit),
    "credit_take_back": Kind(credit.take_back_credit),
    "credit_audit": Kind(credit.audit_credit),
    "collections_list": Kind(list_collections, batch=100),
    "collections_read": Kind(read_collections, batch=100),
    "markets_list": Kind(list_markets, batch=100),
    "marks_set": Kind(set_marks, batch=BATCH),
    "discounts_read": Kind(read_discounts, batch=100),
    "bundle_publish": Kind(publish_bundle),
    "natives_adopt": Kind(adopt_natives, batch=100),
    "offers_publish": Kind(publish_offers, batch=100),
    "terms_announce": Kind(announce_terms, asks_shopify=False),
    "mail": Kind(send_mail, asks_shopify=False),
}

LOCAL = frozenset(name for name, kind in DELIVERIES.items() if not kind.asks_shopify)
"""What leaves although a shop's Shopify does not answer."""

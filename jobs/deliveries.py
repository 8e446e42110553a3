"""Delivery kind → function: what leaves, by whom, and how many at once."""

from jobs.runner import Kind
from plugin.messaging.deliveries import send_mail
from plugin.offers.deliveries import publish_offers, publish_pair, show_pairs
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
    "offers_publish": Kind(publish_offers, batch=100),
    "pair_publish": Kind(publish_pair),
    "pairs_show": Kind(show_pairs, batch=100),
    "terms_announce": Kind(announce_terms, asks_shopify=False),
    "mail": Kind(send_mail, asks_shopify=False),
}

LOCAL = frozenset(name for name, kind in DELIVERIES.items() if not kind.asks_shopify)
"""What leaves although a shop's Shopify does not answer."""

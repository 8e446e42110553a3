"""What leaves for Shopify: shared discounts, codes, store credit. Each delivery is three acts: read and close; call; record."""

from plugin.rewards.deliveries.codes import add_codes, delete_codes, poll_codes
from plugin.rewards.deliveries.credit import audit_credit, issue_credit, take_back_credit
from plugin.rewards.deliveries.discounts import create_discount

__all__ = ["add_codes", "audit_credit", "create_discount", "delete_codes", "issue_credit", "poll_codes", "take_back_credit"]

"""What happens to rewards: ``life`` (one reward), ``codes`` (what Shopify said about codes), ``discounts`` (what codes hang on),
``credit`` (store credit at Shopify)."""

from plugin.rewards.flows.codes import confirm_codes, reject_codes
from plugin.rewards.flows.discounts import shared_discount
from plugin.rewards.flows.life import Claim, bring, expire, freeze, issued, spend

__all__ = ["Claim", "bring", "confirm_codes", "expire", "freeze", "issued", "reject_codes", "shared_discount", "spend"]

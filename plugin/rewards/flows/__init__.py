"""What happens to rewards: ``life`` (one reward), ``codes`` (what Shopify said about codes), ``discounts`` (what codes hang on),
``gone`` (what becomes of a discount that the merchant deleted), ``credit`` (store credit at Shopify),
``goodwill`` (what no order earned)."""

from plugin.rewards.flows.codes import confirm_codes, reject_codes
from plugin.rewards.flows.discounts import shared_discount
from plugin.rewards.flows.gone import discount_gone
from plugin.rewards.flows.life import Claim, bring, expire, freeze, issued, role_of, spend, standing, terms_of, too_old

__all__ = ["Claim", "bring", "confirm_codes", "discount_gone", "expire", "freeze", "issued", "reject_codes", "role_of", "shared_discount",
           "spend", "standing", "terms_of", "too_old"]

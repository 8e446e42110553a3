"""Rewards: kinds, states, hold → release → issue → clawback, shared discounts and what leaves for Shopify."""

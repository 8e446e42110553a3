"""Tandem: referrals, partners and upsells for Shopify; one order, one decision, one ledger."""

"""Shopify Functions: the very module of the extension, on an input made by its own query, within the limits that Shopify sets."""

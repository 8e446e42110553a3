"""The only place that knows Shopify's words and wire."""

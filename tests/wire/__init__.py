"""The wire to Shopify and from it: signatures, tokens, the Admin API, and what every request passes."""

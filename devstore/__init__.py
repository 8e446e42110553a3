"""devstore: a strict stand-in for Shopify on this machine. Shares no code with ``plugin/``. README.md says what it is not."""

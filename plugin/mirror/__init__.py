"""Orders, lines, refunds, products, costs and stock as Shopify last told us. Never guessed, never older than what we knew."""

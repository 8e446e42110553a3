"""What is to leave for Shopify or a mailbox: rows, leases, retries, dead letters."""

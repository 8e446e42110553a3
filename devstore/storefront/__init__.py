"""The stores that shoppers see: pages, cart, account."""

"""What is bought together: counted from the shop's own orders as they come, ranked, and suggested with its reason."""

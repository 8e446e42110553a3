"""The margin guard: each programme publishes its takes; the worst cart that they allow together is compared with the floor."""

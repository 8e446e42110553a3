"""What is shown and sold together."""

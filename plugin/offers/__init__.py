"""What is shown and sold together. First piece: pairs, the second product at a discount."""

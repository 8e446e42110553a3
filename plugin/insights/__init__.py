"""What the merchant sees of it all: figures, and behind every figure its rows: order, decision, postings, effect."""

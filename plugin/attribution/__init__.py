"""Links, codes, claims and visits, and the one decision per order, for advocates and partners alike."""

"""The checkout's price engine: discounts, combination, rounding, tax, shipping. Integers in minor units of the shop's currency."""

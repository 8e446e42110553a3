"""The arithmetic of whether a programme pays: pure, in minor units and fractions, each formula with its source."""

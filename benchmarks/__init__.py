"""Benchmarks: each measures a ratio within one run, since the machine's speed differs from hour to hour."""

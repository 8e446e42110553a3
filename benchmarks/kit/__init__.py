"""What the benchmarks share: load, fresh databases, and how a result is told."""

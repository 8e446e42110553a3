"""Tests about the repository: they read the code and run none of it (./run check)."""

"""Settle: one order, all programmes, one difference."""

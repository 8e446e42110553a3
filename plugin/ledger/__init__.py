"""Accounts, postings, balances; nothing else may touch money rows."""

"""Abuse rules: allow, hold or deny with reasons; cases that a merchant reviews. What fails or is missing means hold."""

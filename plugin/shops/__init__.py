"""Tenants: who has installed us, what they granted, and their tokens at rest."""

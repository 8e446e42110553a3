"""Tenants: install, tokens at rest and renewed, scopes, uninstall."""

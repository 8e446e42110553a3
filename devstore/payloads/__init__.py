"""Webhook payloads of version 2026-07, shaped by the documented JSON Schemas."""

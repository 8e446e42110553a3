"""The API versions that we speak: their one home."""

from shopify import ApiVersion

ADMIN = "2026-10"
WEBHOOKS = "2026-07"  # the newest whose payloads have published JSON Schemas


def admin_path() -> str:
    """The path of the Admin API's GraphQL endpoint below a shop's origin."""
    path: str = ApiVersion.coerce_to_version(ADMIN).api_path("")
    return f"{path}/graphql.json"

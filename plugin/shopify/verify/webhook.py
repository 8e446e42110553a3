"""Webhooks: HMAC-SHA256 over the raw body, in base64. The headers beside it are not signed."""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify.verify.domain import shop_domain

FAMILIES = ("x-shopify-", "shopify-")  # classic webhooks, and Shopify's newer Events
_TOPIC = re.compile(r"[A-Za-z0-9_.]{1,60}(/[A-Za-z0-9_.]{1,60}){0,3}")
_ID = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True)
class Webhook:
    """What the headers say. Only the body is proven: use ``domain`` to look up, the ids to tell repeats apart."""

    domain: str
    topic: str
    webhook_id: str
    event_id: str | None
    triggered_at: datetime | None
    api_version: str


def webhook(settings: Settings, raw: bytes, headers: Mapping[str, str]) -> Webhook:
    """Check ``raw`` against the app's secret, and the old one while it is rotated. Raises Refused("signature")."""
    lower = {name.lower(): value for name, value in headers.items()}
    family = next((prefix for prefix in FAMILIES if f"{prefix}hmac-sha256" in lower), FAMILIES[0])
    told = {name.removeprefix(family): value for name, value in lower.items() if name.startswith(family)}
    if not any(_signed(secret, raw, told.get("hmac-sha256", "")) for secret in settings.api_secrets()):
        raise Refused("signature", "The signature of this webhook is wrong.")
    return Webhook(
        domain=shop_domain(told.get("shop-domain")), topic=_need(_TOPIC, told, "topic"),
        webhook_id=_need(_ID, told, "webhook-id"), event_id=_id_or_none(told.get("event-id")),
        triggered_at=_time(told.get("triggered-at")), api_version=_need(_ID, told, "api-version"))


def _signed(secret: str, raw: bytes, given: str) -> bool:
    expected = base64.b64encode(hmac.digest(secret.encode(), raw, "sha256"))
    # As bytes: compare_digest raises TypeError on text that is not ASCII.
    return hmac.compare_digest(expected, given.encode("utf-8", "replace"))


def _need(pattern: re.Pattern[str], told: Mapping[str, str], name: str) -> str:
    value = told.get(name, "")
    if not pattern.fullmatch(value):
        raise Refused("signature", f"The header {name} of this webhook is missing or malformed.")
    return value


def _id_or_none(value: str | None) -> str | None:
    return value if value and _ID.fullmatch(value) else None


def _time(value: str | None) -> datetime | None:
    """Shopify writes nanoseconds and Z. What cannot be read is no time."""
    try:
        read = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else None

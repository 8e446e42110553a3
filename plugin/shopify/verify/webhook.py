"""Webhooks: HMAC-SHA256 over the raw body, in base64. The headers beside it are not signed."""

import base64
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify.verify.domain import shop_domain

Header = Callable[[str], str | None]
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


def webhook(settings: Settings, raw: bytes, header: Header) -> Webhook:
    """Check ``raw`` against the app's secret, and the old one while it is rotated. Raises Refused("signature").

    ``header`` gives the value of a name in small letters, or None.
    """
    family = next((prefix for prefix in FAMILIES if header(f"{prefix}hmac-sha256") is not None), FAMILIES[0])
    given = (header(f"{family}hmac-sha256") or "").encode("utf-8", "replace")
    if not any(_signed(secret, raw, given) for secret in settings.api_secrets()):
        raise Refused("signature", "The signature of this webhook is wrong.")
    return Webhook(
        domain=shop_domain(header(f"{family}shop-domain")), topic=_need(_TOPIC, header, f"{family}topic"),
        webhook_id=_need(_ID, header, f"{family}webhook-id"), event_id=_id_or_none(header(f"{family}event-id")),
        triggered_at=_time(header(f"{family}triggered-at")), api_version=_need(_ID, header, f"{family}api-version"))


def _signed(secret: str, raw: bytes, given: bytes) -> bool:
    # As bytes: compare_digest raises TypeError on text that is not ASCII.
    return hmac.compare_digest(base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")), given)


def _need(pattern: re.Pattern[str], header: Header, name: str) -> str:
    value = header(name) or ""
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

"""When a token is good, when it is renewed, and which uninstall counts. Pure; token times are machine time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

RENEW_EARLY = timedelta(minutes=5)
LAST_MOMENT = timedelta(seconds=30)
REFRESH_LEASE_SECONDS = 60.0


def is_fresh(expires_at: datetime, now: datetime) -> bool:
    """Far enough from its end that nobody need think of it."""
    return expires_at - now > RENEW_EARLY


def is_usable(expires_at: datetime, now: datetime) -> bool:
    """Near its end, but good for one more call while somebody renews it."""
    return expires_at - now > LAST_MOMENT


def is_late(triggered_at: datetime | None, installed_at: datetime | None) -> bool:
    """An uninstall that happened before the present install, and only arrives now."""
    return triggered_at is not None and installed_at is not None and triggered_at < installed_at


def joined(scopes: Sequence[object]) -> str | None:
    """Scopes as we store them; None if this is no list of words."""
    if not all(isinstance(scope, str) for scope in scopes):
        return None
    return ",".join(sorted({str(scope) for scope in scopes}))

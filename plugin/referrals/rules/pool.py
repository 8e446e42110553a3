"""How many friend codes wait, and how long a claimed one lives. Pure."""

from datetime import datetime, timedelta

LEAST = 200
CLAIM_LIFE = timedelta(days=30)
POOL_LIFE = timedelta(days=180)


def missing(waiting: int, claimed_yesterday: int) -> int:
    """How many codes to make: none while half of the target waits, else up to the target."""
    target = max(LEAST, 2 * claimed_yesterday)
    return 0 if 2 * waiting >= target else target - waiting


def is_fresh(ends_at: datetime | None, programme_ends: datetime | None, now: datetime) -> bool:
    """Whether a code still lives long enough to be given away: a whole claim's life, or to the programme's end."""
    return ends_at is None or ends_at >= freshness(programme_ends, now)


def freshness(programme_ends: datetime | None, now: datetime) -> datetime:
    """The earliest end that a code in the pool may have."""
    whole = now + CLAIM_LIFE
    return min(whole, programme_ends) if programme_ends else whole


def pool_end(programme_ends: datetime | None, now: datetime) -> datetime:
    """When codes made now end by themselves."""
    long = now + POOL_LIFE
    return min(long, programme_ends) if programme_ends else long


def lapse_time(claimed_at: datetime, ends_at: datetime | None) -> datetime:
    """When an unused claim lapses."""
    whole = claimed_at + CLAIM_LIFE
    return min(whole, ends_at) if ends_at else whole

"""Since when the share of visitors that is held out has been what it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Holding:
    """``share_bp``: basis points of visitors; counts and orders from ``since`` on belong together."""

    share_bp: int
    since: datetime


def holding(versions: Sequence[tuple[int, datetime]], zone: ZoneInfo) -> Holding | None:
    """``versions``: what was published, newest first: held-out basis points and since when. None where the newest holds nobody out.

    Another share draws other arms. Where one followed another, days are counted from the next midnight of the shop on, since counts are
    kept by days and a day of both would mix them."""
    if not versions or not versions[0][0]:
        return None
    share, since, before = versions[0][0], versions[0][1], 0
    for held, began in versions:
        if held != share:
            before = held
            break
        since = began
    if before:
        since = datetime.combine(since.astimezone(zone).date() + timedelta(days=1), time(), zone)
    return Holding(share, since)

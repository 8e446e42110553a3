"""The one source of *business time*: windows, holds, expiry, schedules.

Business time may be moved by a file that holds an offset in seconds (setting ``CLOCK_OFFSET_FILE``), which the
demo and the replay use. *Machine time* (leases, tokens, signatures, timeouts) never moves: ``machine_now``.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OffsetReader = Callable[[], float]


def _no_offset() -> float:
    return 0.0


_read_offset: OffsetReader = _no_offset


def use(reader: OffsetReader | None) -> None:
    """Hand in the reader of the offset; None means real time. Called once by create_app, jobs and cli."""
    global _read_offset
    _read_offset = reader or _no_offset


def file_reader(path: Path) -> OffsetReader:
    """A reader of ``path``. A missing or empty file means no offset; it is read at each call, so that a move shows at once."""

    def read() -> float:
        try:
            return float(path.read_text() or 0)
        except FileNotFoundError:
            return 0.0

    return read


def now() -> datetime:
    """Business time, aware UTC."""
    return machine_now() + timedelta(seconds=_read_offset())


def machine_now() -> datetime:
    """What the machine's clock says, aware UTC."""
    return datetime.now(UTC)


def zone(name: str | None) -> ZoneInfo:
    """The time zone of this name; UTC for none and for one that this machine does not know."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")

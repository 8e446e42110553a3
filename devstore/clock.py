"""Business time, which a file of offset seconds may move, and machine time, which never moves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


def machine_now() -> datetime:
    """What the machine's clock says, aware UTC. Tokens, signatures and timeouts live by it."""
    return datetime.now(UTC)


class BusinessClock:
    """Dates of orders, discounts and store credit. The offset is read from ``file`` at every call, so that a move shows at once."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._offset = 0.0

    def offset(self) -> float:
        if self._file is None:
            return self._offset
        try:
            return float(self._file.read_text() or 0)
        except FileNotFoundError:
            return 0.0

    def move(self, seconds: float) -> None:
        """Set the offset, in seconds from the machine's time."""
        self._offset = seconds
        if self._file is not None:
            aside = self._file.with_name(f"{self._file.name}.new")
            aside.write_text(str(seconds))
            aside.replace(self._file)

    def now(self) -> datetime:
        return machine_now() + timedelta(seconds=self.offset())


def iso(moment: datetime) -> str:
    """Webhook form: ``2026-10-01T12:00:00+00:00``."""
    return moment.replace(microsecond=0).isoformat()


def zulu(moment: datetime) -> str:
    """GraphQL ``DateTime``: ``2026-10-01T12:00:00Z``, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def read(text: str) -> datetime:
    """An ISO 8601 text as aware UTC; without an offset it is taken as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)

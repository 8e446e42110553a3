"""What can go wrong, told apart by whether trying again helps.

    TandemError
    ├── Refused     the input or the state forbids it; a person reads the message; trying again changes nothing
    ├── TryAgain    the world was not ready (network, throttle, lock); the same call may work later
    └── Broken      our own mistake or a promise of another system that did not hold; goes to the log

Only ``web/errors.py`` turns them into HTTP and only ``jobs/`` turns them into retries.
"""


class TandemError(Exception):
    """The root of the tree. ``facts`` are ids and numbers for the log, never personal data."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class Refused(TandemError):
    """Somebody asked for what cannot be. ``reason`` is a stable word for code.

    ``message`` is plain English for logs and developers. People read the catalogue's text of ``key``, in their language, with the
    facts as its values: money, counts, ``..._bp`` and lists of names, all of them good for JSON unless the error stays in memory.
    """

    def __init__(self, reason: str, message: str, *, key: str | None = None, **facts: object) -> None:
        super().__init__(message, **facts)
        self.reason = reason
        self.key = key or f"errors.{reason}"

    def plain(self) -> dict[str, object]:
        """To be stored beside what was refused, and told later in whatever language is asked for."""
        return {"key": self.key, **self.facts}


class NotFound(Refused):
    """No such thing in this shop. Says the same for another shop's thing."""

    def __init__(self, what: str) -> None:
        super().__init__("not_found", f"There is no such {what} in this shop.", what=what)


class TryAgain(TandemError):
    """Not now. ``after`` is a hint in seconds; None leaves the pace to the caller's backoff."""

    def __init__(self, message: str, *, after: float | None = None, **facts: object) -> None:
        super().__init__(message, **facts)
        self.after = after


class Broken(TandemError):
    """Should not happen. Nothing retries it by itself."""

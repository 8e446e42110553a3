"""What a call to Shopify can come to, told apart by whether it may have been applied.

    TryAgain                surely not applied: no connection, or a query that got no answer
    ├── Throttled           Shopify is well, we are too fast; a circuit breaker does not count it
    └── OutcomeUnknown      a mutation was sent and no readable answer came: look before trying again
    Refused
    ├── UserErrors          answered: this mutation was not carried out, for the reasons in ``errors``
    ├── AccessDenied        a scope is missing
    └── Frozen              the shop cannot be used now: uninstalled, unpaid, locked, closed
"""

from typing import Any

from plugin.errors import Refused, TryAgain


class Throttled(TryAgain):
    """``after`` seconds until the bucket holds enough."""


class OutcomeUnknown(TryAgain):
    """Sent; whether it was applied is not known."""


class UserErrors(Refused):
    """``errors`` as Shopify gave them: dicts of field, message, code. ``data`` is the whole answer, for partial success."""

    def __init__(self, operation: str, errors: list[dict[str, Any]], data: dict[str, Any]) -> None:
        self.errors = errors
        self.codes = [str(error.get("code") or "") for error in errors]
        self.data = data
        message = "; ".join(str(error.get("message") or "") for error in errors)[:500]
        super().__init__("user_errors", f"Shopify refused: {message}", operation=operation, codes=self.codes)


class AccessDenied(Refused):
    """The merchant has not granted what this operation needs."""

    def __init__(self, operation: str) -> None:
        super().__init__("access_denied", "The shop has not granted the access that this needs. Open Tandem in the admin to grant it.",
                         operation=operation)


class Frozen(Refused):
    """``status`` is the HTTP status that said so, or None when we know it without asking."""

    def __init__(self, message: str = "This shop cannot be reached through the app now.", *, status: int | None = None) -> None:
        super().__init__("frozen", message, status=status)
        self.status = status

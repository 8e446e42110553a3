"""Where a page of rows begins."""

from uuid import UUID

from flask import Request


def before(request: Request) -> UUID | None:
    """The last row of the page before; None for nonsense, and the list begins at its beginning."""
    try:
        return UUID(request.args.get("before", ""))
    except ValueError:
        return None

"""userErrors."""

from collections.abc import Sequence

from devstore.admin_api.call import Node


class Problem(Exception):
    """One user error; raised while an input is read."""

    def __init__(self, field: Sequence[str] | None, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.field, self.message, self.code = field, message, code

    @property
    def node(self) -> Node:
        return {
            "field": list(self.field) if self.field is not None else None,
            "message": self.message,
            "code": self.code,
            "extraInfo": None,
        }


def refused(*problems: Problem) -> Node:
    """A payload of errors alone: every other field is null."""
    return {"userErrors": [problem.node for problem in problems]}


def done(**fields: object) -> Node:
    return {**fields, "userErrors": []}

"""A form of the admin as it comes in: what was typed, and each fault at its field. Nothing is cut off and nothing is lost."""

from collections.abc import Collection, Mapping
from typing import TypedDict

from flask import request

from plugin.web.inputs import is_text
from plugin.web.state import Translate


class Form(TypedDict):
    """What ``kit.html`` wants of a form: field → what stands in it, and the sentence beside it where it is wrong."""

    values: dict[str, str]
    errors: dict[str, str]


def empty() -> Form:
    return Form(values={}, errors={})


def read(say: Translate, limits: Mapping[str, int], *, needed: Collection[str] = ()) -> Form:
    """The request's fields, without blanks around them. ``limits``: field → letters that it takes; ``needed``: those that must not be
    blank."""
    values = {name: request.form.get(name, "").strip() for name in limits}
    errors = {name: wrong for name, text in values.items() if (wrong := _fault(say, text, limits[name], needed=name in needed))}
    return Form(values=values, errors=errors)


def _fault(say: Translate, text: str, limit: int, *, needed: bool) -> str:
    if needed and not text:
        return say("kit.field_blank")
    if not is_text(text):
        return say("kit.field_unreadable")
    return say("kit.field_long", count=limit) if len(text) > limit else ""

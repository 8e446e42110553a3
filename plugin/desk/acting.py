"""What is done to one thing with one button: the form tells which state of it the merchant looked at, the page then says what was done."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import moved
from plugin.web.state import staff

Act = Callable[..., object]
"""A flow: (session, shop's id, the thing's id, now, by, revision)."""


def seen_revision() -> int | None:
    """Which state of a thing the merchant looked at; None where the form tells none, or nonsense."""
    text = request.values.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def add_acts(blueprint: Blueprint, one: str, acts: Mapping[str, tuple[Act, str]]) -> None:
    """``one``: the address of a thing, such as "/app/offers/<uuid:offer_id>". ``acts``: the last part of the button's address → the flow,
    and what the thing's page then says."""
    pages = one.rpartition("/")[0]
    for name, (act, said) in acts.items():
        blueprint.post(f"{one}/{name}", endpoint=f"{pages.rpartition('/')[2]}_{name}")(_view(pages, act, said))


def _view(pages: str, act: Act, said: str) -> Callable[..., ResponseReturnValue]:
    @embedded
    def view(shop: Shop, session: Session, **held: UUID) -> ResponseReturnValue:
        [thing_id] = held.values()
        act(session, shop.id, thing_id, now=clock.now(), by=staff(), revision=seen_revision())
        return moved(f"{pages}/{thing_id}", said=said)

    return view

"""What the app was composed of, reachable from a request. Nothing about a shop is kept here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from flask import current_app, g
from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.db import ShopId

Ring = Callable[[Context, str, ShopId], object]
Translate = Callable[..., str]
Depths = Callable[[Session], Iterable[tuple[str, str, int]]]
"""How much waits, over all shops: (queue, state, rows)."""
Launch = Callable[[Session, ShopId, datetime], None]
"""Raises Refused where a shop's first programme had better wait."""
Welcomes = Callable[[Session, ShopId], Sequence[Any]]
"""Bundles that a shop's friends are offered on the landing page (``referrals.rules.welcoming.Bundle``)."""

Bundles = Callable[[Session, ShopId], Sequence[tuple[str, str]]]
"""What a programme may ask for: offers that are switched on, by id and title."""


class Tenants(Protocol):
    """How a request finds its shop; ``shops.door.Door`` is one. ``web`` stands below shops and knows no more of them."""

    def arrive(self, domain: str, id_token: str) -> None: ...
    def load(self, session: Session, domain: str) -> Any: ...  # noqa: ANN401 - the Shop
    def way_in(self, domain: str) -> str: ...


@dataclass(frozen=True)
class Web:
    """``ring`` hints to workers that a shop has work; ``say`` is the translator (locale, key, values)."""

    context: Context
    tenants: Tenants
    ring: Ring
    say: Translate
    depths: Depths
    check_launch: Launch
    bundles: Bundles
    welcomes: Welcomes


def current_web() -> Web:
    return cast(Web, current_app.extensions["tandem"])


def current_context() -> Context:
    return current_web().context


def staff() -> str | None:
    """The id of the staff member whose token this request carries; Shopify tells no name with it. None outside the admin."""
    return cast("str | None", g.get("staff"))

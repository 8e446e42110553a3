"""A link is followed: which visits are counted, whoever's link it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from plugin.attribution.tables import Followed, count_visits, last_visit
from plugin.db import ShopId
from plugin.referrals.rules.visiting import VISITS_A_MINUTE, VISITS_AN_HOUR

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Kind = TypeVar("Kind", bound=Followed)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who follows: keyed hashes of device and network address; ``counts`` is False for bots, previews and prefetching. ``source``: what
    they opened."""

    device_key: str | None
    address_key: str | None
    counts: bool
    source: Literal["link", "card"] = "link"


def counted(session: Session, shop_id: ShopId, caller: Caller, whose: ColumnElement[bool], *, table: type[Kind],
            make: Callable[[], Kind], now: datetime) -> Kind | None:
    """The visit of this device to this link (``whose``) within the hour, else a new one; None for bots and beyond the limits of one
    network address."""
    if not caller.counts:
        return None
    found = recent(session, shop_id, caller, whose, table=table, now=now)
    if found is None and not _flooding(session, table, shop_id, caller, now):
        found = make()
        session.add(found)
        session.flush()
    return found


def recent(session: Session, shop_id: ShopId, caller: Caller, whose: ColumnElement[bool], *, table: type[Kind],
           now: datetime) -> Kind | None:
    """What this device was counted for within the hour."""
    if caller.device_key is None:
        return None
    return last_visit(session, table, shop_id, whose, device_key=caller.device_key, after=now - HOUR)


def _flooding(session: Session, table: type[Followed], shop_id: ShopId, caller: Caller, now: datetime) -> bool:
    key = caller.address_key
    if key is None:
        return False
    return any(count_visits(session, table, shop_id, since=now - span, address_key=key) >= most
               for span, most in ((MINUTE, VISITS_A_MINUTE), (HOUR, VISITS_AN_HOUR)))

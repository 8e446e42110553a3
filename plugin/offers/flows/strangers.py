"""Discounts of the shop that are not ours: what may stand beside our offers without anybody counting it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.margin import codes
from plugin.margin import tables as margins
from plugin.margin.codes import KeptDiscount
from plugin.offers import tables
from plugin.offers.tables.coded import coded
from plugin.outbox import flows as outbox
from plugin.rewards import tables as rewards

LANE, KIND = "discounts", "discounts_read"
GATHERED = timedelta(seconds=30)
"""Every use of a code is told as a change of its discount."""


@dataclass(frozen=True, slots=True)
class Strangers:
    """``barred``: classes beside which our offers do not stand, because of ``titles``."""

    barred: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()


def own_ones(session: Session, shop_id: ShopId) -> Sequence[KeptDiscount]:
    """The merchant's discounts, without those that we made."""
    ours = set[str | None](rewards.at_shopify(session, shop_id))
    ours |= {row.external_id for row in tables.natives(session, shop_id)} | {row.external_id for row in coded(session, shop_id)}
    configuration = tables.configuration(session, shop_id)
    ours.add(configuration.external_id if configuration else None)
    return [row for row in codes.discounts(session, shop_id) if row.id not in ours]


def strangers(session: Session, shop_id: ShopId, classes: Collection[str]) -> Strangers:
    """What our offers, which have these ``classes``, must keep from, for the floor's sake. Nothing where there is no floor."""
    if not margins.floors(session, shop_id):
        return Strangers()
    found = [row for row in own_ones(session, shop_id) if not row.counted and row.told().barred(classes)]
    return Strangers(frozenset[str]().union(*(row.told().barred(classes) for row in found)), tuple(row.title for row in found))


def read_soon(session: Session, shop_id: ShopId, *, now: datetime, wait: timedelta = timedelta()) -> None:
    """What discounts the shop has is read at Shopify; within ``wait`` many changes are one."""
    if not outbox.is_coming(session, shop_id, KIND, LANE, within=wait.total_seconds()):
        outbox.put(session, shop_id, KIND, new_id(), now=now, lane=LANE, not_before=now + wait)


def changed(session: Session, shop_id: ShopId, now: datetime) -> None:
    """A discount of the shop changed. It matters where there is a floor to keep."""
    if margins.floors(session, shop_id):
        read_soon(session, shop_id, now=now, wait=GATHERED)

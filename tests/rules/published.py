"""Programmes changed and published, for tests of publishing and of what advocates are told."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.referrals import flows, tables
from plugin.referrals.rules import Version
from plugin.referrals.rules.standing import standing
from plugin.shops.tables import Shop
from tests.rules.cast import NOON
from tests.rules.shopfront import FORM

MINUTE = timedelta(minutes=1)


def change(session: Session, shop: Shop, programme_id: UUID, at: Any = NOON, **fields: Any) -> None:  # noqa: ANN401 - fields of any type
    flows.save_programme(session, shop.id, {**FORM, **fields}, currency="GBP", now=at, programme_id=programme_id, by="7")


def publish(session: Session, shop: Shop, programme_id: UUID, at: Any = NOON, **fields: Any) -> Version:  # noqa: ANN401
    change(session, shop, programme_id, at, **fields)
    return flows.publish(session, shop.id, programme_id, now=at, by="7")


def kinds(session: Session, shop: Shop, programme_id: UUID) -> list[str]:
    return [one.kind for one in reversed(tables.changes(session, shop.id, programme_id, limit=50))]


def stands(session: Session, shop: Shop, programme_id: UUID, at: Any) -> str:  # noqa: ANN401
    known = [row.version() for row in tables.history(session, shop.id, programme_id)]
    return standing(tables.programme(session, shop.id, programme_id).state, known, at)

"""Telling advocates that the terms change: one mail each, in plain words, and only where something that concerns them changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.locales import chosen
from plugin.messaging import facts
from plugin.messaging import flows as messaging
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.referrals import sharing, tables, wording
from plugin.referrals.rules import Version
from plugin.referrals.rules.clauses import Difference, differences
from plugin.referrals.rules.standing import came_into_force
from plugin.referrals.tables import ProgrammeVersion
from plugin.shops import tables as shops
from plugin.shops.tables import Shop

PAGE = 200
"""How many advocates are written to in one transaction: SQLite lets one write at a time."""


@dataclass(frozen=True, slots=True)
class News:
    """What a version says otherwise than the last one that advocates know of."""

    version: Version
    changes: tuple[Difference, ...]


def announce(session: Session, shop_id: ShopId, version_id: UUID, *, now: datetime) -> bool:
    """Write to the next page of advocates of this version's programme. True once all of them know, or need not.

    A version that was replaced or taken back before its turn came is passed over: the one that took its place compares itself with
    the last one that was told, so what was undone in time is told to nobody. Raises NotFound.
    """
    row = tables.version_row(session, shop_id, version_id, lock=True)
    if row.told_at is not None:
        return True
    news = _news(session, shop_id, row, now)
    if news is None:
        return True
    readers = _readers(session, shop_id, row) if news.changes else []
    for advocate_id, person in readers:
        _write(session, shop_id, advocate_id, person, news=news, now=now)
    if len(readers) == PAGE:
        row.told_to = readers[-1][0]
    else:
        row.told_at = now
    session.flush()
    return len(readers) < PAGE


def concerning(before: Version, after: Version) -> tuple[Difference, ...]:
    """What advocates are told of a change."""
    return tuple(one for one in differences(before, after) if one.to_advocates)


def _news(session: Session, shop_id: ShopId, row: ProgrammeVersion, now: datetime) -> News | None:
    """None for a version that holds no more."""
    version = row.version()
    if not came_into_force(version) or (row.until is not None and row.until <= now):
        return None
    known = next((one.version() for one in tables.history(session, shop_id, row.programme_id)
                  if one.number < row.number and (one.told_at is not None or one.number == 1)), None)
    return News(version, concerning(known, version) if known is not None else ())


def _readers(session: Session, shop_id: ShopId, row: ProgrammeVersion) -> Sequence[tuple[UUID, Person]]:
    return tables.active_advocates(session, shop_id, row.programme_id, before=row.since, after=row.told_to, limit=PAGE)


def _write(session: Session, shop_id: ShopId, advocate_id: UUID, person: Person, *, news: News, now: datetime) -> None:
    """One mail a version and advocate: its subject is an id made of both, so writing it again writes nothing."""
    shop, reader = shops.get(session, shop_id), people.get(session, shop_id, person.id)
    if reader.redacted_at is not None or not reader.email:
        return
    locale = chosen(reader.locale, shop.locale)
    told = [wording.said(one, locale) for one in news.changes]
    assert news.version.since is not None
    messaging.write_mail(session, shop_id, reader.id, "terms_changed", about=uuid5(news.version.id, str(advocate_id)), now=now,
                         facts=facts.terms_changed(address(shop, news.version), since=news.version.since,
                                                   changes=[(one.before, one.after) for one in told]))


def address(shop: Shop, version: Version) -> str:
    """Where this version's terms stand in the storefront."""
    storefront = (shop.storefront_url or f"https://{shop.domain}").rstrip("/")
    return f"{storefront}{sharing.terms_path(version)}?version={version.number}"

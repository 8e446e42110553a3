"""What customers are tagged with at Shopify, as it last told: all of a customer's tags where we asked, single ones where a webhook says
that they were added or removed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from plugin.db import ShopId, insert_once
from plugin.people import tables
from plugin.people.rules import TagNews, Tags, all_tags, folded, some_tags
from plugin.people.tables import CustomerTags


def told(session: Session, shop_id: ShopId, customer_id: str, names: Sequence[str], at: datetime | None) -> bool:
    """These are all of them. True if it was news. Nothing is kept of a customer without tags of whom we kept none."""
    if not names and session.get(CustomerTags, (shop_id, customer_id)) is None:
        return False
    row = _row(session, shop_id, customer_id)
    return row is not None and _keep(session, row, all_tags(_known(row), names, at))


def changed(session: Session, shop_id: ShopId, customer_id: str, names: Sequence[str], *, added: bool, at: datetime) -> bool:
    """These were added, or removed. True if it was news."""
    row = _row(session, shop_id, customer_id)
    return row is not None and _keep(session, row, some_tags(_known(row), [TagNews(name, at, added) for name in names]))


def forget(session: Session, shop_id: ShopId, customer_ids: Collection[str], now: datetime) -> None:
    """Nothing is learned of these any more. Their number at Shopify stays: by it a late event knows that."""
    session.execute(update(CustomerTags).where(CustomerTags.shop_id == shop_id, CustomerTags.customer_id.in_(customer_ids))
                    .values(tags=[], news=[], told_at=None, redacted_at=now).execution_options(synchronize_session=False))
    session.expire_all()


def _row(session: Session, shop_id: ShopId, customer_id: str) -> CustomerTags | None:
    """Locked, and made where there is none; None for somebody who is forgotten."""
    person = tables.by_customer(session, shop_id, customer_id)
    if person is not None and person.redacted_at is not None:
        return None
    insert_once(session, CustomerTags, {"shop_id": shop_id, "customer_id": customer_id, "tags": [], "news": []})
    row = session.get_one(CustomerTags, (shop_id, customer_id), with_for_update=True, populate_existing=True)
    return row if row.redacted_at is None else None


def _known(row: CustomerTags) -> Tags:
    news = [TagNews(name, datetime.fromisoformat(at), added) for name, at, added in row.news]
    return Tags(tuple(row.tags), row.told_at, {folded(one.name): one for one in news})


def _keep(session: Session, row: CustomerTags, found: Tags) -> bool:
    before = {folded(name) for name in row.tags}
    row.tags, row.told_at = list(found.names), found.told_at
    row.news = [[one.name, one.at.isoformat(), one.added] for one in found.news.values()]
    session.flush()
    return {folded(name) for name in found.names} != before

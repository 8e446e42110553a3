"""What the mirror knows of goods and past orders, as the builder asks for it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.mirror import tables as mirror


def groups(session: Session, shop_id: ShopId, words: str, *, limit: int) -> tuple[list[str], list[str]]:
    """Tags and vendors that contain ``words``, the most used first; of a tag that is written in several ways the one used most."""
    found: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for tags, vendor in session.execute(select(mirror.Product.tags, mirror.Product.vendor).where(
            mirror.Product.shop_id == shop_id, mirror.Product.deleted_at.is_(None))):
        for counted, names in zip(found, (tags, [vendor]), strict=True):
            counted.update(names)
    wanted = words.casefold()
    tags, vendors = (sorted((name for name in counted if name and wanted in name.casefold()), key=lambda name: (-counted[name], name))
                     for counted in found)
    once: dict[str, str] = {}
    for tag in tags:
        once.setdefault(tag.casefold(), tag)
    return list(once.values())[:limit], vendors[:limit]


def past_orders(session: Session, shop_id: ShopId, *, since: datetime, after: str | None, limit: int) -> Sequence[str]:
    """Ids of real orders, oldest first; ``after``: the last one of the batch before."""
    orders = mirror.Order
    asked = select(orders.id).where(orders.shop_id == shop_id, orders.created_at >= since, orders.test.is_(False))
    if after is not None:
        last = select(orders.created_at).where(orders.shop_id == shop_id, orders.id == after).scalar_subquery()
        asked = asked.where(or_(orders.created_at > last, and_(orders.created_at == last, orders.id > after)))
    return session.scalars(asked.order_by(orders.created_at, orders.id).limit(limit)).all()


def count_orders(session: Session, shop_id: ShopId, *, since: datetime) -> int:
    return session.scalar(select(func.count()).select_from(mirror.Order).where(
        mirror.Order.shop_id == shop_id, mirror.Order.created_at >= since, mirror.Order.test.is_(False))) or 0

"""Collections: the newest telling of each wins, deletion stays; what is in them is read, since no webhook tells it. (Flows.)"""

from collections.abc import Collection as Several
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from plugin.db import ShopId, insert_once
from plugin.mirror.tables.collections import Collection, CollectionProduct
from plugin.shopify.payloads import CollectionTold


def apply_collection(session: Session, shop_id: ShopId, told: CollectionTold) -> bool:
    """Take in a telling of a collection; its products are to be read again. False if ours is as new, or it was deleted."""
    row = session.get(Collection, (shop_id, told.id))
    if row is not None and (row.deleted_at is not None or row.updated_at >= told.updated_at):
        return False
    if row is None:
        row = Collection(shop_id=shop_id, id=told.id)
        session.add(row)
    row.title, row.handle, row.updated_at, row.stale = told.title, told.handle, told.updated_at, True
    session.flush()
    return True


def delete_collection(session: Session, shop_id: ShopId, collection_id: str, now: datetime) -> None:
    """Gone at Shopify: no late telling brings it back, seen before or not."""
    insert_once(session, Collection, {"shop_id": shop_id, "id": collection_id, "title": "", "handle": "", "updated_at": now,
                                      "stale": False, "deleted_at": now})
    row = session.get_one(Collection, (shop_id, collection_id))
    row.deleted_at, row.stale = row.deleted_at or now, False
    session.execute(delete(CollectionProduct).where(CollectionProduct.shop_id == shop_id,
                                                    CollectionProduct.collection_id == collection_id))
    session.flush()


def read_again(session: Session, shop_id: ShopId, ids: Several[str]) -> None:
    """What these collections hold may have changed without a word: rules gather what fits."""
    session.execute(update(Collection).where(Collection.shop_id == shop_id, Collection.id.in_(ids), Collection.deleted_at.is_(None))
                    .values(stale=True).execution_options(synchronize_session=False))
    session.expire_all()


def keep_members(session: Session, shop_id: ShopId, collection_id: str, product_ids: Several[str], now: datetime) -> bool:
    """What we read of a collection. True if it was news."""
    row = session.get(Collection, (shop_id, collection_id))
    if row is None or row.deleted_at is not None:
        return False
    row.stale, row.read_at = False, now
    of_it = (CollectionProduct.shop_id == shop_id, CollectionProduct.collection_id == collection_id)
    before, wanted = set(session.scalars(select(CollectionProduct.product_id).where(*of_it))), set(product_ids)
    if before == wanted:
        return False
    session.execute(delete(CollectionProduct).where(*of_it))
    if wanted:
        session.execute(insert(CollectionProduct), [{"shop_id": shop_id, "collection_id": collection_id, "product_id": one}
                                                    for one in sorted(wanted)])
    session.flush()
    return True


def forget_collections(session: Session, shop_id: ShopId) -> None:
    for table in (CollectionProduct, Collection):
        session.execute(delete(table).where(table.__table__.c.shop_id == shop_id))
    session.expire_all()

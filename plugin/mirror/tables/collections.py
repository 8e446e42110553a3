"""Collections and what is in them, as Shopify last told us when we asked."""

from collections.abc import Collection as Several
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.people.rules import folded


class Collection(Base):
    """``stale``: what is in it must be read again. ``read_at``: when that was done last. A deleted one stays, so that no late telling
    brings it back."""

    __tablename__ = "collections"
    __table_args__ = (Index(None, "shop_id", "stale", "id"),)

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    handle: Mapped[str] = mapped_column(String(300))
    updated_at: Mapped[datetime]
    stale: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class CollectionProduct(Base):
    """One product in one collection."""

    __tablename__ = "collection_products"
    __table_args__ = (Index(None, "shop_id", "product_id"),)

    shop_id: Mapped[ShopId] = shop_key()
    collection_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(24), primary_key=True)


def collections(session: Session, shop_id: ShopId, words: str = "", *, limit: int = 1000) -> Sequence[Collection]:
    """Those that exist and whose title contains ``words``, by title."""
    asked = select(Collection).where(Collection.shop_id == shop_id, Collection.deleted_at.is_(None))
    if words:
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        asked = asked.where(Collection.title.ilike(pattern, escape="\\"))
    return session.scalars(asked.order_by(Collection.title, Collection.id).limit(limit)).all()


def collection_titles(session: Session, shop_id: ShopId, ids: Several[str]) -> dict[str, str]:
    """What each of these is called, as far as they exist."""
    return dict(session.execute(select(Collection.id, Collection.title).where(
        Collection.shop_id == shop_id, Collection.id.in_(ids), Collection.deleted_at.is_(None))).all())


def stale_collections(session: Session, shop_id: ShopId, *, limit: int) -> Sequence[str]:
    """Ids of those whose products must be read again."""
    return session.scalars(select(Collection.id).where(Collection.shop_id == shop_id, Collection.stale.is_(True),
                                                       Collection.deleted_at.is_(None)).order_by(Collection.id).limit(limit)).all()


def gathered(session: Session, shop_id: ShopId, product_ids: Several[str] | None = None) -> dict[str, tuple[str, ...]]:
    """By product (of these, or of all), the collections that it is in."""
    asked = select(CollectionProduct.product_id, CollectionProduct.collection_id).where(CollectionProduct.shop_id == shop_id)
    if product_ids is not None:
        asked = asked.where(CollectionProduct.product_id.in_(product_ids))
    found: dict[str, list[str]] = {}
    for product_id, collection_id in session.execute(asked.order_by(CollectionProduct.collection_id)):
        found.setdefault(product_id, []).append(collection_id)
    return {product_id: tuple(ids) for product_id, ids in found.items()}


def titled(session: Session, shop_id: ShopId, words: frozenset[str]) -> dict[str, str]:
    """By id, the folded titles of the collections that are called by one of these folded words."""
    if not words:
        return {}
    rows = session.execute(select(Collection.id, Collection.title).where(Collection.shop_id == shop_id, Collection.deleted_at.is_(None)))
    return {id: known for id, title in rows if (known := folded(title)) in words}


def gathered_under(session: Session, shop_id: ShopId, words: frozenset[str]) -> dict[str, set[str]]:
    """By product, which of these folded words are titles of collections that it is in."""
    titles = titled(session, shop_id, words)
    found: dict[str, set[str]] = {}
    if titles:
        for product_id, collection_id in session.execute(select(CollectionProduct.product_id, CollectionProduct.collection_id).where(
                CollectionProduct.shop_id == shop_id, CollectionProduct.collection_id.in_(titles))):
            found.setdefault(product_id, set()).add(titles[collection_id])
    return found

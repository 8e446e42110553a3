"""Kits that are sold as one product of their own: what each is to be at Shopify, and how far that has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key


class BundleProduct(Base):
    """``wanted``: title, components as [product, variant, count], price and cost in minor units, status. ``said``: the same, as far as
    Shopify has it. ``revision_id`` names the newest wish.

    ``former``: products that it was before and that were deleted at Shopify; orders still name them.
    ``sent_at``: machine time at which a create left whose answer is not known. ``operation_id``: what Shopify does in the background.
    ``reason``: why it is not as it should be, a text's key and facts. ``listed``: what a unit of each part cost by itself (minor units of
    the shop's currency, by variant) since when, as [time, prices], oldest first.
    """

    __tablename__ = "bundle_products"
    __table_args__ = (Index(None, "shop_id", "product_id"),)
    shop_id: Mapped[UUID] = shop_key()
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(12))  # waiting | live | away | failed | gone
    wanted: Mapped[dict[str, Any]]
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    product_id: Mapped[str | None] = mapped_column(String(24))
    variant_id: Mapped[str | None] = mapped_column(String(24))
    former: Mapped[list[Any]] = mapped_column(default=list)
    listed: Mapped[list[Any]] = mapped_column(default=list)
    operation_id: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None]
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime]


def bundle_products(session: Session, shop_id: ShopId) -> Sequence[BundleProduct]:
    return session.scalars(select(BundleProduct).where(BundleProduct.shop_id == shop_id).order_by(BundleProduct.offer_id)).all()


def bundle_product(session: Session, shop_id: ShopId, offer_id: UUID, *, lock: bool = False) -> BundleProduct | None:
    return session.get(BundleProduct, (shop_id, offer_id), with_for_update=lock or None, populate_existing=lock)


def bundle_by_product(session: Session, shop_id: ShopId, product_id: str) -> BundleProduct | None:
    return session.scalar(select(BundleProduct).where(BundleProduct.shop_id == shop_id, BundleProduct.product_id == product_id)
                          .with_for_update())


def bundle_ids(session: Session, shop_id: ShopId) -> frozenset[str]:
    """Products at Shopify that are bundles of ours, on sale or not."""
    found = session.scalars(select(BundleProduct.product_id).where(BundleProduct.shop_id == shop_id, BundleProduct.product_id.is_not(None)))
    return frozenset(one for one in found if one)


def kits(session: Session, shop_id: ShopId, numbers: Mapping[UUID, int]) -> dict[str, int]:
    """Product → the number of the offer that it is or was. ``numbers``: of the shop's offers."""
    return {str(one): numbers[row.offer_id] for row in bundle_products(session, shop_id) for one in (*row.former, row.product_id)
            if one and row.offer_id in numbers}


def listed_at(session: Session, shop_id: ShopId, moment: datetime) -> dict[str, dict[str, int]]:
    """Product → what a unit of each of its parts cost by itself at that moment, by variant; nothing of one that was not sold yet."""
    found: dict[str, dict[str, int]] = {}
    for row in bundle_products(session, shop_id):
        known = [prices for since, prices in row.listed if datetime.fromisoformat(since) <= moment]
        found |= {str(one): known[-1] for one in (*row.former, row.product_id) if one and known}
    return found

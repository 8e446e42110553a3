"""Links, visits, claims, codes and decisions as rows, and the queries on them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.db import Base, own_key, shop_key


class Link(Base):
    """What an advocate (later: a partner) shares. ``id`` is the advocate's own id; ``slug`` and ``code_key`` are found by friends."""

    __tablename__ = "links"
    __table_args__ = (UniqueConstraint("shop_id", "slug"), UniqueConstraint("shop_id", "code_key"),
                      Index(None, "shop_id", "person_id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    slug: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(32))
    code_key: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))  # active | stopped
    made_at: Mapped[datetime]


class Visit(Base):
    """A followed link, at most one an hour per link and device. ``token`` is what the storefront carries back to us."""

    __tablename__ = "visits"
    __table_args__ = (UniqueConstraint("shop_id", "token"), Index(None, "shop_id", "device_key", "at"),
                      Index(None, "shop_id", "advocate_id", "at"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    advocate_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    version_id: Mapped[UUID]
    device_key: Mapped[str | None] = mapped_column(String(64))
    address_key: Mapped[str | None] = mapped_column(String(64))  # of the network address alone, for limits
    token: Mapped[str | None] = mapped_column(String(255))
    landing: Mapped[str] = mapped_column(String(255), default="/")
    at: Mapped[datetime]


class Claim(Base):
    """A friend asked for a code. It is kept while the pool is empty; ``nonce`` makes a second tap the same claim."""

    __tablename__ = "claims"
    __table_args__ = (UniqueConstraint("shop_id", "nonce"), Index(None, "shop_id", "device_key", "at"),
                      Index(None, "shop_id", "version_id", "state", "at"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    nonce: Mapped[str] = mapped_column(String(64))
    advocate_id: Mapped[UUID]
    version_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    code_id: Mapped[UUID | None]
    device_key: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))  # waiting | given | codeless | lapsed
    at: Mapped[datetime]


class Code(Base):
    """One single-use redeem code. Friend codes wait in the pool until claimed; a reward code belongs to its reward from birth."""

    __tablename__ = "codes"
    __table_args__ = (UniqueConstraint("shop_id", "code_key"), Index(None, "shop_id", "version_id", "kind", "state"),
                      Index(None, "shop_id", "state", "lapses_at"), Index(None, "shop_id", "discount_id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    code: Mapped[str] = mapped_column(String(32))
    code_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))  # friend | reward
    state: Mapped[str] = mapped_column(String(16))  # planned adding ready claimed used lapsed deleted failed
    discount_id: Mapped[UUID | None]
    external_id: Mapped[str | None] = mapped_column(String(32))
    version_id: Mapped[UUID]
    advocate_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]
    reward_id: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]  # of the shared discount it hangs on
    made_at: Mapped[datetime]


class Decision(Base):
    """Why this order was attributed or not; replaced as a whole when the order is decided anew."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "shop_id", "advocate_id", "ordered_at"), Index(None, "shop_id", "device_key", "ordered_at"),
                      Index(None, "shop_id", "ordered_at"))
    shop_id: Mapped[UUID] = shop_key()
    order_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[str | None] = mapped_column(String(16))
    advocate_id: Mapped[UUID | None]
    programme_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None]
    code_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]
    manual_id: Mapped[UUID | None]  # the advocate whom the merchant named
    device_key: Mapped[str | None] = mapped_column(String(64))
    counted: Mapped[dict[str, Any]] = mapped_column(default=dict)  # advocate id → earlier orders counted when first decided
    trace: Mapped[list[Any]]
    ordered_at: Mapped[datetime]
    decided_at: Mapped[datetime]

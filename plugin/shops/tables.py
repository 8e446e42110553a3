"""Shops and their tokens. ``shops`` is the tenant itself: it stands above shop_id (DESIGN 4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, String, Text, Uuid, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, database_now, new_id, seconds, shop_key
from plugin.errors import NotFound

UNKNOWN, INSTALLED, UNINSTALLED = "unknown", "installed", "uninstalled"


class Shop(Base):
    """``unknown``: somebody's signed webhook named it, nothing more. Texts are empty until Shopify told them."""

    __tablename__ = "shops"

    id: Mapped[ShopId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    domain: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=UNKNOWN)
    name: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    currencies: Mapped[str] = mapped_column(Text, default="")  # in which it sells, its own among them, with commas between
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(16), default="en")
    country: Mapped[str] = mapped_column(String(2), default="")
    storefront_url: Mapped[str] = mapped_column(String(255), default="")
    plan: Mapped[str] = mapped_column(String(64), default="")  # at Shopify
    subscription: Mapped[str] = mapped_column(String(120), default="")  # to Tandem, by its name at Shopify; see plans.py
    scopes: Mapped[str] = mapped_column(Text, default="")
    seen_at: Mapped[datetime]
    installed_at: Mapped[datetime | None]
    uninstalled_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    @property
    def sold(self) -> frozenset[str]:
        """The currencies in which it sells; empty until Shopify told them."""
        return frozenset(one for one in self.currencies.split(",") if one)


class Token(Base):
    """The pair of tokens, sealed, and the lease of whoever renews it. ``fence`` moves whenever the pair does or the lease is taken."""

    __tablename__ = "shop_tokens"

    shop_id: Mapped[ShopId] = shop_key()
    access: Mapped[str] = mapped_column(Text)
    refresh: Mapped[str | None] = mapped_column(Text)
    scopes: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
    refresh_expires_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)


def by_domain(session: Session, domain: str) -> Shop | None:
    return session.scalars(select(Shop).where(Shop.domain == domain)).one_or_none()


def get(session: Session, shop_id: ShopId) -> Shop:
    """Raises NotFound."""
    shop = session.get(Shop, shop_id)
    if shop is None:
        raise NotFound("shop")
    return shop


def installed(session: Session) -> Sequence[Shop]:
    """Every shop that has us now, in the order they were first seen."""
    return session.scalars(select(Shop).where(Shop.state == INSTALLED).order_by(Shop.id)).all()


def ever_seen(session: Session) -> Sequence[ShopId]:
    """Every shop that was ever seen."""
    return session.scalars(select(Shop.id).order_by(Shop.id)).all()


def uninstalled(session: Session, *, since: datetime | None = None, before: datetime | None = None) -> Sequence[Shop]:
    """Shops that have left, at or after ``since`` and before ``before`` (business time)."""
    asked = select(Shop).where(Shop.state == UNINSTALLED).order_by(Shop.id)
    asked = asked.where(Shop.uninstalled_at >= since) if since else asked
    return session.scalars(asked.where(Shop.uninstalled_at < before) if before else asked).all()


def lock(session: Session, shop_id: ShopId) -> Shop:
    """The shop as it is now, held until the transaction ends."""
    return session.scalars(select(Shop).where(Shop.id == shop_id).with_for_update().execution_options(populate_existing=True)).one()


def token(session: Session, shop_id: ShopId) -> Token | None:
    return session.get(Token, shop_id, populate_existing=True)


def take_lease(session: Session, shop_id: ShopId, fence: int, lease_seconds: float) -> int | None:
    """Become the one who renews, unless somebody is. Returns the new fence, or None."""
    now = database_now(session)
    taken = _update(session, shop_id, fence, {"lease_until": now + seconds(lease_seconds), "fence": fence + 1},
                    or_(Token.lease_until.is_(None), Token.lease_until <= now))
    return fence + 1 if taken else None


def change(session: Session, shop_id: ShopId, fence: int, values: dict[str, Any]) -> bool:
    """Change the row if its fence still stands. False if the row is gone or somebody else's."""
    return _update(session, shop_id, fence, values)


def _update(session: Session, shop_id: ShopId, fence: int, values: dict[str, Any], *also: Any) -> bool:  # noqa: ANN401 - column expressions
    done = session.execute(update(Token).where(Token.shop_id == shop_id, Token.fence == fence, *also).values(**values)
                           .execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount == 1

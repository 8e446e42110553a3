"""The keys with which a shop's cart attributes are signed and its friends' codes are made; docs/offers.md, "Carriers".

Attributes have keys of their own, sealed like the shop's tokens. A new one signs only when Shopify has heard of it, and the one before it
is believed until the next: so changing keys takes no offer from anybody. The key of friends' codes follows from the shop's secret of its
people's keys, since codes are made where no settings are at hand.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.attribution.rules.proofs import KEY_LETTERS, new_key, signed
from plugin.config import Settings
from plugin.db import Base, ShopId, own_key, shop_key
from plugin.people import flows as people
from plugin.shops import vault

CHANGED_AFTER = timedelta(days=90)
"""Longer than any signature holds, so that the key before is missed by nobody."""
KEPT = 2


class SigningKey(Base):
    """``told_at``: since when Shopify believes it, and some offer asks what it proves."""

    __tablename__ = "signing_keys"
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    sealed: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Keys:
    """As a configuration carries them; empty ones prove nothing. ``ids``: of the rows whose keys are in ``signing``."""

    signing: str = ""
    codes: str = ""
    ids: tuple[UUID, ...] = ()


def keys(session: Session, settings: Settings, shop_id: ShopId, now: datetime) -> Keys:
    """What Shopify is to believe, the newest first. Makes the first key, and one in the place of keys that cannot be unsealed any more."""
    rows = _readable(session, settings, shop_id)
    if not rows:
        rows = [_make(session, settings, shop_id, now)]
    return Keys("".join(key for _, key in rows), codes_key(session, shop_id), tuple(row.id for row, _ in rows))


def codes_key(session: Session, shop_id: ShopId) -> str:
    """What makes friends' codes; who reads it at Shopify learns nothing of the secret that it follows from."""
    secret = people.secret_of(session, shop_id)
    return hmac.new(secret.encode(), b"tandem friends' codes", hashlib.sha256).hexdigest()[:KEY_LETTERS]


def told(session: Session, shop_id: ShopId, ids: Collection[UUID], now: datetime) -> None:
    """Shopify has these keys, and offers that ask for what they prove. The others sign nothing: a cart is told no more than it needs."""
    of_shop = update(SigningKey).where(SigningKey.shop_id == shop_id).execution_options(synchronize_session=False)
    session.execute(of_shop.where(SigningKey.id.in_(ids), SigningKey.told_at.is_(None)).values(told_at=now))
    session.execute(of_shop.where(SigningKey.id.not_in(ids)).values(told_at=None))
    session.expire_all()


def sign(session: Session, settings: Settings, shop_id: ShopId, marks: Iterable[int], until: datetime) -> str | None:
    """The cart attribute that proves ``marks`` until then (the shop's wall clock); None where Shopify knows no key of ours, since no
    offer asks for any."""
    return next((signed(marks, until, key) for row, key in _readable(session, settings, shop_id) if row.told_at), None)


def change(session: Session, settings: Settings, shop_id: ShopId, now: datetime, *, distrust: bool = False) -> None:
    """A new key, and the newest of those before it goes on being believed; with ``distrust`` (a key is in wrong hands) none does, and what
    carts carry counts no more. The caller tells Shopify."""
    rows = [] if distrust else [row.id for row, _ in _readable(session, settings, shop_id)][: KEPT - 1]
    session.execute(delete(SigningKey).where(SigningKey.shop_id == shop_id, SigningKey.id.not_in(rows)))
    session.expire_all()
    _make(session, settings, shop_id, now)


def is_old(session: Session, shop_id: ShopId, now: datetime) -> bool:
    """Has the newest key signed for long enough? A shop without one needs none."""
    made = session.scalar(select(SigningKey.made_at).where(SigningKey.shop_id == shop_id).order_by(SigningKey.id.desc()).limit(1))
    return made is not None and made < now - CHANGED_AFTER


def forget_shop(session: Session, shop_id: ShopId) -> None:
    session.execute(delete(SigningKey).where(SigningKey.shop_id == shop_id))
    session.expire_all()


def _readable(session: Session, settings: Settings, shop_id: ShopId) -> list[tuple[SigningKey, str]]:
    rows = session.scalars(select(SigningKey).where(SigningKey.shop_id == shop_id).order_by(SigningKey.id.desc()).limit(KEPT)).all()
    return [(row, key) for row in rows if (key := vault.unseal(settings, row.sealed))]


def _make(session: Session, settings: Settings, shop_id: ShopId, now: datetime) -> tuple[SigningKey, str]:
    key = new_key()
    row = SigningKey(shop_id=shop_id, sealed=vault.seal(settings, key), made_at=now, told_at=None)
    session.add(row)
    session.flush()
    return row, key

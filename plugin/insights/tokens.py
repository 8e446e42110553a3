"""Tokens with which a till or a help desk reports referrals. Shown once; we keep a digest, so nobody can read one out of the database.

A token is its row's address and a secret: shop, id and 24 random bytes in base64. The address only says where to look; the secret decides.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.insights import tables
from plugin.insights.tables import StaffToken

PREFIX = "tandem_"
MOST = 20
_ADDRESS, _SECRET = 32, 24


def make(session: Session, shop_id: ShopId, name: str, *, staff: str | None, now: datetime) -> tuple[StaffToken, str]:
    """The row, and the token itself, which nobody sees again. Raises Refused("token_name"), or ("token_many") beyond 20 that work."""
    name = name.strip()
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise Refused("token_name", "A token needs a name of at most 60 characters.", key="baseline.token_name_needed")
    if sum(row.revoked_at is None for row in tables.tokens(session, shop_id)) >= MOST:
        raise Refused("token_many", "There are 20 tokens already.", key="baseline.token_many")
    secret = secrets.token_bytes(_SECRET)
    row = StaffToken(shop_id=shop_id, id=new_id(), name=name, digest=_digest(secret), made_at=now, made_by=staff)
    session.add(row)
    session.flush()
    return row, PREFIX + base64.urlsafe_b64encode(shop_id.bytes + row.id.bytes + secret).decode().rstrip("=")


def revoke(session: Session, shop_id: ShopId, token_id: UUID, now: datetime) -> None:
    """Raises NotFound. It stays in the list, and never works again."""
    row = tables.token(session, shop_id, token_id)
    row.revoked_at = row.revoked_at or now
    session.flush()


def holder(session: Session, text: str) -> StaffToken | None:
    """Whose token this is; None for a wrong, unknown or revoked one."""
    try:
        raw = base64.b64decode(text.removeprefix(PREFIX) + "=", altchars=b"-_", validate=True) if text.startswith(PREFIX) else b""
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _ADDRESS + _SECRET:
        return None
    row = session.get(StaffToken, (UUID(bytes=raw[:16]), UUID(bytes=raw[16:_ADDRESS])))
    is_right = row is not None and hmac.compare_digest(row.digest, _digest(raw[_ADDRESS:]))
    return row if is_right and row is not None and row.revoked_at is None else None


def _digest(secret: bytes) -> str:
    """Random enough (192 bits) that a plain digest cannot be guessed back."""
    return hashlib.sha256(secret).hexdigest()

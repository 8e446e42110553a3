"""Access tokens at rest: encrypted with the newest of TOKEN_KEYS, readable with any of them."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plugin.config import Settings


def seal(settings: Settings, plain: str) -> str:
    return _box(settings.token_keys).encrypt(plain.encode()).decode("ascii")


def unseal(settings: Settings, sealed: str | None) -> str | None:
    """None if there is nothing, or if its key is gone: the shop then recovers when a merchant opens the app."""
    try:
        return _box(settings.token_keys).decrypt(sealed.encode()).decode() if sealed else None
    except InvalidToken:
        return None


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """Hosts generate secrets of any shape; Fernet wants 32 bytes."""
    raw = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"tandem tokens at rest").derive(key.encode())
    return base64.urlsafe_b64encode(raw)

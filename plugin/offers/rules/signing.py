"""Cart attributes that the Function believes: marks of a shopper, until when they hold, and a signature. docs/offers.md, "Carriers".

``5,123;202612312359;<64 hexadecimal digits>``: HMAC-SHA256, under the key in the configuration, of all before the last semicolon. It is not
bound to one cart: whoever copies it to another has its marks there too, until it ends or the key changes.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

ATTRIBUTE = "_tandem_offer"


def signed(marks: Iterable[int], until: datetime, key: str) -> str:
    """The attribute's value. ``until``: the shop's wall clock; ``key``: at most 64 ASCII characters."""
    told = f"{','.join(str(mark) for mark in sorted(marks))};{until:%Y%m%d%H%M}"
    return f"{told};{hmac.new(key.encode('ascii'), told.encode('ascii'), hashlib.sha256).hexdigest()}"

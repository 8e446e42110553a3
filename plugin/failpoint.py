"""Named places where a test may kill the process: ``FAILPOINT=K7`` dies there by SIGKILL, ``K7:3`` at the third pass.

K0 to K11 lie on the way of a reward (RELIABILITY 5.3); D7 to D9 are K7 to K9 of a shared discount.

Settings refuse FAILPOINT unless Shopify's origin is a loopback address, so it cannot be left on in a real shop.
"""

import os
import signal

_passes: dict[str, int] = {}


def reach(name: str) -> None:
    """Die here if this is the named failpoint and the pass that was asked for."""
    wanted, _, nth = os.environ.get("FAILPOINT", "").partition(":")
    if wanted != name:
        return
    _passes[name] = _passes.get(name, 0) + 1
    if _passes[name] >= int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)

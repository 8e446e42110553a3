"""Ports on loopback for servers that somebody else will start.

Between choosing a port and listening on it lies a moment in which another run could choose the same one, and a server that
shares its port (granian does) would then answer half of the other's visitors. So a chosen port is held by a datagram socket
on the same number until this process ends: only one process can have that, whoever it belongs to.
"""

import random
import socket
from contextlib import suppress

BELOW_EPHEMERAL = range(20_000, 32_000)  # no connection going out can take one of these
_held: dict[int, socket.socket] = {}


def free_port(wanted: int = 0) -> int:
    """``wanted`` if nobody listens there or holds it, else (and for 0) another. It stays ours. Raises OSError if none is left."""
    others = [port for port in random.sample(BELOW_EPHEMERAL, 200) if port not in _held]
    for port in (wanted, *others) if wanted else others:
        if _silent(port) and _hold(port):
            return port
    raise OSError("no free port on this machine")


def _silent(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _hold(port: int) -> bool:
    if port in _held:
        return True
    holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with suppress(OSError):
        holder.bind(("127.0.0.1", port))
        _held[port] = holder
        return True
    holder.close()
    return False

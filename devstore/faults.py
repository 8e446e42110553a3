"""Faults on request: what the next matching call to the Admin API or the token endpoint shall suffer."""

import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

from flask import Response, jsonify, request

from devstore.state.shops import Shop

ANSWERS = {
    "429": (429, "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."),
    "401": (401, "[API] Invalid API key or access token (unrecognized login or wrong password)"),
    "402": (402, "Unavailable Shop"),
    "403": (403, "Access denied"),
    "404": (404, "Not Found"),
    "423": (423, "Unavailable Shop"),
    "500": (500, "Internal Server Error"),
    "502": (502, "Bad Gateway"),
}
INSTEAD = (*ANSWERS, "throttled", "hang", "reset_before", "user_errors")
AFTERWARDS = ("reset_after", "500_after", "502_after", "malformed", "hang_after")
KINDS = (*INSTEAD, *AFTERWARDS, "slow")
HANG_SECONDS = 30.0
_CUSTOMER = re.compile(r"gid://shopify/Customer/(\d+)")


@dataclass(slots=True)
class Fault:
    """``times`` None lasts until it is removed. ``operation`` is a GraphQL operation or root field name, or ``oauth``."""

    kind: str
    shop: str | None = None
    operation: str | None = None
    times: int | None = 1
    seconds: float | None = None


@dataclass(slots=True)
class Faults:
    planned: list[Fault] = field(default_factory=list)
    met: int = 0
    _lock: Lock = field(default_factory=Lock)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self.planned.append(fault)

    def clear(self) -> None:
        with self._lock:
            self.planned.clear()

    def next(self, shop: str, names: set[str]) -> Fault | None:
        """The first planned fault that fits, counted down. ``names``: what the call may be called."""
        with self._lock:
            for fault in self.planned:
                if fault.shop not in (None, shop) or (fault.operation is not None and fault.operation not in names):
                    continue
                self.met += 1
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.planned.remove(fault)
                return fault
        return None


def by_address(shop: Shop, variables: str) -> Fault | None:
    """A call that names a customer whose email is ``KIND@faults.test`` (``reset-after@…``) suffers that fault, every time."""
    for number in _CUSTOMER.findall(variables):
        customer = shop.customers.get(int(number))
        name, _, host = (customer.email or "" if customer else "").partition("@")
        kind = name.replace("-", "_")
        if host == "faults.test" and kind in KINDS:
            return Fault(kind, times=None)
    return None


def before(fault: Fault | None) -> Response | None:
    """What is answered without doing the work; None lets the call go on."""
    if fault is None:
        return None
    if fault.kind == "slow":
        time.sleep(fault.seconds if fault.seconds is not None else 2.0)
    if fault.kind == "hang":
        return hang(fault)
    if fault.kind == "reset_before":
        return reset()
    if fault.kind in ANSWERS:
        return _answer(fault)
    return None


def _answer(fault: Fault) -> Response:
    status, words = ANSWERS[fault.kind]
    answer = jsonify(errors=words)
    answer.status_code = status
    if status == 429:
        answer.headers["Retry-After"] = f"{fault.seconds if fault.seconds is not None else 2.0:.1f}"
    return answer


def after(fault: Fault | None, answer: Response) -> Response:
    """What is sent although the work was done."""
    if fault is None or fault.kind not in AFTERWARDS:
        return answer
    if fault.kind == "reset_after":
        return reset()
    if fault.kind == "hang_after":
        return hang(fault)
    if fault.kind == "malformed":
        answer.set_data(answer.get_data()[: len(answer.get_data()) // 2])
        return answer
    return _answer(Fault(fault.kind.partition("_")[0]))


def hang(fault: Fault) -> Response:
    """Say nothing for a while, then drop the connection."""
    time.sleep(fault.seconds if fault.seconds is not None else HANG_SECONDS)
    return reset()


def reset() -> Response:
    """Drop the connection without an answer. Lingering for 0 s makes the close a TCP reset."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Response(_Dropped(), status=500)


class _Dropped(Iterator[bytes]):
    """A body whose first byte never comes: the server then closes the connection."""

    def __next__(self) -> bytes:
        raise ConnectionResetError

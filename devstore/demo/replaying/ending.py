"""After the last step, or a Ctrl-C: wait until nothing is on its way any more."""

from datetime import datetime, timedelta

from devstore.demo.launch import Place
from devstore.demo.replaying.recomputed import Recomputed
from devstore.demo.replaying.stage import until
from devstore.demo.web import ask

HOLD = timedelta(days=15)
"""A day longer than the programme's hold."""
PATIENCE = 1800.0


def drain(place: Place, books: Recomputed) -> None:
    """Webhooks delivered, events applied, orders settled whose time has come, outbox empty. Raises Unexpected if it does not come to that.

    Seen twice in a row: between looking at the store and looking at the app something may pass from one to the other.
    """
    until("everything to be settled", lambda: _calm(place, books) and _calm(place, books), seconds=PATIENCE)


def _calm(place: Place, books: Recomputed) -> bool:
    now = datetime.fromisoformat(ask(f"{place.devstore}/_devstore/clock")["now"])
    return on_the_way(place) == 0 and books.unfinished(now) == 0


def on_the_way(place: Place) -> int:
    """Webhooks that the store has not delivered yet."""
    told = ask(f"{place.devstore}/_devstore/state")["webhooks"]
    return int(told["waiting"]) + int(told["in_flight"])


def end_holds(place: Place, books: Recomputed) -> None:
    """Time goes on without orders until the last reward's hold is over."""
    drain(place, books)
    ask(f"{place.devstore}/_devstore/clock", {"advance": HOLD.total_seconds()})
    drain(place, books)

"""How far a replay came, beside the store's snapshot and the app's database, so that it can go on."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from devstore.demo.processes import Ended
from devstore.demo.replaying.steps import Good
from devstore.demo.replaying.till import Known

UNDER_WAY, STOPPED, FINISHED = "under way", "stopped", "finished"
COUNTS = ("placed", "refunded", "claimed", "spent")


@dataclass
class Position:
    """``done`` steps of the plan that ``key`` names; ``variants`` and ``known`` are what the next steps build on."""

    file: Path
    key: str
    state: str = UNDER_WAY
    done: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    variants: dict[Good, int] = field(default_factory=dict)
    known: Known = field(default_factory=Known)

    def save(self, state: str) -> None:
        """Whole or not at all."""
        self.state = state
        told = {"key": self.key, "state": state, "done": self.done, "seconds": self.seconds,
                "variants": [[*good, variant] for good, variant in self.variants.items()], "orders": self.known.orders,
                "links": self.known.links, "counts": {name: getattr(self.known, name) for name in COUNTS}}
        aside = self.file.with_suffix(".new")
        aside.write_text(json.dumps(told))
        aside.replace(self.file)


def key_of(file: Path, orders: int | None, seed: int) -> str:
    """Names a replay: the file's bytes, how many orders, and the seed."""
    with file.open("rb") as opened:
        return f"{hashlib.file_digest(opened, 'sha256').hexdigest()[:16]} orders {orders or 'all'} seed {seed}"


def resume(file: Path, key: str) -> Position | None:
    """Where to go on; None: begin anew. Raises Ended where neither is right."""
    if not file.exists():
        return None
    told = json.loads(file.read_text())
    if told["state"] == FINISHED or not told["variants"]:
        return None  # nothing was traded yet, or nothing is left to do
    if told["key"] != key:
        raise Ended(f"{file.parent} holds a replay of something else ({told['key']}); --fresh throws it away.")
    if told["state"] != STOPPED:
        raise Ended(f"the replay in {file.parent} was killed before it could save its state; --fresh starts over.")
    orders = {invoice: (id, {int(variant): line for variant, line in lines.items()}) for invoice, (id, lines) in told["orders"].items()}
    known = Known(orders, told["links"], **told["counts"])
    variants = {(stock, pence): variant for stock, pence, variant in told["variants"]}
    return Position(file, key, STOPPED, told["done"], told["seconds"], variants, known)

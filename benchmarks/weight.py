"""``./run bench weight [--json]``: what shoppers download because of us, beside public scripts of the kind. Fails over budget.

Ours is weighed as it lies in the extension, comments and all; others bundled and minified, with everything they need. What a
script loads from elsewhere once it runs (that of @dub/analytics does) is not in its figure; ours loads nothing.
"""

import argparse
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.kit.window import WINDOW, tools
from scripts.setup import node

SNIPPETS = Path(__file__).resolve().parents[1] / "storefront_snippets"
SCRIPT, ALL_SCRIPTS, EXTENSION = 10_000, 6_000, 24_000
"""Budgets in bytes: a block's script as it lies there, all of them compressed together, a UI extension compressed."""
PEERS = ("@dub/analytics", "@logto/affiliate", "@saasquatch/squatch-js")


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes. ``kind``: block, extension or peer."""

    name: str
    kind: str
    raw: int
    compressed: int


def ours() -> list[Weight]:
    """Every script of the theme app extension and every bundle of a UI extension."""
    blocks = [_weighed(path.name, "block", path.read_bytes()) for path in sorted((SNIPPETS / "theme" / "assets").glob("*.js"))]
    return blocks + [_weighed(path.name, "extension", path.read_bytes()) for path in sorted(SNIPPETS.glob("*/dist/*.js"))]


def over(weights: Sequence[Weight]) -> Iterator[str]:
    """What breaks the budget, in words."""
    for one in weights:
        if one.kind == "block" and one.raw > SCRIPT:
            yield f"{one.name}: {one.raw} bytes, at most {SCRIPT}"
        if one.kind == "extension" and one.compressed > EXTENSION:
            yield f"{one.name}: {one.compressed} bytes compressed, at most {EXTENSION}"
    together = sum(one.compressed for one in weights if one.kind == "block")
    if together > ALL_SCRIPTS:
        yield f"all storefront scripts: {together} bytes compressed, at most {ALL_SCRIPTS}"


def peers() -> list[Weight]:
    tools()
    return [_weighed(f"{name} {_version(name)}", "peer", _bundled(name)) for name in PEERS]


def _bundled(name: str) -> bytes:
    return subprocess.run(["node", str(WINDOW / "bundle.mjs"), name], env=node.environment(), capture_output=True, check=True).stdout


def _version(name: str) -> str:
    told: dict[str, str] = json.loads((WINDOW / "node_modules" / name / "package.json").read_text())
    return told["version"]


def _weighed(name: str, kind: str, script: bytes) -> Weight:
    return Weight(name, kind, len(script), len(gzip.compress(script, 9, mtime=0)))


def _table(weights: Sequence[Weight]) -> Iterator[str]:
    blocks = [one for one in weights if one.kind == "block"]
    together = Weight("all blocks together", "block", sum(one.raw for one in blocks), sum(one.compressed for one in blocks))
    yield f"{'':44}{'raw':>10}{'gzip':>10}"
    for one in [*blocks, together, *(one for one in weights if one.kind != "block")]:
        yield f"{one.name:44}{one.raw:>10}{one.compressed:>10}"


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(words)
    node.extensions()
    weights = [*ours(), *peers()]
    broken = list(over(weights))
    if asked.json:
        print(json.dumps({"weights": [asdict(one) for one in weights], "over": broken}))
    else:
        print(*_table(weights), *(f"OVER BUDGET: {one}" for one in broken), sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

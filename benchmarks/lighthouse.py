"""``./run bench lighthouse [--pairs N] [--json]``: does a product page of the store suffer from us?

The development store's product page, with our embed, a pair and an offer on it and with all our blocks switched off, measured by
Lighthouse in interleaved pairs: the medians are compared. Fails where the performance score differs by more than one point, the layout
shifts more, or accessibility is not 100.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.kit.window import WINDOW, tools
from devstore.demo.cast import Merchant
from devstore.demo.launch import Place, launched
from devstore.demo.pairing import PAIR, pair
from devstore.demo.story import PROGRAMME, id_after
from devstore.demo.web import Browser
from plugin.offers.rules.filling import suggested
from scripts.setup import browser, node
from scripts.setup.base import ROOT

BLOCKS = sorted(block.stem for block in (ROOT / "storefront_snippets" / "theme" / "blocks").glob("*.liquid"))
OFFER = suggested("tiers", "More of it") | {"kind": "tiers"}
BOXES = 2
MOST_POINTS = 1
SHOP = "north"
Run = dict[str, Any]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(words)
    tools()
    with tempfile.TemporaryDirectory() as folder, launched(Path(folder) / "demo") as (place, _crew):
        merchant = _set_up(place)
        pairs = [_pair(merchant, at) for at in range(asked.pairs)]
    medians = {which: _medians([pair[which] for pair in pairs]) for which in ("without", "with")}
    found = {"pairs": pairs, "medians": medians}
    wrong = _faults(medians)
    print(json.dumps(found | {"wrong": wrong}) if asked.json else _table(found, wrong))
    return 1 if wrong else 0


def _set_up(place: Place) -> Merchant:
    """The app installed, a programme in force, and the pair and an offer on its product's page."""
    merchant = Merchant(place, SHOP)
    merchant.install()
    merchant.open()
    programme = id_after("/programmes/", merchant.send("/app/programmes", PROGRAMME))
    merchant.send(f"/app/programmes/{programme}/publication", {})
    _until(lambda: pair(merchant))
    offer = id_after("/offers/", merchant.send("/app/offers", OFFER))
    merchant.send(f"/app/offers/{offer}/publication", {})
    page = Browser(place.shop(SHOP))
    _until(lambda: page.get(f"/products/{PAIR[0]}").text.count("<tandem-offer") == BOXES)
    return merchant


def _until(look: Any, seconds: float = 60) -> None:  # noqa: ANN401 - any question
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            raise TimeoutError("the store was not ready in time")
        time.sleep(0.5)


def _pair(merchant: Merchant, at: int) -> dict[str, Run]:
    """Without us and with us, in turn who is first."""
    found = {}
    for which in ("without", "with") if at % 2 == 0 else ("with", "without"):
        _switch(merchant, on=which == "with")
        found[which] = _run(f"{merchant.place.shop(SHOP)}/products/{PAIR[0]}")
    return found


def _switch(merchant: Merchant, *, on: bool) -> None:
    """As the merchant does in the theme editor, which saves all blocks at once."""
    merchant.browser.post(f"/store/{SHOP}/themes/blocks", data={"shown": BLOCKS} if on else {})


def _run(url: str) -> Run:
    command = ["node", str(WINDOW / "lighthouse.mjs"), url, os.environ.get("BROWSER_PATH") or browser.browser()]
    told: Run = json.loads(subprocess.run(command, env=node.environment(), capture_output=True, check=True, text=True).stdout)
    return told


def _medians(runs: Sequence[Run]) -> Run:
    numbers = {name: statistics.median(run[name] for run in runs) for name in runs[0] if name != "faults"}
    return numbers | {"faults": sorted({fault for run in runs for fault in run["faults"]})}


def _faults(medians: dict[str, Run]) -> list[str]:
    without, ours = medians["without"], medians["with"]
    lost = without["performance"] - ours["performance"]
    checks = {f"performance falls by {lost} points": lost > MOST_POINTS,
              f"the layout shifts by {ours['cls']} instead of {without['cls']}": ours["cls"] > without["cls"],
              f"accessibility is {ours['accessibility']}: {', '.join(ours['faults'])}": ours["accessibility"] < 100}
    return [words for words, is_wrong in checks.items() if is_wrong]


def _table(found: dict[str, Any], wrong: Sequence[str]) -> str:
    names = [name for name in found["medians"]["with"] if name != "faults"]
    rows = [(f"{at + 1} {which}", pair[which]) for at, pair in enumerate(found["pairs"]) for which in ("without", "with")]
    rows += [(f"median {which}", found["medians"][which]) for which in ("without", "with")]
    lines = ["".join([f"{'':16}", *(f"{name:>14}" for name in names)])]
    lines += ["".join([f"{title:16}", *(f"{run[name]:>14}" for name in names)]) for title, run in rows]
    return "\n".join([*lines, *(f"WRONG: {one}" for one in wrong)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

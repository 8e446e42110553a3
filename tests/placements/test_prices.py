"""The price that the product page shows is the price that both engines work out, to the minor unit, on generated boxes."""

import json
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugin.money import Money, exponent
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Benefit, Offer, Part, Step
from plugin.offers.rules.placing import placed
from plugin.offers.rules.specs import Shelf
from scripts.setup import node
from tests.placements.cast import NOON, goods, offer

CASES = 1500
SCRIPT = Path(__file__).with_name("prices.mjs")
RATES = {"GBP": "1", "EUR": "1.1623", "JPY": "187.402915", "USD": "1.3051000000009"}


@dataclass(frozen=True)
class Box:
    """An offer and what a shopper chose from it: by variant its price, how many, and the part that shows it."""

    offer: Offer
    currency: str
    chosen: tuple[tuple[int, int, int, int], ...]
    cap: int = 10_000


def benefit(dice: random.Random, *worths: str) -> Benefit:
    worth = dice.choice(worths)
    amounts = (Money(dice.randint(1, 3000), "GBP"),) + ((Money(dice.randint(1, 300_000), "JPY"),) if dice.random() < 0.3 else ())
    rate = dice.randint(1, 9999) if worth == "percent" else 0
    return Benefit(worth, rate, () if worth in ("percent", "free") else amounts)  # type: ignore[arg-type]


def cost(dice: random.Random) -> int:
    return dice.choice([dice.randint(1, 120), dice.randint(100, 9000), dice.randint(1, 9) * 100])


def boxed(dice: random.Random, made: Offer, shown: list[list[int]], counts: list[int]) -> Box:
    """Chooses exactly as many as each part wants."""
    chosen: dict[tuple[int, int], int] = {}
    for part, (products, count) in enumerate(zip(shown, counts, strict=True)):
        for _ in range(count):
            product = dice.choice(products)
            chosen[product, part] = chosen.get((product, part), 0) + 1
    prices = {product: cost(dice) for product, _ in chosen}
    rows = tuple((product * 10 + 1, prices[product], count, part) for (product, part), count in chosen.items())
    return Box(made, dice.choice(list(RATES)), rows, dice.choice([10_000, 10_000, 5000, 2345]))


def kit(dice: random.Random) -> Box:
    products = dice.sample(range(101, 131), dice.randint(2, 4))
    counts = [dice.randint(1, 3) for _ in products]
    own = dice.random() < 0.4
    parts = tuple(Part(goods(one), count, benefit(dice, "percent", "amount", "price", "free") if own and at == 0 else None)
                  for at, (one, count) in enumerate(zip(products, counts, strict=True)))
    whole = None if own else benefit(dice, "percent", "amount", "price")
    return boxed(dice, offer("kit", *parts, whole=whole, pick=dice.choice(["cheapest", "dearest"])), *_shown(parts, whole))


def mix(dice: random.Random) -> Box:
    pools = [dice.sample(range(start, start + 10), dice.randint(2, 6)) for start in dice.sample((101, 111, 121), dice.randint(1, 2))]
    parts = tuple(Part(goods(*pool), dice.randint(1, 4)) for pool in pools)
    whole = benefit(dice, "percent", "amount", "price")
    return boxed(dice, offer("mix", *parts, whole=whole, pick=dice.choice(["cheapest", "dearest", "chosen"])), *_shown(parts, whole))


def buy_get(dice: random.Random) -> Box:
    """From one set, so that it is the offer's order of picking that decides which unit gains."""
    pool = dice.sample(range(101, 111), dice.randint(1, 5))
    counts = dice.randint(1, 3), dice.randint(1, 3)
    parts = Part(goods(*pool), counts[0]), Part(goods(*pool), counts[1], benefit(dice, "percent", "amount", "free"))
    made = offer("buy_get", *parts, pick=dice.choice(["cheapest", "dearest", "chosen"]))
    return boxed(dice, made, [pool], [sum(counts)])


def tiers(dice: random.Random) -> Box:
    worth = dice.choice(["percent", "amount"])
    low, high = dice.randint(1, 900), dice.randint(901, 2000)
    steps = [(dice.randint(2, 4), low), (dice.randint(5, 9), high)]
    made = offer("tiers", goods=goods(101), steps=tuple(Step(least, Benefit("percent", value) if worth == "percent" else Benefit(
        "amount", 0, (Money(value, "GBP"),))) for least, value in steps))
    return Box(made, dice.choice(list(RATES)), ((1011, cost(dice), dice.choice(steps)[0], 0),))


def _shown(parts: tuple[Part, ...], whole: Benefit | None) -> tuple[list[list[int]], list[int]]:
    """As placing shows them: parts that gain first, narrow ones before wide ones."""
    order = sorted(parts, key=lambda part: (part.benefit is None and whole is None, len(part.goods.products)))
    return [sorted(int(one) for one in part.goods.products) for part in order], [part.count for part in order]


def expected(box: Box) -> int:
    compiled = compile_offers([box.offer], Shop("GBP", NOON, cap=box.cap))
    lines = [Line(f"line {variant}", variant, variant // 10, price, count, chosen=1) for variant, price, count, _ in box.chosen]
    return evaluate(compiled, lines, Context(box.currency, RATES[box.currency])).total


def told(box: Box) -> dict[str, Any]:
    """As Liquid and the script put it together from what is placed."""
    shelf = Shelf({str(one): f"p-{one}" for one in range(101, 131)}, cap=box.cap)
    meta = placed([box.offer], shelf)["offers"]
    spec = json.loads(json.dumps(meta["offers"]["1"]))
    return {"spec": spec, "rows": [[variant, price, count, part, meta["cap"]] for variant, price, count, part in box.chosen],
            "currency": {"active": box.currency, "home": "GBP", "rate": RATES[box.currency], "shift": exponent(box.currency) - 2}}


def worked_out(cases: list[dict[str, Any]]) -> list[int]:
    """By the page's own script."""
    asked = json.dumps(cases)
    run = subprocess.run(["node", str(SCRIPT)], input=asked, capture_output=True, text=True, env=node.environment(), check=False)
    assert run.returncode == 0, run.stderr
    answers: list[int] = json.loads(run.stdout)
    return answers


def test_the_page_and_the_engine_agree() -> None:
    dice = random.Random(20261122)
    boxes = [make(dice) for _ in range(CASES) for make in (kit, mix, buy_get, tiers)]
    wanted = [expected(box) for box in boxes]
    found = worked_out([told(box) for box in boxes])
    wrong = [(box, want, got) for box, want, got in zip(boxes, wanted, found, strict=True) if want != got]
    assert not wrong, f"{len(wrong)} of {len(boxes)}, e.g. {wrong[0]}"
    assert sum(want > 0 for want in wanted) > len(boxes) * 0.8

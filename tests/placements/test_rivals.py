"""Where several offers fit the goods of a box, the page shows what the checkout will charge: by every offer that it can know of."""

import json
import random
import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from devstore.state.shops import Shop as Store
from plugin.money import exponent
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Audience, Basket, Goods, Offer, Part, Step
from plugin.offers.rules.placing import placed
from plugin.offers.rules.rivals import TOLD
from plugin.offers.rules.specs import Json, Shelf
from tests.placements.cast import NOON, goods, off, offer, percent, price
from tests.placements.conftest import Place
from tests.placements.reading import number
from tests.placements.test_prices import RATES, Box, buy_get, kit, mix, tiers, worked_out

CASES = 600
NEARLY = 0.995
"""So many are exact. Where two choices save the same, the page and the engine may take another, which is rounded or trimmed otherwise."""
PICKS = ["cheapest", "dearest"]


@dataclass(frozen=True)
class Shown:
    """A box, what else is live, and how they compete."""

    box: Box
    others: tuple[Offer, ...]
    best: bool = True

    @property
    def offers(self) -> list[Offer]:
        return [self.box.offer, *self.others]


def contested(dice: random.Random) -> Shown:
    """Others from the same few goods, so that they meet."""
    box = dice.choice([kit, mix, buy_get, tiers])(dice)
    meant = sorted({variant // 10 for variant, *_ in box.chosen})
    made = [replace(_other(dice, meant), number=at + 2, priority=dice.randint(0, 2), stacks=dice.random() < 0.25)
            for at in range(dice.randint(1, 3))]
    return Shown(replace(box, offer=replace(box.offer, priority=dice.randint(0, 2))), tuple(made), dice.random() < 0.7)


def _other(dice: random.Random, meant: list[int]) -> Offer:
    some = dice.sample(meant, dice.randint(1, len(meant)))
    wide = Goods(everything=True, not_products=frozenset({str(dice.choice(meant))}) if dice.random() < 0.3 else frozenset())
    gain = dice.choice([percent(dice.randint(100, 5000)), off(dice.randint(10, 900))])
    match dice.choice(["kit", "mix", "tiers", "tiers", "buy_get"]):
        case "kit":
            whole = dice.choice([gain, price(dice.randint(100, 3000))])
            return offer("kit", *(Part(goods(one), dice.randint(1, 2)) for one in some[:2]), whole=whole)
        case "mix":
            return offer("mix", Part(dice.choice([goods(*some), wide]), dice.randint(1, 3)), whole=gain, pick=dice.choice(PICKS))
        case "buy_get":
            return offer("buy_get", Part(goods(*some)), Part(goods(*some), benefit=gain), pick=dice.choice(PICKS))
        case _:
            first = dice.randint(1, 3)
            steps = (Step(first, gain), Step(first + 2, percent(dice.randint(5000, 6000))))
            return offer("tiers", goods=dice.choice([goods(*some), wide]), steps=steps, scope=dice.choice(["all", "product", "line"]))


def charged(shown: Shown) -> int:
    """By the engine, for a cart of just these goods."""
    box = shown.box
    compiled = compile_offers(shown.offers, Shop("GBP", NOON, cap=box.cap, best=shown.best))
    lines = [Line(f"line {variant}", variant, variant // 10, cost, count, chosen=1) for variant, cost, count, _ in box.chosen]
    return evaluate(compiled, lines, Context(box.currency, RATES[box.currency])).total


def told(shown: Shown) -> dict[str, Any]:
    """As Liquid puts it together from what is placed."""
    box = shown.box
    shelf = Shelf({str(one): f"p-{one}" for one in range(101, 131)}, cap=box.cap, best=shown.best)
    meta = json.loads(json.dumps(placed(shown.offers, shelf)["offers"]))
    keys = {variant: list(_keys(meta.get("rivals", {}), variant // 10)) for variant, *_ in box.chosen}
    known = {key for each in keys.values() for key in each}
    rounds = [[term for one in each for term in ([0] if one == 0 else _terms(meta["rivals"][str(one)], str(one), known))]
              for each in meta.get("rounds", {}).get("1", [[0]])]
    spec = {**meta["offers"]["1"], "rounds": rounds, "turns": meta.get("turns", False)}
    rows = [[variant, cost, count, part, meta["cap"], " ".join(keys[variant])] for variant, cost, count, part in box.chosen]
    return {"spec": spec, "rows": rows,
            "currency": {"active": box.currency, "home": "GBP", "rate": RATES[box.currency], "shift": exponent(box.currency) - 2}}


def _keys(rivals: dict[str, Json], product: int) -> list[str]:
    inside = [(name, at, rival) for name, rival in rivals.items() for at, some in enumerate(rival["goods"])
              if (some.get("all") or product in some.get("products", ())) and product not in some.get("without", {}).get("products", ())]
    return [f"{name}.{at}.{product}" if rival.get("single") else f"{name}.{at}" for name, at, rival in inside]


def _terms(rival: Json, name: str, known: set[str]) -> list[Json]:
    mine = sorted(key for key in known if key.startswith(f"{name}."))
    if not mine:
        return []
    return [{**rival["terms"], "keys": mine} if rival.get("single") else rival["terms"]]


def test_a_box_says_what_all_offers_together_charge() -> None:
    dice = random.Random(20261123)
    cases = [contested(dice) for _ in range(CASES)]
    wanted, got = [charged(one) for one in cases], worked_out([told(one) for one in cases])
    wrong = [(one, want, have) for one, want, have in zip(cases, wanted, got, strict=True) if want != have]
    assert len(wrong) <= (1 - NEARLY) * CASES, f"{len(wrong)} of {CASES}, e.g. {wrong[:3]}"
    alone = worked_out([told(replace(one, others=())) for one in cases])
    assert sum(one != other for one, other in zip(got, alone, strict=True)) > CASES / 3, "the others hardly ever matter"


ROW = re.compile(r'name="items\[\d+\]\[id\]" value="(?P<one>\d+)" data-price="(?P<price>\d+)" data-of="(?P<part>\d+)" '
                 r'data-keys="(?P<keys>[^"]*)"')
VASE, CANDLE = "stoneware-vase", "beeswax-candle"
SET = offer("kit", Part(goods(1)), Part(goods(2), 2), whole=percent(1000))


def said(visitor: FlaskClient) -> dict[str, Any]:
    """The set's box, as its script reads it; each product's row holds as many as the set asks."""
    boxes = re.findall(r"<tandem-offer.*?</tandem-offer>", visitor.get(f"/products/{VASE}").text, re.DOTALL)
    box = next(one for one in boxes if 'data-number="1"' in one)
    spec = json.loads(re.findall(r"<script[^>]*>(.*?)</script>", box, re.DOTALL)[0])
    counts = [int(one) for one in re.findall(r'\[quantity\]" value="(\d+)"', box)] or [0]
    rows = [[int(row["one"]), int(row["price"]), count, int(row["part"]), 10_000, row["keys"]]
            for row, count in zip(ROW.finditer(box), counts, strict=True)]
    return {"spec": spec, "rows": rows, "currency": {"active": "GBP", "home": "GBP", "rate": "1", "shift": 0}}


def the_set(north: Store, **more: object) -> Offer:
    vase, candle = number(north, VASE), number(north, CANDLE)
    return replace(SET, parts=(Part(goods(vase)), Part(goods(candle), 2)), **more)  # type: ignore[arg-type]


def everything(at: int, rate: int, least: int = 1, **more: object) -> Offer:
    return offer("tiers", number=at, goods=more.pop("goods", Goods(everything=True)), steps=(Step(least, percent(rate)),), **more)


SET_ALONE, BETTER = 660, 1320
"""A tenth and a fifth of 42.00 and twice 12.00."""


@pytest.mark.parametrize(("others", "saved"), [
    ((), SET_ALONE), ((everything(2, 2000),), BETTER), ((everything(2, 500),), SET_ALONE), ((everything(2, 2000, least=4),), SET_ALONE),
    ((everything(2, 2000, scope="product", least=2),), SET_ALONE),  # of the candles alone: 4.80
    ((everything(2, 9000, scope="product", least=2),), 2160),
    ((everything(2, 1000, stacks=True),), SET_ALONE + 594),
    ((everything(2, 2000), everything(3, 1000, stacks=True)), BETTER + 528),
    ((everything(2, 500, priority=1),), SET_ALONE),
    ((everything(2, 2000, audience=Audience(customer_tags=frozenset({"vip"}))),), SET_ALONE),
    ((everything(2, 2000, audience=Audience(countries=frozenset({"GB"}))),), BETTER),
    ((everything(2, 2000, audience=Audience(referred=True)),), SET_ALONE),
    ((everything(2, 2000, audience=Audience(segments=frozenset({"x"}))),), SET_ALONE),
    ((everything(2, 2000, audience=Audience(holdout_bp=1000)),), BETTER),
    ((everything(2, 2000, basket=Basket(quantity=2)),), SET_ALONE),
    ((everything(2, 2000, goods=Goods(vendors=frozenset({"Nobody"}))),), SET_ALONE)],
    ids=lambda one: "-".join(str(other.number) for other in one) if isinstance(one, tuple) else str(one))
def test_what_liquid_tells_the_script(visitor: FlaskClient, north: Store, place: Place, others: tuple[Offer, ...], saved: int) -> None:
    place(the_set(north), *others)
    assert worked_out([said(visitor)]) == [saved]


@pytest.mark.parametrize(("best", "saved"), [(True, BETTER), (False, SET_ALONE)])
def test_by_priority_the_first_that_fits_charges(visitor: FlaskClient, north: Store, place: Place, best: bool, saved: int) -> None:
    place(the_set(north, priority=1), everything(2, 2000), best=best)
    assert worked_out([said(visitor)]) == [saved]
    place(the_set(north), everything(2, 500, priority=1), best=best)
    assert worked_out([said(visitor)]) == [SET_ALONE if best else 330]


@pytest.mark.parametrize(("without", "saved"), [("not_products", SET_ALONE), ("not_variants", SET_ALONE), ("variants", 840)])
def test_what_another_offer_leaves_out(visitor: FlaskClient, north: Store, place: Place, without: str, saved: int) -> None:
    """Of the two goods only one is meant: the vase's fifth is 8.40, the candles' 4.80."""
    vase = number(north, VASE)
    one = {"not_products": str(vase), "not_variants": str(_variant(north, vase)), "variants": str(_variant(north, vase))}[without]
    meant = Goods(**{"everything": without != "variants", without: frozenset({one})})
    place(the_set(north), everything(2, 2000, goods=meant))
    assert worked_out([said(visitor)]) == [saved]


@pytest.mark.parametrize("out", [False, True])
def test_goods_of_which_many_are_named(visitor: FlaskClient, north: Store, place: Place, out: bool) -> None:
    """They are told once, with the products' pages."""
    many = frozenset(str(one) for one in (*range(1, TOLD + 1), number(north, VASE)))
    place(the_set(north), everything(2, 2000, goods=Goods(everything=out, **{"not_products" if out else "products": many})))
    assert worked_out([said(visitor)]) == [SET_ALONE if out else 840]


UNKNOWN = {"segment": {"audience": Audience(segments=frozenset({"x"}))}, "basket": {"basket": Basket(quantity=5)}}


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize(("best", "priority", "priced"), [(True, 1, True), (False, 1, False), (False, -1, True)])
def test_no_price_where_the_checkout_may_charge_more(visitor: FlaskClient, north: Store, place: Place, name: str, best: bool,
                                                     priority: int, priced: bool) -> None:
    """By priority an offer that only the checkout knows may come first and take less."""
    place(the_set(north), everything(2, 500, priority=priority, **UNKNOWN[name]), best=best)
    assert ("you save" in visitor.get(f"/products/{VASE}").text) is priced
    assert worked_out([said(visitor)]) == [SET_ALONE]


def _variant(north: Store, product: int) -> int:
    return north.products[product].variants[0].id

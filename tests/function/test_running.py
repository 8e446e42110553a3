"""The runner ends what Shopify would end, and the development store reads a Function's answer as strictly as Shopify."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from wasmtime import wat2wasm

from devstore.functions.inputs import LARGEST_METAFIELD
from devstore.functions.query import Query, Unfit, check_lists
from devstore.functions.running import INPUT_BYTES, Failed, run
from devstore.functions.schema import DELIVERY, LINES, faults
from devstore.state.shops import Metafield
from plugin.offers.rules.compiled import GROUP, ORDER, SHIPPING, Rule, Set, Slot
from tests.function.staging import DISCOUNT, Stage, extension, keep, staged
from tests.offers.cast import EVERY, Case, line, percent, shop

CART = "cart_lines_discounts_generate_run"
TENTH = Rule(1, GROUP, "A tenth", slots=(Slot(0, 1, percent(1000)),))


def tenth() -> Case:
    return Case(shop([EVERY], TENTH), (line(1, 1000, 2), line(2, 55)))


def _module(folder: Path, text: str) -> Path:
    path = folder / "one.wasm"
    path.write_bytes(wat2wasm(text))
    return path


def test_a_loop_runs_out_of_fuel(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="fuel"):
        run(_module(tmp_path, '(module (memory (export "memory") 1) (func (export "f") (loop br 0)))'), "f", b"{}")


def test_memory_has_an_end(tmp_path: Path) -> None:
    grow = "(i32.eq (memory.grow (i32.const 160)) (i32.const -1))"
    text = f'(module (memory (export "memory") 1) (func (export "f") (if {grow} (then unreachable))))'
    with pytest.raises(Failed):
        run(_module(tmp_path, text), "f", b"{}")


def test_a_module_may_import_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(Failed):
        run(_module(tmp_path, '(module (import "wasi_snapshot_preview1" "clock_time_get" (func)) (func (export "f")))'), "f", b"{}")


def test_an_unknown_export_fails(tmp_path: Path) -> None:
    with pytest.raises(Failed):
        run(_module(tmp_path, "(module)"), "f", b"{}")


def test_input_has_an_end_that_grows_with_lines() -> None:
    large = b" " * (INPUT_BYTES + 1)
    with pytest.raises(Failed, match="input has"):
        run(extension().module, CART, large, lines=200)
    with pytest.raises(Failed, match="wasm"):
        run(extension().module, CART, large, lines=201)


@pytest.mark.parametrize("given", [
    b"", b"{", b"[]", b'{"d":', b'{"d":{"k":["PRODUCT"],"f":{"j":{"n":["x"]}}}}', b"\x00" * 50, b'{"d' + b"x" * 500])
def test_no_json_ends_the_run(given: bytes) -> None:
    with pytest.raises(Failed):
        run(extension().module, CART, given)


@pytest.mark.parametrize("page", [{}, {"p": 0, "o": 2, "n": [1], "s": []}, {"p": 0, "o": 1, "n": [2, 4543826], "s": []}])
def test_a_strange_configuration_gives_nothing(page: dict[str, Any]) -> None:
    stage = staged(tenth())
    keep(stage.facts.shop, DISCOUNT, {"config_0": page})
    assert (stage.said().lines, stage.said().problems) == ([0, 0], [])


def _paged() -> Stage:
    """A configuration of two pages: what the first line gains stands on the first, the second line's on the second."""
    far = tuple(10**12 + at * 10**9 for at in range(900))
    first, second = Set(products=(1,)), Set(products=(2, *far))
    rules = [Rule(at, GROUP, f"A tenth {at}", slots=(Slot(at, 1, percent(1000)),)) for at in (1, 2)]
    return staged(Case(shop([EVERY, first, second], *rules), (line(1, 1000), line(2, 3000))))


def _fields(stage: Stage) -> dict[str, Metafield]:
    return stage.facts.shop.metafields[DISCOUNT]


def test_what_is_too_large_for_a_page_stands_on_two() -> None:
    stage = _paged()
    assert sorted(_fields(stage)) == ["$app.config_0", "$app.config_1", "$app.variables"]
    assert all(len(field.value) < LARGEST_METAFIELD for field in _fields(stage).values())
    assert stage.said().lines == [100, 300] == [stage.told().product(one.id) for one in stage.case.lines]


def test_pages_of_different_configurations_give_nothing() -> None:
    """One is missing, is of another time, is there twice, or comes in the other's place."""
    for change in (lambda pages: {"config_0": pages[0]}, lambda pages: {"config_0": pages[0], "config_1": pages[1] | {"x": 1}},
                   lambda pages: {"config_0": pages[0], "config_1": pages[0]}, lambda pages: {"config_0": pages[1], "config_1": pages[0]},
                   lambda pages: {"config_0": pages[1]}, lambda pages: {"config_1": pages[1]}):
        stage = _paged()
        pages = [json.loads(_fields(stage)[f"$app.config_{at}"].value) for at in range(2)]
        for at in range(2):
            del _fields(stage)[f"$app.config_{at}"]
        keep(stage.facts.shop, DISCOUNT, change(pages))
        assert (stage.said().lines, stage.said().problems) == ([0, 0], [])


def test_a_page_that_a_larger_configuration_left_does_not_count() -> None:
    stage = staged(tenth())
    keep(stage.facts.shop, DISCOUNT, {"config_1": json.loads(_fields(_paged())["$app.config_1"].value)})
    assert stage.said().lines == [200, 6]


def test_a_metafield_above_ten_thousand_bytes_is_left_out() -> None:
    stage = staged(tenth())
    stage.facts.shop.metafields[DISCOUNT]["$app.config_0"].value += " " * LARGEST_METAFIELD
    assert stage.said().lines == [0, 0]


def test_white_space_and_another_order_of_keys_change_nothing() -> None:
    stage = staged(tenth())
    given = json.loads(stage.input())
    given["d"]["f"]["j"] = dict(reversed(given["d"]["f"]["j"].items()))
    ran = run(extension().module, CART, json.dumps(given, indent=2).encode())
    assert ran.output == stage.ran().output


@pytest.mark.parametrize("order", [False, True])
def test_the_longest_answers_keep_below_the_limit(order: bool) -> None:
    """With words as long as just fit, and a letter more, for as many lines as an answer has room for."""
    lines = tuple(line(at, 1000 + at) for at in range(1, 201))
    for letters in range(20, 46):
        goods = Rule(1, GROUP, "x" * letters, slots=(Slot(0, 1, percent(1000)),))
        more = [Rule(number, ORDER, "y" * 150, stacks=True, gain=percent(100)) for number in (2, 3, 4)] if order else []
        stage = staged(Case(shop([EVERY], goods, *more), lines))
        assert (stage.said().problems, sum(map(bool, stage.said().lines))) == ([], 130)


def test_a_discount_acts_in_its_classes_alone() -> None:
    case = replace(tenth(), offers=shop([EVERY], TENTH, Rule(2, SHIPPING, "Free", gain=percent(10_000))))
    case = replace(case, context=replace(case.context, shipping=499))
    assert staged(case).said().shipping == 499
    lines_only = replace(case, context=replace(case.context, classes=frozenset({"product"})))
    assert (staged(lines_only).said().shipping, staged(lines_only).said().lines) == (0, [200, 6])
    shipping_only = replace(case, context=replace(case.context, classes=frozenset({"shipping"})))
    assert (staged(shipping_only).said().shipping, staged(shipping_only).said().lines) == (499, [0, 0])
    narrower = staged(case)
    narrower.discount.classes = ["order"]
    assert (narrower.said().shipping, narrower.said().lines) == (0, [0, 0])


@pytest.mark.parametrize(("target", "said"), [
    (LINES, {}),
    (LINES, {"operations": [{}]}),
    (LINES, {"operations": [{"productDiscountsAdd": {"selectionStrategy": "BEST", "candidates": []}}]}),
    (LINES, {"operations": [{"deliveryDiscountsAdd": {"selectionStrategy": "ALL", "candidates": []}}]}),
    (LINES, {"operations": [{"orderDiscountsAdd": {"selectionStrategy": "FIRST", "candidates": [
        {"targets": [{"orderSubtotal": {"excludedCartLineIds": []}}], "value": {"fixedAmount": {"amount": "x"}}}]}}]}),
    (LINES, {"operations": [{"orderDiscountsAdd": {"selectionStrategy": "FIRST", "candidates": [
        {"targets": [{"orderSubtotal": {"excludedCartLineIds": []}}], "value": {}}]}}]}),
    (DELIVERY, {"operations": [{"productDiscountsAdd": {"selectionStrategy": "ALL", "candidates": []}}]}),
])
def test_an_answer_outside_the_schema_is_refused(target: str, said: dict[str, Any]) -> None:
    assert faults(target, said)


def test_queries_are_held_to_the_limits() -> None:
    with pytest.raises(Unfit, match="costs 33"):
        _ = Query("{ shop { " + " ".join(f'm{at}: metafield(key: "a") {{ value }}' for at in range(11)) + " } }").document
    with pytest.raises(Unfit):
        _ = Query("{ cart { secret } }").document
    with pytest.raises(Unfit):
        check_lists({"ids": ["x"] * 101})
    assert Query("{ cart { lines { id } } } # a comment").size == len("{ cart { lines { id } } } ")

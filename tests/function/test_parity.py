"""The engine and the Function say the same number, to the minor unit."""

import os

from hypothesis import HealthCheck, given, settings

from tests.function.staging import Stage, staged
from tests.offers.cast import Case, cases

MANY = int(os.environ.get("PARITY_CARTS", "2000"))
"""``PARITY_CARTS=20000 ./run test tests/function/test_parity.py`` for the whole number."""


def compare(stage: Stage) -> None:
    said, told = stage.said(), stage.told()
    assert not said.problems
    assert said.lines == [told.product(line.id) for line in stage.case.lines]
    assert said.order == sum(told.order.values())
    assert said.shipping == (told.shipping[1] if told.shipping else 0)


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_engine_and_function_agree(case: Case) -> None:
    compare(staged(case))

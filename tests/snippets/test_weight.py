"""The budget of what shoppers download because of us."""

import pytest

from benchmarks.weight import Weight, ours, over


def test_we_are_within_budget() -> None:
    weights = ours()
    assert {one.kind for one in weights} == {"block", "extension"} and list(over(weights)) == []


@pytest.mark.parametrize(("weights", "count"), [
    ([Weight("a.js", "block", 10_001, 100)], 1), ([Weight("a.js", "block", 9_000, 3_001), Weight("b.js", "block", 9_000, 3_000)], 1),
    ([Weight("a.js", "extension", 90_000, 24_001)], 1), ([Weight("a.js", "extension", 90_000, 24_000)], 0), ([], 0)])
def test_what_is_over_is_said(weights: list[Weight], count: int) -> None:
    assert len(list(over(weights))) == count

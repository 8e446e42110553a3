"""The share that is held out: typed in the offer's form, and since when it has been what it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from plugin.insights.rules.holding import Holding, holding
from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import read, suggested

LONDON = ZoneInfo("Europe/London")


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(("typed", "held_bp"), [("", 0), ("10", 1000), ("2,5 %", 250), ("90", 9000)])
def test_a_share_is_held_out_by_the_form(typed: str, held_bp: int) -> None:
    found = read({**suggested("tiers", "Candles too"), "holdout": typed}, "tiers", "GBP")
    assert found.faults == {} and found.offer is not None and found.offer.audience.holdout_bp == held_bp
    assert read(filled(found.offer), "tiers", "GBP").offer == found.offer


@pytest.mark.parametrize("typed", ["91", "-1", "ten", "1e1", "999999"])
def test_nonsense_is_no_share(typed: str) -> None:
    assert "holdout" in read({**suggested("tiers", "Candles too"), "holdout": typed}, "tiers", "GBP").faults


@pytest.mark.parametrize(("versions", "wanted"), [
    ([], None), ([(0, at(3))], None), ([(0, at(3)), (1000, at(1))], None),
    ([(1000, at(3))], Holding(1000, at(3))), ([(1000, at(5)), (1000, at(3)), (0, at(1))], Holding(1000, at(3))),
    ([(1000, at(5)), (2000, at(3))], Holding(1000, at(6, 0)))])
def test_since_when_a_share_is_held_out(versions: list[tuple[int, datetime]], wanted: Holding | None) -> None:
    """Where another share went before, from the midnight after."""
    assert holding(versions, LONDON) == wanted

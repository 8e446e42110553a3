"""Days of the shop, the period before, and what few cases allow to be said."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from plugin.insights.rules import periods
from plugin.insights.rules.periods import Span

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)  # 15:30 in Berlin


def test_a_period_is_whole_days_of_the_shop_up_to_now() -> None:
    asked = periods.period("7", BERLIN, NOW)
    assert (asked.first, asked.span) == (date(2026, 11, 16), Span(datetime(2026, 11, 16, tzinfo=BERLIN), NOW))


def test_half_a_day_is_compared_with_half_a_day() -> None:
    before = periods.period("7", BERLIN, NOW).before
    assert before == Span(datetime(2026, 11, 9, tzinfo=BERLIN), datetime(2026, 11, 15, 15, 30, tzinfo=BERLIN))


@pytest.mark.parametrize(("choice", "kept"), [("90", "90"), ("all", "all"), ("", "30"), ("-1", "30"), ("' or 1", "30"), ("7.0", "30")])
def test_nonsense_is_the_default(choice: str, kept: str) -> None:
    assert periods.period(choice, BERLIN, NOW).choice == kept


def test_everything_has_no_period_before() -> None:
    asked = periods.period("all", BERLIN, NOW)
    assert (asked.span, asked.before, asked.days) == (None, None, None)


def test_a_day_of_23_hours_is_a_day() -> None:
    told = periods.steps(date(2026, 3, 28), date(2026, 3, 30), BERLIN)
    hours = [(span.until.astimezone(UTC) - span.since.astimezone(UTC)).total_seconds() / 3600 for _, span in told]
    assert hours == [24, 23, 24]


@pytest.mark.parametrize(("first", "unit", "count"), [(date(2026, 8, 25), "day", 90), (date(2025, 11, 22), "week", 53),
                                                      (date(2020, 1, 31), "month", 83)])
def test_a_long_course_has_longer_steps(first: date, unit: str, count: int) -> None:
    told = periods.steps(first, date(2026, 11, 22), BERLIN)
    assert (periods.unit_of((date(2026, 11, 22) - first).days + 1), len(told)) == (unit, count)
    assert all(one.until == two.since for (_, one), (_, two) in zip(told, told[1:], strict=False))


@pytest.mark.parametrize(("part", "whole", "told"), [(3, 8, None), (29, 29, None), (3, 30, 1000), (0, 0, None), (1, 3000, 3)])
def test_a_share_of_few_is_not_a_percentage(part: int, whole: int, told: int | None) -> None:
    assert periods.share(part, whole) == told


@pytest.mark.parametrize(("now", "before", "cases", "told"), [
    (150, 100, (30, 30), 5000), (50, 100, (30, 30), -5000), (150, 100, (30, 29), None), (150, 100, (29, 30), None),
    (150, 0, (30, 30), None), (150, -5, (30, 30), None)])
def test_growth_of_few_is_not_told(now: int, before: int, cases: tuple[int, int], told: int | None) -> None:
    assert periods.change(now, before, cases=cases[0], cases_before=cases[1]) == told


def test_only_what_could_be_recorded_is_compared() -> None:
    before = periods.period("30", BERLIN, NOW).before
    assert before is not None
    assert periods.is_comparable(before, before.since)
    assert not periods.is_comparable(before, NOW)
    assert not periods.is_comparable(before, None)
    assert not periods.is_comparable(None, before.since)

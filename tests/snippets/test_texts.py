"""Every key that the code names exists, and values are written as the locale writes them. (That each locale is whole: tests/house.)"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin.errors import Broken
from plugin.messaging import texts
from plugin.messaging.texts import percent, say
from plugin.money import Money

ROOT = Path(__file__).parents[2]
# say(locale, "key") in Python; t("key") in templates and where the locale is bound already.
_NAMED = re.compile(r"\b(?:say|t)\(\s*(?:[^,()\"']+,\s*)?[\"']([a-z_]+\.[a-z_.]+)[\"']")


def _named_keys() -> Iterator[tuple[str, str]]:
    for folder, pattern in (("plugin", "*.py"), ("admin_ui", "*.html"), ("jobs", "*.py")):
        for path in (ROOT / folder).rglob(pattern):
            for key in _NAMED.findall(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), key


def test_every_key_that_the_code_names_exists() -> None:
    missing = [f"{path}: {key}" for path, key in _named_keys() if key not in texts.keys("en")]
    assert missing == []


def test_values_are_written_as_the_locale_writes_them() -> None:
    assert say("de", "reward.fixed", amount=Money(1050, "EUR")) == "10,50\xa0€ Rabatt"
    assert say("en-GB", "reward.fixed", amount=Money(1050, "EUR")) == "€10.50 off"
    assert percent("de", 1250) == "12,5\xa0%" and percent("en", 1500) == "15%"


@pytest.mark.parametrize(("locale", "written"), [
    ("en-GB", "21 November 2026"), ("en-US", "November 21, 2026"), ("en", "November 21, 2026"), ("de-AT", "21. November 2026"),
    ("xx-YY", "November 21, 2026"), ("not a locale", "November 21, 2026"), ("", "November 21, 2026"), (None, "November 21, 2026")])
def test_dates_follow_the_region(locale: str | None, written: str) -> None:
    assert written in say(locale, "mail.earned.expires", expires=datetime(2026, 11, 21, tzinfo=UTC))


def test_plural_forms_and_dates() -> None:
    assert texts._form({"one": "{count} day", "other": "{count} days"}, "en", 1) == "{count} day"
    assert texts._form({"one": "{count} day", "other": "{count} days"}, "en", 3) == "{count} days"
    assert texts._shown("day", datetime(2026, 11, 21, tzinfo=UTC), "de") == "21. November 2026"


@pytest.mark.parametrize(("key", "values"), [("no.such.key", {}), ("reward.fixed", {})])
def test_a_missing_key_or_value_is_broken(key: str, values: dict[str, object]) -> None:
    with pytest.raises(Broken):
        say("en", key, **values)


def test_a_value_cannot_reach_into_the_text() -> None:
    assert say("en", "reward.fixed", amount="{link.__class__}") == "{link.__class__} off"

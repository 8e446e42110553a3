"""The catalogue is whole: every key that the code names exists, and every locale says what English says, with the same names."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

from plugin.errors import Broken
from plugin.messaging import texts
from plugin.messaging.texts import Text, percent, say
from plugin.money import Money

ROOT = Path(__file__).parents[2]
WHOLE = ("en", "de")
# say(locale, "key") in Python; t("key") in templates and where the locale is bound already.
_NAMED = re.compile(r"\b(?:say|t)\(\s*(?:[^,()\"']+,\s*)?[\"']([a-z_]+\.[a-z_.]+)[\"']")


def _named_keys() -> Iterator[tuple[str, str]]:
    for folder, pattern in (("plugin", "*.py"), ("admin_ui", "*.html"), ("jobs", "*.py")):
        for path in (ROOT / folder).rglob(pattern):
            for key in _NAMED.findall(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), key


def _names(text: Text) -> set[str]:
    forms = [text] if isinstance(text, str) else list(text.values())
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def test_every_key_that_the_code_names_exists() -> None:
    missing = [f"{path}: {key}" for path, key in _named_keys() if key not in texts.keys("en")]
    assert missing == []


@pytest.mark.parametrize("locale", [code for code in WHOLE if code != "en"])
def test_every_locale_has_the_same_keys_and_names(locale: str) -> None:
    assert texts.keys(locale) == texts.keys("en")
    differing = [key for key in texts.keys("en") if _names(texts.raw(locale, key)) != _names(texts.raw("en", key))]
    assert differing == []


@pytest.mark.parametrize("locale", WHOLE)
def test_plural_texts_have_the_other_form(locale: str) -> None:
    plural = [texts.raw(locale, key) for key in texts.keys(locale)]
    assert all("other" in text for text in plural if not isinstance(text, str))


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

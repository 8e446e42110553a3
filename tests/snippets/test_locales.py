"""Which locale serves whom: tags of others in, ours out; and how numbers, dates and lists are written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin.locales import LOCALES, chosen, closest, direction, region
from plugin.messaging import texts

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("tag", "expected"), [
    ("de", "de"), ("de-AT", "de"), ("de_CH", "de"), ("DE", "de"), ("en-GB", "en"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"),
    ("pt-BR", "pt-BR"), ("ar-EG", "ar"), ("ja-JP", "ja"), ("es-419", "es"), ("xx", "en"), ("", "en"), (None, "en")])
def test_closest_locale(tag: str | None, expected: str) -> None:
    assert closest(tag) == expected


@pytest.mark.parametrize(("wanted", "expected"), [
    (("de",), "de"), (("nl,de;q=0.8,en;q=0.5",), "de"), (("en;q=0.9,de;q=0.1",), "en"), (("de;q=0,en;q=0.1",), "en"),
    (("de;q=x",), "en"), (("",), "en"), ((None,), "en"), ((",,;;q==",), "en"), (("en-GB,en;q=0.8",), "en-GB"),
    ((None, "nl;q=0.9", "pt"), "pt"), (("sv", "fr-CH, fr;q=0.9", "de"), "fr-CH"), (("de", "fr"), "de"), (("<de>", "ja"), "ja"),
    (("sv", "nl", "da"), "en"), (("../de", None, "x" * 5000), "en")])
def test_the_first_language_that_we_speak_is_chosen(wanted: tuple[str | None, ...], expected: str) -> None:
    assert chosen(*wanted) == expected


@pytest.mark.parametrize(("tag", "expected"), [
    ("en-GB", "en_GB"), ("de_AT", "de_AT"), ("pt", "pt_BR"), ("pt-PT", "pt_PT"), ("en", "en"), ("sv-SE", "en"), ("en-XX", "en"),
    ("not a locale", "en"), ("", "en"), (None, "en")])
def test_numbers_follow_the_region_where_we_speak_its_language(tag: str | None, expected: str) -> None:
    assert region(tag) == expected


def test_arabic_alone_is_written_from_right_to_left() -> None:
    assert {locale: direction(locale) for locale in LOCALES} == {locale: "rtl" if locale == "ar" else "ltr" for locale in LOCALES}
    assert direction("ar-SA") == "rtl" and direction("he") == "ltr"  # Hebrew readers get English


@pytest.mark.parametrize(("locale", "count", "category"), [
    ("ar", 0, "zero"), ("ar", 1, "one"), ("ar", 2, "two"), ("ar", 3, "few"), ("ar", 11, "many"), ("ar", 100, "other"),
    ("ja", 1, "other"), ("fr", 0, "one"), ("fr", 2, "other"), ("pt-BR", 1, "one"), ("en", 0, "other")])
def test_the_plural_is_the_languages_own(locale: str, count: int, category: str) -> None:
    forms = {name: name for name in ("zero", "one", "two", "few", "many", "other")}
    assert texts._form(forms, locale, count) == category


@pytest.mark.parametrize(("locale", "written"), [("en", "Mug and Plate"), ("de", "Mug und Plate"), ("ja", "Mug、Plate")])
def test_lists_are_enumerated_as_the_locale_does(locale: str, written: str) -> None:
    assert texts._shown("goods", ["Mug", "Plate"], locale) == written


def test_shares_and_dates_have_no_glue() -> None:
    assert texts._shown("floor_bp", 1250, "de") == "12,5\xa0%"
    assert texts._shown("day", datetime(2026, 11, 21, tzinfo=UTC), "ja") == "2026年11月21日"


@pytest.mark.parametrize("extension", ["theme", "share", "offers", "afterwards"])
def test_values_between_letters_from_the_right_are_isolated(extension: str) -> None:
    """Else "£42.00" reads "42.00£" there, and of the code 3KX9 the digit goes to the other side."""
    told = (ROOT / "storefront_snippets" / extension / "locales" / "ar.json").read_text(encoding="utf-8")
    assert "{{" in told and told.count("{{") == told.count("\u2068{{") == told.count("}}\u2069")

"""The catalogue is whole in every locale, and the extensions have what it says."""

import re
from string import Formatter

import pytest
from babel import Locale

from plugin.locales import LOCALES
from plugin.messaging import texts
from plugin.messaging.texts import Text
from scripts import write_locales

OTHERS = [locale for locale in LOCALES if locale != "en"]
# 70 characters hold a link and what the friend gets; a shop's name as well only in letters of which 160 go into an SMS.
MAY_LACK = {("ja", "share.with.sms"): {"shop"}, ("ja", "share.plain.sms"): {"shop"},
            ("ar", "share.with.sms"): {"shop"}, ("ar", "share.plain.sms"): {"shop"}}
ENOUGH = 1000  # counts that pages show; what a language has for millions (French "many") may be there


def _all(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def _names(text: Text) -> set[str]:
    return {name for form in _all(text) for _, name, _, _ in Formatter().parse(form) if name}


@pytest.mark.parametrize("locale", OTHERS)
def test_every_locale_has_the_same_keys(locale: str) -> None:
    assert texts.keys(locale) ^ texts.keys("en") == frozenset()


@pytest.mark.parametrize("locale", OTHERS)
def test_every_text_wants_the_same_values(locale: str) -> None:
    differing = {key: _names(texts.raw(locale, key)) ^ _names(texts.raw("en", key)) for key in texts.keys(locale) & texts.keys("en")}
    assert {key: names for key, names in differing.items() if names - MAY_LACK.get((locale, key), set())} == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_plurals_have_the_forms_of_their_language(locale: str) -> None:
    rule = Locale.parse(locale, sep="-").plural_form
    wanted, known = {rule(count) for count in range(ENOUGH)}, {*rule.tags, "other"}
    plurals = {key: set(text) for key in texts.keys(locale) if not isinstance(text := texts.raw(locale, key), str)}
    assert {key: forms for key, forms in plurals.items() if not wanted <= forms <= known} == {}


@pytest.mark.parametrize("locale", OTHERS)
def test_no_plural_where_nothing_is_counted(locale: str) -> None:
    """The other way round is fine: a language may put the number where it changes no word."""
    assert not [key for key in texts.keys(locale) & texts.keys("en")
                if isinstance(texts.raw("en", key), str) and not isinstance(texts.raw(locale, key), str)]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_is_empty_or_frayed(locale: str) -> None:
    told = [(key, form) for key in texts.keys(locale) for form in _all(texts.raw(locale, key))]
    assert not [key for key, form in told if not form or (form != form.strip() and key != "terms.between")]


@pytest.mark.parametrize("locale", [one for one in LOCALES if Locale.parse(one, sep="-").number_symbols["latn"]["decimal"] == ","])
def test_numbers_are_written_as_the_language_writes_them(locale: str) -> None:
    told = [(key, form) for key in texts.keys(locale) for form in _all(texts.raw(locale, key))]
    assert not [key for key, form in told if re.search(r"(?<![\d.])\d+\.\d{1,2}(?![\d.])", form)]


def test_the_extensions_have_what_the_catalogue_says() -> None:
    assert write_locales.main(["--check"]) == 0

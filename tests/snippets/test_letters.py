"""A letter as its reader sees it: names that others typed, days of the shop's calendar, what is to be followed and copied."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from plugin.locales import LOCALES, apart
from plugin.messaging import facts, letters
from plugin.messaging.facts import Worth
from plugin.messaging.letters import Letter, Setting
from plugin.money import Money

LATE = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
REWARD = Worth("fixed", amount=Money(500, "GBP"))
EARNED = facts.earned(REWARD, code="K7-AB", expires_at=LATE, programme_id=UUID(int=7))


def goal(left: int, target: int) -> facts.Facts:
    return facts.goal(REWARD, target=target, left=left, until=LATE, slug="ada&7f3k", programme_id=UUID(int=7))


def letter(locale: str = "en", kind: str = "earned", told: facts.Facts = EARNED, *, name: str = "Ada", shop: str = "North") -> Letter:
    setting = Setting(locale, shop, "https://north.example/", name, "https://tandem.example/u", ZoneInfo("Asia/Tokyo"))
    return letters.compose(kind, told, setting)


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [dict(attrs).get("href")] if tag == "a" else []


@pytest.mark.parametrize(("name", "tag", "shown"), [
    ("Ada", "en", "Ada"), ("Zoë\u202eevil", "en", "Zoëevil"), ("Ada\r\nBcc: x", "de", "Ada Bcc: x"), ("a\x00\u2066b\u200b", "ja", "ab"),
    ("عادل", "en", "\u2068عادل\u2069"), ("Ada", "ar-EG", "\u2068Ada\u2069"), ("می\u200cخواهم", "fr", "\u2068می\u200cخواهم\u2069"),
    ("👩\u200d👩", "en", "👩\u200d👩"), ("", "en", ""), ("\u202e", "en", "")])
def test_what_others_typed_moves_nothing_around_it(name: str, tag: str, shown: str) -> None:
    assert apart(name, tag) == shown


@pytest.mark.parametrize("locale", LOCALES)
def test_a_code_is_copied_without_a_sign_that_nobody_sees(locale: str) -> None:
    told = letter(locale, name="\u202eAda", shop="Nørd \u202e<b>")
    assert "K7-AB\n" in told.text and '<strong dir="ltr" style="font-size:20px">K7-AB</strong>' in told.html
    assert "\u202e" not in told.text + told.html + told.subject and "<b>" not in told.html


def test_days_are_those_of_the_shops_calendar() -> None:
    assert "December 4, 2026" in letter().text and "4. Dezember 2026" in letter("de", "goal_start", goal(2, 5)).text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", letters.GOALS)
def test_every_way_on_is_a_whole_address(locale: str, kind: str) -> None:
    told = letter(locale, kind, goal(1, 4))
    own = [] if kind == "goal_reached" else ["https://north.example/apps/tandem/r/ada&7f3k"]
    ways = ["https://north.example/", f"https://north.example/apps/tandem/terms/{UUID(int=7)}", "https://tandem.example/u"]
    assert Links(told.html).found == own + ways and all(one in told.text for one in own + ways)


@pytest.mark.parametrize(("locale", "one", "two"), [
    ("es", "te falta 1 ", "te faltan 2 "), ("pt-BR", "falta 1 ", "faltam 2 "), ("en", "one friend to go", "2 friends to go"),
    ("ja", "あと1人", "あと2人")])
def test_what_is_left_is_counted_as_the_language_counts(locale: str, one: str, two: str) -> None:
    assert one in letter(locale, "goal_halfway", goal(1, 2)).text and two in letter(locale, "goal_halfway", goal(2, 4)).text


def test_it_may_be_read_on_a_dark_ground() -> None:
    html = letter().html
    assert '<meta name="color-scheme" content="light dark">' in html and "prefers-color-scheme: dark" in html
    assert "<title>You earned £5.00 off</title>" in html

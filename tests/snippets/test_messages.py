"""Share messages, who may be written to, what pages write, and the words of the navigation."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string

from plugin.messaging import facts as facts_of
from plugin.messaging import filters, letters, share, texts
from plugin.messaging.facts import Facts, Worth
from plugin.messaging.rules import Reader, why_not
from plugin.money import Money
from plugin.web.shell import NAVIGATION

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LINK = "https://north.example/apps/tandem/r/ada"


@pytest.mark.parametrize("locale", texts.LOCALES)
@pytest.mark.parametrize("friend_gets", ["10%", None])
def test_every_channel_carries_the_link(locale: str, friend_gets: str | None) -> None:
    said = share.prepared(locale, shop="North", link=LINK, friend_gets=friend_gets)
    messages = [said["whatsapp"], said["x"], said["native"], said["email"]["body"]]
    assert all(LINK in text and (friend_gets or "North") in text for text in messages)
    assert LINK in said["sms"] and (friend_gets or "") in said["sms"]  # 70 characters have no room for every shop's name
    assert said["facebook"] == LINK


@pytest.mark.parametrize(("friend", "advocate", "said"), [
    ("10% off", "£5.00 off", "Give 10% off, get £5.00 off"), ("10% off", None, "Give your friends 10% off"),
    (None, "£5.00 off", "Recommend us and get £5.00 off")])
def test_headline(friend: str | None, advocate: str | None, said: str) -> None:
    assert share.headline("en-GB", friend_gets=friend, advocate_gets=advocate) == said


@pytest.mark.parametrize(("kind", "reader", "reason"), [
    ("earned", Reader("a@b.c", "ask", redacted=False), None),
    ("earned", Reader("a@b.c", "no", redacted=False), "unsubscribed"),
    ("magic_link", Reader("a@b.c", "no", redacted=False), None),
    ("earned", Reader(None, "yes", redacted=False), "no_address"),
    ("magic_link", Reader("a@b.c", "yes", redacted=True), "redacted")])
def test_why_not(kind: str, reader: Reader, reason: str | None) -> None:
    assert why_not(kind, reader) == reason


@pytest.mark.parametrize("locale", texts.LOCALES)
@pytest.mark.parametrize(("kind", "facts"), [
    ("earned", facts_of.earned(Worth("percentage", 1250), code="ABC", expires_at=NOW)),
    ("earned", facts_of.earned(Worth("store_credit", amount=Money(500, "JPY")), code=None, expires_at=None)),
    ("earned", facts_of.earned(Worth("free_shipping"), code="ABC", expires_at=None)),
    ("taken_back", facts_of.taken_back(Worth("fixed", amount=Money(500, "EUR")), left=None, spent=True)),
    ("taken_back", facts_of.taken_back(Worth("fixed", amount=Money(500, "EUR")), left=Money(0, "EUR"), spent=False)),
    ("taken_back", facts_of.taken_back(Worth("fixed", amount=Money(500, "EUR")), left=Money(250, "EUR"), spent=False)),
    ("magic_link", facts_of.magic_link("https://north.example/me", minutes=10))])
def test_every_letter_can_be_written(locale: str, kind: str, facts: Facts) -> None:
    letter = letters.compose(kind, facts, letters.Setting(locale, "North", "https://north.example", None, "https://tandem.example/u"))
    assert letter.subject and "{" not in letter.text and "None" not in letter.text and "https://tandem.example/u" in letter.html


def test_the_navigation_has_words() -> None:
    assert {key for _, key in NAVIGATION} <= texts.keys("en")


@pytest.mark.parametrize(("template", "written"), [
    ("{{ Money(123456, 'GBP')|money }}", "1.234,56\xa0£"), ("{{ None|money }}", "–"), ("{{ now|day }}", "22.11.2026"),
    ("{{ now|moment }}", "22.11.2026, 01:00"), ("{{ 12345|number }}", "12.345"), ("{{ 1250|rate }}", "12,5\xa0%"),
    ("{{ None|day }}", "–")])
def test_pages_write_as_the_locale_does(template: str, written: str) -> None:
    app = Flask(__name__)
    filters.install(app)
    values = {"shell": SimpleNamespace(locale="de-DE"), "shop": SimpleNamespace(timezone="Asia/Tokyo"), "Money": Money,
              "now": datetime(2026, 11, 21, 16, tzinfo=UTC)}
    with app.app_context():
        assert render_template_string(template, **values) == written

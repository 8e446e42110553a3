"""Prepared messages fit their channels, in every locale, for a shop with a long name and each kind of reward."""

import pytest

from plugin.messaging import share, texts
from plugin.messaging.channels import for_sms, sms_segments, x_weight
from plugin.messaging.facts import Worth
from plugin.money import Money

SHOP = "Müller & Söhne Kaffee"
LINK = "https://mueller-soehne-kaffee.com/apps/tandem/r/anna-7k3x9q"
"""58 characters: a domain of 25, and an advocate's first name before her six letters."""
WORTHS = [Worth("percentage", 1250), Worth("fixed", amount=Money(1050, "EUR")), Worth("fixed", amount=Money(1500, "JPY")),
          Worth("free_shipping"), Worth("store_credit", amount=Money(2500, "GBP")), None]
SHORT = 60


@pytest.mark.parametrize("locale", texts.LOCALES)
@pytest.mark.parametrize("worth", WORTHS)
def test_messages_fit_their_channels(locale: str, worth: Worth | None) -> None:
    said = share.prepared(locale, shop=SHOP, link=LINK, friend_gets=worth.words(locale) if worth else None)
    assert sms_segments(said["sms"]) == 1 and LINK in said["sms"]
    assert x_weight(said["x"]) <= 280
    assert len(said["email"]["subject"]) < SHORT, said["email"]["subject"]


@pytest.mark.parametrize(("locale", "sms"), [
    ("en", f"12.5% off for you at Müller & Söhne Kaffee: {LINK}"), ("de", f"12,5 % Rabatt für dich bei Müller & Söhne Kaffee: {LINK}"),
    ("fr", f"12,5 % de réduction pour toi chez Müller & Söhne Kaffee : {LINK}"), ("ja", f"12.5%オフ {LINK}"), ("ar", f"خصم 12.5%: {LINK}")])
def test_an_sms_says_as_much_as_fits(locale: str, sms: str) -> None:
    assert share.prepared(locale, shop=SHOP, link=LINK, friend_gets=WORTHS[0].words(locale) if WORTHS[0] else None)["sms"] == sms


PREFIX, CODE = "mueller-sohne-kaffee", "7k3x9qabcd"
"""As long as an advocate's slug gets: 20 letters of the shop's name, and the ten of the code."""


@pytest.mark.parametrize("domain", ["mueller-soehne-kaffee.com", "north-lights.myshopify.com"])
@pytest.mark.parametrize("locale", texts.LOCALES)
@pytest.mark.parametrize("worth", WORTHS)
def test_an_sms_never_is_a_bare_link(locale: str, worth: Worth | None, domain: str) -> None:
    link, short = (f"https://{domain}/apps/tandem/r/{slug}" for slug in (f"{PREFIX}-{CODE}", CODE))
    sms = share.prepared(locale, shop=SHOP, link=link, short=short, friend_gets=worth.words(locale) if worth else None)["sms"]
    assert sms_segments(sms) == 1 and sms not in (link, short) and (link in sms or short in sms)


def test_a_link_that_leaves_no_room_travels_alone() -> None:
    long = f"{LINK}-{'x' * 20}"
    assert share.prepared("ja", shop=SHOP, link=long, friend_gets="送料無料")["sms"] == long


@pytest.mark.parametrize("locale", texts.LOCALES)
@pytest.mark.parametrize("key", sorted(key for key in texts.keys("en") if key.startswith("mail.") and key.endswith(".subject")))
def test_subjects_are_short(locale: str, key: str) -> None:
    for worth in filter(None, WORTHS):
        subject = texts.say(locale, key, shop=SHOP, reward=worth.words(locale), name="Anna", count=3, target=12)
        assert len(subject) < SHORT, subject


@pytest.mark.parametrize(("text", "segments"), [
    ("a" * 160, 1), ("a" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("é" * 160, 1), ("í" * 70, 1), ("í" * 71, 2), ("あ" * 70, 1),
    ("あ" * 134, 2), ("😀" * 35, 1), ("😀" * 36, 2), ("", 1)])
def test_segments(text: str, segments: int) -> None:
    assert sms_segments(text) == segments


@pytest.mark.parametrize(("text", "weight"), [
    ("abc", 3), ("あい", 4), ("خصم", 3), (f"abc {LINK}", 27), ("", 0)])
def test_weight_on_x(text: str, weight: int) -> None:
    assert x_weight(text) == weight


@pytest.mark.parametrize(("text", "plain"), [
    ("envío gratis", "envio gratis"), ("10,50\xa0€ de réduction", "10,50 € de réduction"), ("Grüße", "Grüße"), ("promoção", "promocao"),
    ("送料無料 café", "送料無料 café"), ("Łódź 5\u202f%", "Łodz 5 %")])
def test_latin_letters_become_cheap_ones(text: str, plain: str) -> None:
    assert for_sms(text) == plain

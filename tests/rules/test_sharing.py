"""Prepared messages arrive as they were written: in 20 languages, right to left, with emoji, through every channel's address."""

from base64 import b64decode
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.attribution.tables import Link
from plugin.messaging.share import prepared
from plugin.referrals import sharing
from plugin.referrals.earnings import Earned, rewards_body
from plugin.referrals.rules import read_form
from plugin.rewards.tables import Reward
from tests.rules.cast import NOON, uid
from tests.rules.shopfront import FORM

NAMES = ["Müller & Söhne", "חנות צפון", "متجر الشمال", "فروشگاه شمالی", "شمالی دکان", "北の店", "北方商店", "북쪽 가게", "ร้านเหนือ",
         "उत्तर की दुकान", "উত্তরের দোকান", "வடக்கு கடை", "Βόρειο κατάστημα", "Северный магазин", "Kuzey Dükkânı İ", "Cửa hàng",
         "Sklep Północ", "Obchod Sever Ž", "Bùth a Tuath", "ჩრდილოეთის მაღაზია", "Հյուսիս", "🧁 North & Co. 🇬🇧 👩‍👩‍👧",
         "50% + more = fun? #1", "a\u202eb\u202c", "<b>\"North\"</b> 'n' {shop}"]
ADDRESS = "https://north.example/apps/tandem/r/north-7k3qx2m9pa"


def read_back(urls: dict[str, str]) -> dict[str, str]:
    """What each app finds in its address, decoded as that app does."""
    body = parse_qs(urlsplit(urls["sms"]).query.lstrip("&"), strict_parsing=True)["body"][0]
    mail = parse_qs(urlsplit(urls["email"]).query.replace("+", "%2B"), strict_parsing=True)
    return {"whatsapp": parse_qs(urlsplit(urls["whatsapp"]).query)["text"][0], "sms": body, "subject": mail["subject"][0],
            "body": mail["body"][0], "x": parse_qs(urlsplit(urls["x"]).query)["text"][0],
            "facebook": parse_qs(urlsplit(urls["facebook"]).query)["u"][0]}


def check(shop: str, locale: str) -> None:
    texts = prepared(locale, shop=shop, link=ADDRESS, friend_gets="10% off")
    found = read_back(sharing.addresses(texts))
    assert found["whatsapp"] == texts["whatsapp"] and found["sms"] == texts["sms"] and found["x"] == texts["x"]
    assert found["subject"] == texts["email"]["subject"] and found["body"].replace("\r\n", "\n") == texts["email"]["body"]
    assert found["facebook"] == ADDRESS and texts["facebook"] == ADDRESS
    for text in (found["whatsapp"], found["x"], found["body"], texts["native"]):
        assert shop in text and ADDRESS in text
    assert ADDRESS in found["sms"]  # a name in another script may cost a second message, and then stays away


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("shop", NAMES)
def test_names_survive(shop: str, locale: str) -> None:
    check(shop, locale)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_any_name_survives(shop: str) -> None:
    check(shop, "en")


@pytest.mark.parametrize("channel", ["whatsapp", "sms", "email", "x", "facebook"])
def test_addresses_are_plain_ascii_without_line_ends(channel: str) -> None:
    urls = sharing.addresses(prepared("en", shop="קפה\r\nBcc: x@y", link=ADDRESS, friend_gets="10% off"))
    assert urls[channel].isascii() and not set(urls[channel]) & set("\r\n <>\"")


def test_mail_lines_end_as_mail_wants() -> None:
    urls = sharing.addresses(prepared("en", shop="North", link=ADDRESS, friend_gets="10% off"))
    body = unquote(urls["email"].partition("&body=")[2])
    assert "\r\n" in body and "\n" not in body.replace("\r\n", "")


def test_the_whole_body() -> None:
    version = read_form(FORM, currency="GBP", now=NOON)
    link = Link(slug="north-7k3qx2m9pa", code="7K3QX2M9PA")
    body = sharing.share_body(link, version, shop="North", storefront="https://north.example", locale="en")
    assert set(body) == {"state", "headline", "friend_gets", "advocate_gets", "terms", "terms_url", "link", "code", "texts", "urls", "qr"}
    assert (body["state"], body["link"], body["code"]) == ("ready", ADDRESS, "7K3QX2M9PA")
    assert body["headline"] == "Give 10% off, get £5.00 store credit"


def test_the_picture_to_scan_is_a_picture() -> None:
    kind, _, data = sharing.qr(ADDRESS).partition(",")
    svg = b64decode(data).decode() if kind.endswith("base64") else unquote(data)
    assert kind.startswith("data:image/svg+xml") and svg.startswith("<svg") and "<script" not in svg


def reward(**values: object) -> Reward:
    plain = {"id": uid(1), "kind": "store_credit", "state": "issued", "currency": "GBP", "amount": 500, "spent": 0, "taken": 0,
             "basis_points": None, "hold_until": None, "expires_at": None, "made_at": NOON, "role": "advocate",
             "order_id": "1"}
    return Reward(**{**plain, **values})


def rows(body: dict[str, object]) -> list[dict[str, str]]:
    return cast(list[dict[str, str]], body["rewards"])


def test_balance_is_what_can_be_spent() -> None:
    earned = [reward(), reward(spent=200), reward(state="hold", hold_until=NOON), reward(kind="percentage", basis_points=1000, amount=900),
            reward(currency="JPY", amount=300, kind="fixed"), reward(state="spent", spent=500), reward(taken=500)]
    body = rewards_body([Earned(row) for row in earned], "en")
    assert body["balance"] == [{"currency": "GBP", "amount": 800, "display": "£8.00"},
                               {"currency": "JPY", "amount": 300, "display": "¥300"}]


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("state", ["pending", "hold", "issuing", "unknown", "issued", "spent", "expired", "void", "reversed", "frozen"])
def test_every_state_says_why(state: str, locale: str) -> None:
    body = rewards_body([Earned(reward(state=state))], locale)
    told = rows(body)[0]
    assert told["why"] and told["label"] and told["display"]


@pytest.mark.parametrize(("state", "why", "said"), [
    ("pending", "in_review", "looked at"), ("pending", "unpaid", "paid"), ("void", "order_refunded", "returned"),
    ("void", "not_new", "for the first time")])
def test_a_state_tells_the_reason_that_it_has(state: str, why: str, said: str) -> None:
    told = rows(rewards_body([Earned(reward(state=state, why=why))], "en"))[0]
    assert said in told["why"]


def test_a_hold_says_until_when() -> None:
    body = rewards_body([Earned(reward(state="hold", hold_until=NOON))], "de")
    told = rows(body)[0]
    assert "2026" in told["why"] and told["hold_until"] == NOON.isoformat()

"""Forms that shoppers send, wrongly: each says what is the matter where it was typed, and nothing typed is lost."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask

from plugin.attribution.tables import Claim
from plugin.context import Context
from plugin.messaging.tables import Mail
from plugin.referrals.storefront.me import PAGE_LIFE
from plugin.shops.tables import Shop
from tests.rules.shopfront import Storefront, running
from tests.rules.test_landing import count, shown
from tests.rules.test_my_page import kept, key_in, met, opened

NO_ADDRESS = ["", " ", "alice", "alice@", "@example.org", "a@b@c", "alice@example", "<script>alert(1)</script>@x.example",
              "a" * 5000 + "@example.org", "alice\0@example.org", "alice@exa mple.org", '"><b>@x', "‮moc.elpmaxe@ecila"]


@pytest.mark.parametrize("typed", NO_ADDRESS)
def test_what_is_no_address_is_said_at_its_field(context: Context, app: Flask, north: Shop, typed: str) -> None:
    met(context, north)
    answer = Storefront(app, context.settings, north).post("magic", email=typed)
    page = answer.text
    assert answer.status_code == 422 and count(context, Mail) == 0
    field, = re.findall(r'<input id="email"[^>]*>', page)
    assert 'aria-invalid="true"' in field and 'aria-describedby="fault"' in field and 'id="fault" role="alert"' in page
    assert unescape(re.findall(r' value="([^"]*)"', field)[0]).replace("�", "\0") == typed
    assert "<script>alert" not in page and "<b>" not in page


@pytest.mark.parametrize("email", [None, 7, True, [], ["alice@example.org"], {"a": 1}, "nobody"])
def test_what_is_no_address_in_json(context: Context, app: Flask, north: Shop, email: object) -> None:
    answer = Storefront(app, context.settings, north).post("magic", json={"email": email})
    assert (answer.status_code, count(context, Mail)) == (422, 0)


def test_a_script_gets_the_sentence_without_a_page(context: Context, app: Flask, north: Shop) -> None:
    visitor = Storefront(app, context.settings, north)
    visitor.headers |= {"Accept": "application/json"}
    told = visitor.post("magic", email="x").get_json()
    assert told == {"state": "wrong", "text": "This is not an e-mail address. Please look at it again."}
    assert visitor.post("magic", email="nobody@example.org").get_json() == {"state": "asked"}


def test_strangers_and_customers_read_the_same(context: Context, app: Flask, north: Shop) -> None:
    met(context, north)
    visitor = Storefront(app, context.settings, north)
    known, stranger = (visitor.post("magic", email=one) for one in ("alice@example.org", "eve@example.org"))
    assert (known.status_code, known.text) == (stranger.status_code, stranger.text)


def test_the_form_has_an_address_of_its_own(context: Context, app: Flask, north: Shop) -> None:
    met(context, north)
    page = Storefront(app, context.settings, north, language="ja").get("magic").text
    assert 'lang="ja"' in page and 'name="email"' in page and 'aria-invalid="true"' not in page
    old = app.test_client().get(opened(context, app, north).request.path, headers={"Accept-Language": "en"})
    assert old.status_code == 410 and 'href="https://north.example/apps/tandem/magic"' in old.text


@pytest.mark.parametrize(("words", "said"), [
    ("x" * 501, "This text is too long: at most 500 characters."), ("ab " * 20_000, "This text is too long: at most 500 characters."),
    ("a\0b", "This text has characters in it that cannot be sent."), ("<script>" * 90, "This text is too long")])
def test_words_that_cannot_be_kept_come_back_whole(context: Context, app: Flask, north: Shop, words: str, said: str) -> None:
    met(context, north)
    page = kept(app.test_client(), "words", key_in(opened(context, app, north).text), words=words)
    field, = re.findall(r'<textarea id="words"([^>]*)>(.*?)</textarea>', page.text, re.DOTALL)
    assert page.status_code == 422 and 'aria-invalid="true" aria-describedby="words-fault words-hint"' in field[0]
    assert unescape(field[1]).replace("�", "\0") == words
    assert said in re.findall(r'id="words-fault" role="alert">([^<]*)<', page.text)[0]


def test_words_typed_on_a_page_that_grew_too_old_are_not_lost(context: Context, app: Flask, north: Shop) -> None:
    met(context, north)
    key = key_in(opened(context, app, north).text)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=PAGE_LIFE + 60)):
        answer = kept(app.test_client(), "words", key, words="An hour of <thought>")
        empty = kept(app.test_client(), "wishes", key, shown="on")
    assert answer.status_code == empty.status_code == 410 and "An hour of &lt;thought&gt;</textarea>" in answer.text
    assert "/apps/tandem/magic" in answer.text and "<textarea" not in empty.text
    assert kept(app.test_client(), "words", key[:-2], words="x").status_code == 410  # not ours: nothing of it is read


@pytest.mark.parametrize("token", ["", "x", "x" * 6000, "a.b.c", "\0", "é", "<script>"])
def test_a_claim_from_no_page_of_ours_leads_back(context: Context, north: Shop, bob: Storefront, token: str) -> None:
    link = running(context, north)
    answer = bob.post(f"r/{link.slug}/claim", claim=token)
    assert answer.status_code == 410 and "Please open your friend" in unescape(answer.text) and count(context, Claim) == 0


def test_a_claim_of_another_link_or_without_a_form(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    action, token = shown(bob, link.slug)
    assert bob.post(f"r/{action}", json={"claim": token}).status_code == 410
    assert bob.post("r/nobodys-link/claim", claim=token).status_code == 404
    assert count(context, Claim) == 0 and bob.post(f"r/{action}", claim=token).status_code == 303


@pytest.mark.parametrize("wrong", ["true", 1, 0, None, [], {}, "false"])
def test_a_wish_is_yes_or_no(context: Context, app: Flask, north: Shop, wrong: object) -> None:
    met(context, north)
    visitor = Storefront(app, context.settings, north, customer_id="100")
    assert visitor.post("name", json={"shown": wrong}).status_code == 400
    assert visitor.post("name", json={"shown": False}).status_code == 200

"""The page behind a mailed link: what somebody has, why a friend's order did not count, and what they decide for themselves."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from plugin import clock
from plugin.attribution.tables import Decision, Link
from plugin.context import Context
from plugin.guardrails.tables import Case
from plugin.messaging.tables import Mail
from plugin.people import flows as people
from plugin.people.tables import Person, all_ids
from plugin.privacy import tables as privacy
from plugin.referrals.earnings import HIDDEN, reason
from plugin.referrals.tables import Advocate, ProgrammeVersion
from plugin.rewards.tables import Reward
from plugin.shops.tables import Shop
from plugin.web.signing import Signer
from tests.rules.cast import uid
from tests.rules.shopfront import Storefront, mirrored, person, running
from tests.rules.test_bodies import Extension

FRIEND = "friend@example.org"


def met(context: Context, shop: Shop) -> Link:
    """Alice shares; her customer number is 100."""
    link = running(context, shop)
    with context.transaction() as session:
        people.meet(session, shop.id, customer_id="100", email="alice@example.org", first_name="Alice", now=clock.now())
    return link


def decided(context: Context, shop: Shop, link: Link, order_id: str, verdict: str = "refused", **facts: Any) -> None:  # noqa: ANN401
    with context.transaction() as session:
        friend = person(session, shop, FRIEND, clock.now())
        mirrored(session, shop, order_id, friend, clock.now(), name="#SECRET9")
        version = session.scalars(select(Advocate.programme_id).where(Advocate.id == link.id)).one()
        plain = {"reason": None, "source": "visit", "programme_id": version, "version_id": None, "net": 6000, **facts}
        session.add(Decision(shop_id=shop.id, order_id=order_id, verdict=verdict, advocate_id=link.id, trace=[], currency="GBP",
                             ordered_at=clock.now() - timedelta(days=int(order_id)), decided_at=clock.now(), **plain))


def rewarded(context: Context, shop: Shop, order_id: str, state: str = "issued", **facts: Any) -> None:  # noqa: ANN401
    with context.transaction() as session:
        alice = person(session, shop, "alice@example.org", clock.now())
        plain = {"kind": "store_credit", "amount": 500, "why": "", **facts}
        session.add(Reward(shop_id=shop.id, order_id=order_id, programme_id=uid(1), version_id=uid(2), role="advocate", person_id=alice.id,
                           basis_points=None, currency=shop.currency, state=state, made_at=clock.now(), **plain))


def version_of(context: Context, link: Link) -> UUID:
    with context.transaction() as session:
        return session.scalars(select(ProgrammeVersion.id).where(ProgrammeVersion.programme_id == link.programme_id)).one()


def opened(context: Context, app: Flask, shop: Shop) -> TestResponse:
    Storefront(app, context.settings, shop).post("magic", email="alice@example.org")
    with context.transaction() as session:
        url: str = session.scalars(select(Mail).where(Mail.kind == "magic_link").order_by(Mail.id.desc()).limit(1)).one().facts["url"]
    return app.test_client().post(url.removeprefix(context.settings.app_url), headers={"Accept-Language": "en"})


def key_in(page: str) -> str:
    return str(re.findall(r'name="key" value="([^"]+)"', page)[0])


def kept(client: FlaskClient, what: str, key: str, **form: str) -> TestResponse:
    return client.post(f"/me/keep/{what}", data={"key": key, **form}, headers={"Accept-Language": "en"})


def rows(app: Flask, context: Context, shop: Shop, customer_id: str = "100") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Extension(app, context, shop, customer_id).rewards().get_json()["rewards"]
    return found


def test_an_order_that_did_not_count_has_its_row_and_its_reason(context: Context, app: Flask, north: Shop, south: Shop) -> None:
    link = met(context, north)
    decided(context, north, link, "1", reason="below_minimum")
    found = rows(app, context, north)
    assert [(row["state"], row["label"], row["why"]) for row in found] == [
        ("refused", "Did not count", "It was below the smallest order that counts.")]
    page = unescape(opened(context, app, north).text)
    assert "It was below the smallest order that counts." in page
    assert not re.search("SECRET9|friend@example", page) and "SECRET9" not in str(found)
    assert rows(app, context, north, "200") == rows(app, context, south) == []


def test_what_was_rewarded_is_told_once(context: Context, app: Flask, north: Shop) -> None:
    link = met(context, north)
    decided(context, north, link, "1", reason="cancelled")
    rewarded(context, north, "1", "void", why="cancelled")
    row, = rows(app, context, north)
    assert (row["state"], row["why"]) == ("void", "The order was cancelled.") and row["about"].startswith("For a friend's order of")


@pytest.mark.parametrize(("facts", "case", "why"), [
    ({"net": 0}, None, "The order was returned or not paid."),
    ({"net": 6000}, None, "The order did not meet the terms."),
    ({"net": 6000}, "deny", "A check of the order stood against it. The shop can tell you more.")])
def test_attributed_and_yet_no_reward(context: Context, app: Flask, north: Shop, facts: dict[str, int], case: str | None, why: str) -> None:
    link = met(context, north)
    decided(context, north, link, "1", "attributed", version_id=version_of(context, link), **facts)
    if case:
        with context.transaction() as session:
            session.add(Case(shop_id=north.id, order_id="1", state="refused", verdict=case, reasons=[], advocate_id=link.id,
                             opened_at=clock.now(), judged_at=clock.now()))
    assert [row["why"] for row in rows(app, context, north)] == [why]


@pytest.mark.parametrize("word", sorted(HIDDEN))
def test_what_concerns_the_shop_alone_is_no_row(context: Context, app: Flask, north: Shop, word: str) -> None:
    decided(context, north, met(context, north), "1", reason=word)
    assert rows(app, context, north) == []


@pytest.mark.parametrize("word", ["same_address", "alike_email", "device_velocity", "risk", "denied"])
def test_what_the_guardrails_compare_is_told_to_nobody(word: str) -> None:
    assert reason(word, "en") == "A check of the order stood against it. The shop can tell you more."


def test_sums_and_newest_first(context: Context, app: Flask, north: Shop) -> None:
    link = met(context, north)
    for order_id, state, more in (("3", "issued", {}), ("2", "hold", {"hold_until": clock.now()}), ("1", "spent", {"spent": 400})):
        decided(context, north, link, order_id, "attributed", version_id=version_of(context, link))
        rewarded(context, north, order_id, state, **more)
    told = Extension(app, context, north, "100").rewards().get_json()
    assert [told[name][0]["amount"] for name in ("balance", "waiting", "spent")] == [500, 500, 400]
    assert [row["state"] for row in told["rewards"]] == ["spent", "hold", "issued"]


def test_what_comes_next_stands_beside_the_rewards(context: Context, app: Flask, north: Shop) -> None:
    met(context, north)
    goal = Extension(app, context, north, "100").rewards().get_json()["goal"]
    assert goal == {"title": "Next reward: £5.00 store credit", "text": "For the next friend who orders with your link.", "counted": 0,
                    "target": None}
    with context.transaction() as session:
        people.meet(session, north.id, customer_id="300", email="guest@example.org", now=clock.now())
    assert Extension(app, context, north, "300").rewards().get_json()["goal"] is None
    with context.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Advocate)) == 1  # nobody is enrolled by looking


def test_own_words_are_kept_with_the_link_and_for_no_one_else(context: Context, app: Flask, north: Shop) -> None:
    link, client = met(context, north), app.test_client()
    key = key_in(opened(context, app, north).text)
    page = kept(client, "words", key, words="Best <mugs> ever!")
    assert page.status_code == 200 and "Saved." in page.text and "Best &lt;mugs&gt; ever!" in page.text
    mine = Extension(app, context, north, "100").share().get_json()["texts"]
    assert mine["whatsapp"] == mine["native"] == f"Best <mugs> ever! https://north.example/apps/tandem/r/{link.slug}"
    with context.transaction() as session:
        mirrored(session, north, "77", person(session, north, "alice@example.org", clock.now()), clock.now())
    assert "mugs" not in Extension(app, context, north).share("77").text
    assert "mugs" not in kept(client, "words", key, words="x", ours="1").text


def test_too_long_a_text_is_refused_and_not_lost(context: Context, app: Flask, north: Shop) -> None:
    met(context, north)
    answer = kept(app.test_client(), "words", key_in(opened(context, app, north).text), words="ab " * 400)
    assert answer.status_code == 422 and "at most 500 characters" in answer.text and "ab ab ab" in answer.text


def test_name_and_mail_are_the_persons_own_choice(context: Context, app: Flask, north: Shop) -> None:
    link, client = met(context, north), app.test_client()
    key = key_in(opened(context, app, north).text)
    for form in ({"shown": "on"}, {"mail": "on"}, {}):
        assert kept(client, "wishes", key, **form).status_code == 200
        with context.transaction() as session:
            alice = session.scalars(select(Person).where(Person.customer_id == "100")).one()
            assert session.get_one(Advocate, (north.id, link.id)).named is ("shown" in form)
            assert alice.mail_state == ("yes" if "mail" in form else "no")


def test_nothing_is_kept_without_the_pages_key(context: Context, app: Flask, north: Shop) -> None:
    met(context, north)
    opened(context, app, north)
    wrong = Signer(context.settings).sign("magic", {"shop": str(north.id), "person": str(uid(1))})
    for key in ("", "x", wrong):
        assert kept(app.test_client(), "wishes", key, shown="on").status_code in (400, 410)
    assert kept(app.test_client(), "other", key_in(opened(context, app, north).text)).status_code == 404


def test_words_are_forgotten_with_their_person(context: Context, app: Flask, north: Shop) -> None:
    link = met(context, north)
    kept(app.test_client(), "words", key_in(opened(context, app, north).text), words="Ask Alice of Elm Street")
    with context.transaction() as session:
        alice = session.scalars(select(Person).where(Person.customer_id == "100")).one()
        privacy.forget_person(session, north.id, all_ids(session, north.id, alice.id), [])
        assert session.get_one(Advocate, (north.id, link.id)).words is None


def test_after_a_bad_moment_the_thank_you_page_asks_for_nothing(context: Context, app: Flask, north: Shop) -> None:
    met(context, north)
    with context.transaction() as session:
        alice = session.scalars(select(Person).where(Person.customer_id == "100")).one()
        mirrored(session, north, "77", alice, clock.now())
    assert Extension(app, context, north).share("77").get_json()["state"] == "ready"
    with context.transaction() as session:
        people.leave_alone(session, north.id, alice.id, alone=True, now=clock.now())
    assert Extension(app, context, north).share("77").get_json() == {"state": "none"}
    assert Extension(app, context, north, "100").share().get_json()["state"] == "ready"

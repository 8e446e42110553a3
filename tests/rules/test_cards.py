"""An advocate's card: off until made, gone when taken back, and nothing on it about anybody who did not agree."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution.tables import Code, Decision, Link, Visit
from plugin.context import Context
from plugin.guardrails.tables import Case
from plugin.ledger import flows as ledger
from plugin.money import Money
from plugin.people.tables import Person, all_ids
from plugin.privacy import tables as privacy
from plugin.referrals.flows import cards, naming
from plugin.referrals.rules.cards import TIERS, Impact, at_least, impact
from plugin.referrals.storefront import card
from plugin.referrals.tables import Card
from plugin.shops.tables import Shop
from tests.rules.shopfront import Storefront, mirrored, person
from tests.rules.test_bodies import Extension
from tests.rules.test_landing import MACHINES, form_of
from tests.rules.test_my_page import kept, key_in, met, opened


def bought(context: Context, shop: Shop, link: Link, count: int, *, saved: int = 950) -> None:
    """So many friends of Alice's, each with one order."""
    for n in range(count):
        with context.transaction() as session:
            friend = person(session, shop, f"friend{n}@example.org", clock.now())
            mirrored(session, shop, str(500 + n), friend, clock.now(), name=f"#SECRET{n}")
            attributed(session, shop, link, str(500 + n))
            if saved:
                ledger.level(session, shop.id, ledger.Subject(order_id=str(500 + n)), {"discount": saved}, currency="GBP", now=clock.now())


def attributed(session: Session, shop: Shop, link: Link, order_id: str) -> None:
    session.add(Decision(shop_id=shop.id, order_id=order_id, verdict="attributed", advocate_id=link.id, trace=[], currency="GBP", net=6000,
                         ordered_at=clock.now() - timedelta(days=1), decided_at=clock.now(), source="visit",
                         programme_id=link.programme_id))


def made(context: Context, app: Flask, shop: Shop, key: str = "") -> str:
    """The card's path below the proxy, made on the advocate's own page."""
    page = kept(app.test_client(), "card", key or key_in(opened(context, app, shop).text), shown="on")
    assert page.status_code == 200 and "Your card is there." in page.text
    return str(re.findall(r'value="https://north\.example/apps/tandem/(card/[\w-]+)"', page.text)[0])


def seen(context: Context, shop: Shop, link: Link) -> Impact:
    with context.transaction() as session:
        return cards.impact(session, shop.id, link.id)


@pytest.mark.parametrize(("sum", "told"), [(4735, 4500), (19_999, 15_000), (12_345, 10_000), (500, 500), (9, 9), (0, 0), (-5, 0)])
def test_sums_are_told_roughly(sum: int, told: int) -> None:
    assert at_least(Money(sum, "EUR")) == Money(told, "EUR")


@pytest.mark.parametrize(("friends", "badge"), [(0, 0), (1, 1), (4, 1), (5, 5), (9, 5), (10, 10), (24, 10), (25, 25), (900, 25)])
def test_badges_by_tier(friends: int, badge: int) -> None:
    assert Impact(friends).badge == badge


def test_what_few_saved_is_nobodys_to_read() -> None:
    assert impact(4, [Money(9999, "EUR")]).saved == ()
    assert impact(5, [Money(9999, "EUR"), Money(0, "USD")]).saved == (Money(9500, "EUR"),)


def test_off_until_it_is_made_and_gone_when_taken_back(context: Context, app: Flask, north: Shop, bob: Storefront) -> None:
    link = met(context, north)
    bought(context, north, link, 1)
    page = opened(context, app, north).text
    assert "Make my card" in page and "/card/" not in page.replace("/me/keep/card", "")
    key = key_in(page)
    path = made(context, app, north, key)
    assert path == made(context, app, north, key)
    assert bob.get(path).status_code == 200
    assert "Its address leads nowhere now." in kept(app.test_client(), "card", key).text
    assert bob.get(path).status_code == 404
    assert made(context, app, north, key) != path


def test_without_a_friend_there_is_a_badge_to_win_and_no_card(context: Context, app: Flask, north: Shop) -> None:
    met(context, north)
    page = opened(context, app, north).text
    assert "Your first friend brings you a badge." in page and "Make my card" not in page


def test_the_card_and_its_preview(context: Context, app: Flask, north: Shop, bob: Storefront) -> None:
    link = met(context, north)
    bought(context, north, link, 6)
    page = unescape(bob.get(made(context, app, north)).text)
    assert "Somebody who shops at North has brought 6 friends" in page and "Good company" in page
    assert "Together they saved more than £55.00." in page and "10% off for you at North" in page
    metas = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"', page))
    assert metas["og:title"] == "Somebody who shops at North has brought 6 friends" and metas["twitter:card"] == "summary_large_image"
    assert metas["og:image"] == f"{context.settings.app_url}/static/badges/5.png" and metas["og:url"].startswith("https://north.example")
    assert not re.search("Alice|alice|SECRET|friend[0-9]|example.org|57[.]00", page.replace(metas["og:url"], ""))


def test_the_name_stands_there_only_by_consent(context: Context, app: Flask, north: Shop, bob: Storefront) -> None:
    link = met(context, north)
    bought(context, north, link, 1)
    path = made(context, app, north)
    assert "Alice" not in bob.get(path).text
    with context.transaction() as session:
        naming.agree(session, north.id, session.get_one(Link, (north.id, link.id)).person_id, shown=True)
    assert "Alice has brought 1 friend to North" in bob.get(path).text
    with context.transaction() as session:
        naming.agree(session, north.id, session.get_one(Link, (north.id, link.id)).person_id, shown=False)
    assert "Alice" not in bob.get(path).text


def test_a_visit_from_the_card_is_told_apart_and_leads_to_a_code(context: Context, app: Flask, north: Shop, bob: Storefront) -> None:
    link = met(context, north)
    bought(context, north, link, 1)
    path = made(context, app, north)
    action, token = form_of(bob.get(path).text)
    assert action == f"../r/{link.slug}/claim"
    assert bob.post(action.removeprefix("../"), claim=token).status_code == 303
    with context.transaction() as session:
        visit, code = session.scalars(select(Visit)).one(), session.scalars(select(Code).where(Code.state == "claimed")).one()
        assert (visit.source, code.visit_id) == ("card", visit.id)
    other = Storefront(app, context.settings, north, ip="198.51.100.9")
    other.get(f"r/{link.slug}")
    with context.transaction() as session:
        assert sorted(session.scalars(select(Visit.source))) == ["card", "link"]


def test_machines_and_the_advocate_are_not_counted(context: Context, app: Flask, north: Shop, bob: Storefront) -> None:
    link = met(context, north)
    bought(context, north, link, 1)
    path = made(context, app, north)
    for headers in MACHINES:
        assert bob.get(path, headers=headers).status_code == 200
    own = Storefront(app, context.settings, north, customer_id="100").get(path).text
    assert "This is your own card" in own and "<form" not in own
    with context.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 0


def test_only_orders_that_stand_count(context: Context, north: Shop) -> None:
    link = met(context, north)
    bought(context, north, link, 7)
    with context.transaction() as session:
        session.get_one(Decision, (north.id, "500")).net = 0
        session.get_one(Decision, (north.id, "501")).verdict = "refused"
        plain = {"reasons": [], "advocate_id": link.id, "opened_at": clock.now(), "judged_at": clock.now()}
        session.add_all([Case(shop_id=north.id, order_id="502", state="open", verdict="hold", **plain),
                         Case(shop_id=north.id, order_id="503", state="released", verdict="hold", **plain)])
        twice = person(session, north, "friend6@example.org", clock.now())
        mirrored(session, north, "600", twice, clock.now())
        attributed(session, north, link, "600")
    assert seen(context, north, link) == Impact(4)


def test_what_was_taken_back_was_not_saved(context: Context, north: Shop) -> None:
    link = met(context, north)
    bought(context, north, link, 5)
    with context.transaction() as session:
        ledger.level(session, north.id, ledger.Subject(order_id="500"), {"discount": 100}, currency="GBP", now=clock.now())
    assert seen(context, north, link) == Impact(5, (Money(3500, "GBP"),))


def test_erasure_removes_it(context: Context, app: Flask, north: Shop, bob: Storefront) -> None:
    link = met(context, north)
    bought(context, north, link, 1)
    path = made(context, app, north)
    with context.transaction() as session:
        alice = session.scalars(select(Person).where(Person.customer_id == "100")).one()
        privacy.forget_person(session, north.id, all_ids(session, north.id, alice.id), [])
        assert session.scalar(select(func.count()).select_from(Card)) == 0
    assert bob.get(path).status_code == 404


def test_in_the_account_it_is_made_and_taken_back(context: Context, app: Flask, north: Shop, bob: Storefront) -> None:
    link = met(context, north)
    alice, nobody = Extension(app, context, north, "100"), Extension(app, context, north)
    assert alice.share().get_json()["card"] is None
    bought(context, north, link, 1)
    assert alice.share().get_json()["card"] == {"badge": "First friend", "title": "Somebody who shops at North has brought 1 friend",
                                                "saved": None, "link": None, "text": None}
    told = alice.card(True).get_json()
    assert told["link"] in told["text"] and bob.get(told["link"].removeprefix("https://north.example/apps/tandem/")).status_code == 200
    with context.transaction() as session:
        mirrored(session, north, "77", person(session, north, "alice@example.org", clock.now()), clock.now())
    assert nobody.share("77").get_json()["card"] is None  # an order's id is no proof of who asks
    assert alice.card(False).get_json()["link"] is None
    wrong: tuple[object, ...] = ("true", 1, None, [], {})
    for one in wrong:
        assert alice.card(one).status_code == 400
    for other in (nobody, Extension(app, context, north, "200")):
        assert other.card(True).status_code == 401
    with context.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Card)) == 0


@pytest.mark.parametrize("secret", ["x", "é", "a" * 4000, "%00", "..", "' or 1=1"])
def test_no_address_but_its_own(context: Context, app: Flask, north: Shop, south: Shop, bob: Storefront, secret: str) -> None:
    link = met(context, north)
    bought(context, north, link, 1)
    path = made(context, app, north)
    assert bob.get(f"card/{secret}").status_code in (400, 404)
    assert Storefront(app, context.settings, south).get(path).status_code == 404


def test_every_badge_has_its_picture(app: Flask) -> None:
    for tier in TIERS:
        told = app.test_client().get(f"/static/badges/{tier}.png").data
        size = int.from_bytes(told[16:20], "big"), int.from_bytes(told[20:24], "big")
        assert told[:4] == b"\x89PNG" and size == (1200, 630) and len(told) < 60_000
    assert card.CardBody.__annotations__.keys() == {"title", "saved", "friends", "badge", "badge_name"}

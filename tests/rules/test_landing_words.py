"""What the landing page says: who sent them if they agreed, the card that messengers draw, and kindly why a link is closed."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution.tables import Claim, Code, Link, Visit
from plugin.context import Context
from plugin.mirror import tables as mirror
from plugin.people.tables import Person
from plugin.referrals import flows, tables
from plugin.referrals.flows import naming
from plugin.referrals.rules.cards import card
from plugin.referrals.rules.naming import readable
from plugin.shops.tables import Shop
from tests.rules.shopfront import Storefront, running

ALICE = "501"
WHATSAPP = "WhatsApp/2.26.40.1 A"


def alice(session: Session, shop: Shop, link: Link, **changes: Any) -> None:  # noqa: ANN401
    """What the shop has told us of her."""
    person = session.get_one(Person, (shop.id, link.person_id))
    for name, value in {"first_name": "Alice", "customer_id": ALICE, **changes}.items():
        setattr(person, name, value)
    session.flush()


@pytest.fixture
def link(context: Context, north: Shop) -> Link:
    link = running(context, north)
    with context.transaction() as session:
        alice(session, north, link)
    return link


@pytest.fixture
def customer(app: Flask, context: Context, north: Shop) -> Storefront:
    """Alice, logged in."""
    return Storefront(app, context.settings, north, customer_id=ALICE)


def meta(page: str) -> dict[str, str]:
    """The card as a messenger reads it."""
    return {name: unescape(value) for name, value in re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page)}


@pytest.mark.parametrize(("typed", "shown"), [
    ("Ada", "Ada"), (" Ada  Marie ", "Ada Marie"), ("Jean-Luc", "Jean-Luc"), ("O\u2019Neil", "O\u2019Neil"), ("Zoë", "Zoë"), ("آنا", "آنا"),
    ("さくら", "さくら"), ("प्रिया", "प्रिया"), ("J.", "J."), ("Zoe\u0308", "Zoë"),
    ("", None), (None, None), ("   ", None), ("evil.com", None),
    ("Win 1000", None), ("https://x", None), ("a" * 25, None), ("one two three four", None), ("<b>Ada</b>", None), ("@ada", None),
    ("-", None), ("\u202eadA", None), ("Ada\u0000", None), ("😀", None)])
def test_only_what_looks_like_a_name_is_shown(typed: str | None, shown: str | None) -> None:
    assert readable(typed) == shown


def test_nobody_is_named_who_did_not_agree(bob: Storefront, link: Link) -> None:
    page = bob.get(f"r/{link.slug}").text
    assert "Alice" not in page and "Somebody who shops at North thought of you." in page


def test_the_advocate_agrees_and_takes_it_back(customer: Storefront, bob: Storefront, link: Link) -> None:
    assert customer.get("share.json").get_json()["name"] == {"first": "Alice", "shown": False}
    assert customer.post("name", json={"shown": True}).get_json() == {"shown": True}
    assert customer.get("share.json").get_json()["name"] == {"first": "Alice", "shown": True}
    page = bob.get(f"r/{link.slug}").text
    assert "Alice shops at North and thought of you." in page
    customer.post("name", json={"shown": False})
    assert "Alice" not in bob.get(f"r/{link.slug}").text


@pytest.mark.parametrize("given", [{}, {"shown": "yes"}, {"shown": 1}, {"shown": None}])
def test_agreeing_needs_a_plain_yes_or_no(customer: Storefront, link: Link, given: dict[str, object]) -> None:
    assert customer.post("name", json=given).status_code == 400


def test_nobody_agrees_for_somebody_else(app: Flask, context: Context, north: Shop, bob: Storefront, link: Link) -> None:
    assert bob.post("name", json={"shown": True}).status_code == 401
    assert Storefront(app, context.settings, north, customer_id="777").post("name", json={"shown": True}).status_code == 401
    with context.transaction() as session:
        assert not session.get_one(tables.Advocate, (north.id, link.id)).named


def test_who_was_forgotten_is_not_named(context: Context, north: Shop, bob: Storefront, link: Link) -> None:
    with context.transaction() as session:
        naming.agree(session, north.id, link.person_id, shown=True)
        alice(session, north, link, redacted_at=clock.now())
    assert "Alice" not in bob.get(f"r/{link.slug}").text


def product(session: Session, shop: Shop, handle: str, **changes: Any) -> None:  # noqa: ANN401
    values = {"title": handle.title(), "status": "active", "updated_at": clock.now(), "image": f"https://cdn.shopify.com/s/{handle}.jpg?v=1"}
    session.add(mirror.Product(shop_id=shop.id, id=str(len(handle)), handle=handle, **{**values, **changes}))
    session.flush()


def test_the_card(context: Context, north: Shop, bob: Storefront, link: Link) -> None:
    with context.transaction() as session:
        product(session, north, "mug")
        product(session, north, "tray")
        product(session, north, "secret", status="draft")
    told = meta(bob.get(f"r/{link.slug}").text)
    assert told["og:title"] == "10% off for you at North" == told["twitter:title"]
    assert told["og:description"] == "Somebody who shops at North thought of you." == told["twitter:description"]
    assert told["og:image"] == "https://cdn.shopify.com/s/mug.jpg?v=1&width=1200&height=630&crop=center" == told["twitter:image"]
    assert (told["og:image:width"], told["og:image:height"], told["og:image:alt"]) == ("1200", "630", "Mug")
    assert (told["twitter:card"], told["og:url"].endswith(f"/r/{link.slug}")) == ("summary_large_image", True)
    assert meta(bob.get(f"r/{link.slug}", product="tray").text)["og:image:alt"] == "Tray"
    assert meta(bob.get(f"r/{link.slug}", product="secret").text)["og:image:alt"] == "Mug"


def test_a_card_without_a_picture_is_a_small_one(bob: Storefront, link: Link) -> None:
    told = meta(bob.get(f"r/{link.slug}").text)
    assert told["twitter:card"] == "summary" and "og:image" not in told


@pytest.mark.parametrize("image", ["javascript:alert(1)", "/local.jpg", "", "data:image/png;base64,x", "http://[", "//cdn/x.jpg"])
def test_no_picture_that_is_no_address(image: str) -> None:
    assert card("x", image) is None


def test_a_messenger_reads_the_advocates_language_and_is_no_visit(app: Flask, context: Context, north: Shop, link: Link) -> None:
    with context.transaction() as session:
        alice(session, north, link, locale="de-AT")
    for language in (None, "en-US"):
        robot = Storefront(app, context.settings, north, agent=WHATSAPP, language=language)
        page = robot.get(f"r/{link.slug}").text
        assert meta(page)["og:locale"] == "de_AT" and "hat an dich gedacht" in meta(page)["og:description"]
    friend = Storefront(app, context.settings, north, language="en-GB")
    assert meta(friend.get(f"r/{link.slug}").text)["og:locale"] == "en_GB"
    with context.transaction() as session:
        assert len(session.scalars(select(Visit)).all()) == 1


def test_a_paused_programme(context: Context, north: Shop, bob: Storefront, link: Link) -> None:
    token = token_of(bob, link)
    with context.transaction() as session:
        flows.pause(session, north.id, link.programme_id, now=clock.now())
    for answer in (bob.get(f"r/{link.slug}"), bob.post(f"r/{link.slug}/claim", claim=token)):
        assert answer.status_code == 200 and "taking a break" in answer.text
        assert "Keep the link" in answer.text and 'href="/"' in answer.text
    with context.transaction() as session:
        assert (session.scalars(select(Claim)).all(), len(session.scalars(select(Visit)).all())) == ([], 1)


def token_of(visitor: Storefront, link: Link) -> str:
    found = re.search(r'name="claim" value="([^"]+)"', visitor.get(f"r/{link.slug}").text)
    assert found is not None
    return found[1]


def test_a_stopped_advocate(context: Context, north: Shop, bob: Storefront, link: Link) -> None:
    with context.transaction() as session:
        flows.stop(session, north.id, link.id, now=clock.now())
    assert "Ask your friend" in bob.get(f"r/{link.slug}").text


def test_an_ended_programme(context: Context, app: Flask, north: Shop, bob: Storefront) -> None:
    day = (clock.now() + timedelta(days=1)).date().isoformat()
    link = running(context, north, ends_at=day, ends=day)
    with context.transaction() as session:
        version = session.scalars(select(tables.ProgrammeVersion)).one()
        version.terms = {**version.terms, "ends_at": (clock.now() - timedelta(days=1)).isoformat()}
    page = bob.get(f"r/{link.slug}").text
    assert "This offer is over" in page and "Go to the shop" in page


def test_an_unknown_link(bob: Storefront, link: Link) -> None:
    answer = bob.get("r/north-0000000000")
    assert answer.status_code == 404 and "Perhaps a letter got lost" in answer.text


def test_ones_own_link_is_for_sending(context: Context, customer: Storefront, link: Link) -> None:
    page = customer.get(f"r/{link.slug}").text
    assert "your own link" in page and "https://wa.me/?text=" in page and "mailto:" in page and "<form" not in page
    with context.transaction() as session:
        assert session.scalars(select(Visit)).all() == []


def claimed(visitor: Storefront, link: Link) -> str:
    """Takes a code; the visit's token, as the storefront is given it."""
    answer = visitor.post(f"r/{link.slug}/claim", claim=token_of(visitor, link))
    found = re.search(r"tandem_visit(?:%3D|=)([^&]+)", answer.headers["Location"])
    assert found is not None
    return found[1]


def test_the_greeting(context: Context, north: Shop, bob: Storefront, link: Link) -> None:
    visit = claimed(bob, link)
    with context.transaction() as session:
        code = session.scalars(select(Code).where(Code.state == "claimed")).one().code
    assert bob.get("greeting.json", visit=visit).get_json() == {"words": "A friend sent you 10% off.", "code": code, "offer": None}
    with context.transaction() as session:
        naming.agree(session, north.id, link.person_id, shown=True)
    assert bob.get("greeting.json", visit=visit, locale="de").get_json()["words"] == "Alice schickt dir 10 % Rabatt.".replace(" %", "\xa0%")


def test_no_greeting_for_a_code_that_is_gone(context: Context, bob: Storefront, link: Link) -> None:
    visit = claimed(bob, link)
    with context.transaction() as session:
        session.scalars(select(Code).where(Code.state == "claimed")).one().state = "used"
    assert bob.get("greeting.json", visit=visit).get_json() == {}


@pytest.mark.parametrize("visit", ["", "x", "a.b.c", "é" * 40, "0" * 6000])
def test_no_greeting_for_a_forged_visit(bob: Storefront, link: Link, visit: str) -> None:
    assert bob.get("greeting.json", visit=visit, headers={"Accept": "application/json"}).status_code == 410


def test_no_greeting_across_shops(context: Context, app: Flask, south: Shop, bob: Storefront, link: Link) -> None:
    visit = claimed(bob, link)
    assert Storefront(app, context.settings, south).get("greeting.json", visit=visit).get_json() == {}


def test_an_order_id_tells_no_name(context: Context, north: Shop, link: Link) -> None:
    """The body by an order's id may be asked for by anybody who knows one."""
    with context.transaction() as session:
        naming.agree(session, north.id, link.person_id, shown=True)
        after = flows.enrol_customer(session, north.id, ALICE, now=clock.now())
        assert after.link is not None and isinstance(after.link.id, UUID)
        assert naming.offered(session, north.id, after.link.id) == {"first": "Alice", "shown": True}

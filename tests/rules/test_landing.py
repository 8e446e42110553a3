"""The landing page as a browser without JavaScript meets it, and everything that must not happen there."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from plugin.attribution.tables import Claim, Code, Visit
from plugin.context import Context
from plugin.db import Base
from plugin.referrals.rules import destination
from plugin.referrals.rules.visiting import why_not_counted
from plugin.shops.tables import Shop
from tests.conftest import BusinessClock
from tests.rules.shopfront import PHONE, Storefront, make_ready, running


def count(context: Context, table: type[Base]) -> int:
    with context.transaction() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def form_of(html: str) -> tuple[str, str]:
    action, = re.findall(r'<form method="post" action="([^"]+)">', html)
    token, = re.findall(r'name="claim" value="([^"]+)"', html)
    return action, token


def shown(visitor: Storefront, slug: str, **params: str) -> tuple[str, str]:
    answer = visitor.get(f"r/{slug}", headers=None, **params)
    assert answer.status_code == 200
    return form_of(answer.text)


def test_from_link_to_code(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    action, token = shown(bob, link.slug)
    assert action == f"{link.slug}/claim"
    answer = bob.post(f"r/{action}", claim=token)
    target = urlsplit(answer.headers["Location"])
    assert answer.status_code == 303 and target.netloc == "" and re.fullmatch(r"/discount/[0-9A-Z]{12}", target.path)
    onward = urlsplit(parse_qs(target.query)["redirect"][0])
    with context.transaction() as session:
        code = session.scalars(select(Code).where(Code.state == "claimed")).one()
        visit = session.scalars(select(Visit)).one()
        assert target.path.endswith(code.code) and (code.advocate_id, code.visit_id) == (link.id, visit.id)
        assert onward.path == "/" and parse_qs(onward.query) == {"tandem_visit": [visit.token]}


def test_the_short_link_of_an_sms_leads_to_the_same_page(context: Context, north: Shop, south: Shop, app: Flask, bob: Storefront) -> None:
    link = running(context, north)
    code = link.code.lower()
    action, token = shown(bob, code)
    assert action == f"{link.slug}/claim" and bob.post(f"r/{action}", claim=token).status_code == 303
    assert bob.get(f"r/{code[:-1]}").status_code == 404
    assert Storefront(app, context.settings, south).get(f"r/{code}").status_code == 404


def test_looking_claims_nothing(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    for _ in range(3):
        shown(bob, link.slug)
    assert (count(context, Claim), count(context, Visit)) == (0, 1)


def test_a_second_tap_is_the_same_claim(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    action, token = shown(bob, link.slug)
    answers = {bob.post(f"r/{action}", claim=token).headers["Location"] for _ in range(3)}
    assert len(answers) == 1 and count(context, Claim) == 1


def test_two_people_behind_one_address_get_two_codes(context: Context, north: Shop, bob: Storefront) -> None:
    """Same network, same kind of phone: nothing tells them apart, and still no code is shared."""
    link = running(context, north)
    pages = [shown(bob, link.slug) for _ in range(2)]
    places = {bob.post(f"r/{action}", claim=token).headers["Location"] for action, token in pages}
    assert len(places) == 2 and count(context, Visit) == 1


def test_an_empty_pool_keeps_the_claim(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north, ready=0)
    action, token = shown(bob, link.slug)
    answer = bob.post(f"r/{action}", claim=token)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"claim/{token}")
    waiting = bob.get(f"r/{link.slug}/claim/{token}")
    assert waiting.status_code == 200 and 'http-equiv="refresh"' in waiting.text and "being made" in waiting.text
    with context.transaction() as session:
        make_ready(session, north.id, 1)
    served = bob.get(f"r/{link.slug}/claim/{token}")
    assert served.status_code == 303 and served.headers["Location"].startswith("/discount/")
    assert bob.get(f"r/{link.slug}/claim/{token}").headers["Location"] == served.headers["Location"]


def test_friends_who_get_credit_take_no_code(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north, friend_kind="store_credit", friend_value="5")
    action, token = shown(bob, link.slug)
    answer = bob.post(f"r/{action}", claim=token)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/?tandem_visit=")
    assert (count(context, Code), count(context, Claim), count(context, Visit)) == (0, 1, 1)


def test_a_claim_that_lapsed_says_so(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    action, token = shown(bob, link.slug)
    bob.post(f"r/{action}", claim=token)
    with context.transaction() as session:
        session.scalars(select(Code).where(Code.state == "claimed")).one().state = "lapsed"
    answer = bob.get(f"r/{link.slug}/claim/{token}")
    assert answer.status_code == 200 and "lapsed" in answer.text and link.slug in answer.text


def test_ten_claims_a_week_from_one_device(context: Context, north: Shop, bob: Storefront, business_clock: BusinessClock) -> None:
    link = running(context, north)
    for _ in range(10):
        action, token = shown(bob, link.slug)
        assert bob.post(f"r/{action}", claim=token).status_code == 303
    action, token = shown(bob, link.slug)
    answer = bob.post(f"r/{action}", claim=token)
    assert answer.status_code == 429 and "Retry-After" in answer.headers and count(context, Claim) == 10
    business_clock.move(days=7, seconds=1)
    assert bob.post(f"r/{action}", claim=token).status_code == 303


MACHINES: list[dict[str, str]] = [
    {"User-Agent": "facebookexternalhit/1.1"}, {"User-Agent": "WhatsApp/2.23.20.0"}, {"User-Agent": "Googlebot/2.1"},
    {"User-Agent": "curl/8.5"}, {"User-Agent": "python-requests/2.34"}, {"User-Agent": ""},
    {"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "preview"}, {"X-Moz": "prefetch"}, {"Sec-Fetch-Dest": "image"}, {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Dest": "empty"}]


def test_machines_see_the_page_and_are_not_counted(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    for headers in MACHINES:
        answer = bob.get(f"r/{link.slug}", headers=headers)
        assert answer.status_code == 200 and "og:title" in answer.text
    assert bob.head(f"r/{link.slug}").status_code == 200
    assert count(context, Visit) == 0


@pytest.mark.parametrize(("method", "headers", "why"), [
    ("GET", {"User-Agent": PHONE}, None), ("GET", {"User-Agent": PHONE, "Sec-Fetch-Dest": "document"}, None),
    ("HEAD", {"User-Agent": PHONE}, "method"), ("GET", {"User-Agent": PHONE, "Sec-Purpose": "Prefetch"}, "prefetch"),
    ("GET", {"User-Agent": PHONE, "Sec-Fetch-Dest": "image"}, "not_a_page"),
    ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0"}, "bot"), ("GET", {}, "bot"),
    ("GET", {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140 Safari/537.36"}, None)])
def test_what_counts(method: str, headers: dict[str, str], why: str | None) -> None:
    assert why_not_counted(method, headers) == why


def test_once_an_hour_per_device(context: Context, app: Flask, north: Shop, bob: Storefront, business_clock: BusinessClock) -> None:
    link = running(context, north)
    shown(bob, link.slug)
    shown(bob, link.slug)
    assert count(context, Visit) == 1
    shown(Storefront(app, context.settings, north, ip="198.51.100.8"), link.slug)
    assert count(context, Visit) == 2
    business_clock.move(minutes=60, seconds=1)
    shown(bob, link.slug)
    assert count(context, Visit) == 3


def test_a_flood_from_one_network_is_shown_but_not_counted(context: Context, app: Flask, north: Shop) -> None:
    link = running(context, north)
    for n in range(33):
        shown(Storefront(app, context.settings, north, agent=f"{PHONE} {n}"), link.slug)
    assert count(context, Visit) == 30


EVIL = ["//evil.com", "/\\evil.com", "///evil.com", "https://evil.com", "javascript:alert(1)", "/%09/evil.com", "\\\\evil.com",
        "http:evil.com", "/..//evil.com", "@evil.com", "evil.com", "/\t/evil.com", "data:text/html,x",
        "home/../..//evil.com", "HOME", "cart?x=//evil.com",
        "", "a" * 500, "‮moc.live", "/redirect?to=https://evil.com"]


@pytest.mark.parametrize("place", EVIL)
def test_no_word_of_the_visitor_becomes_an_address(place: str) -> None:
    assert destination(place) == "/" and destination(None, place) == "/"
    assert destination("cart", place) == "/cart"


def test_no_open_redirect(context: Context, app: Flask, north: Shop) -> None:
    link = running(context, north)
    for n, place in enumerate(EVIL):
        visitor = Storefront(app, context.settings, north, ip=f"192.0.2.{n}")
        action, token = shown(visitor, link.slug, to=place, product=place, redirect=place, next=place)
        target = visitor.post(f"r/{action}", claim=token).headers["Location"]
        assert re.fullmatch(r"/discount/[0-9A-Z]{12}\?redirect=%2F%3Ftandem_visit%3D[\w.%-]+", target), place


def test_deep_links(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    for name, value, path in (("to", "all", "/collections/all"), ("to", "cart", "/cart"), ("product", "blue-mug", "/products/blue-mug")):
        action, token = shown(bob, link.slug, **{name: value})
        target = unquote(bob.post(f"r/{action}", claim=token).headers["Location"])
        assert target.partition("redirect=")[2].startswith(f"{path}?tandem_visit=")


def test_a_page_that_was_never_shown_claims_nothing(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    for token in ("", "x", "a.b.c", "é", "0" * 6000):
        assert bob.post(f"r/{link.slug}/claim", claim=token).status_code == 410
    assert count(context, Claim) == 0


def test_a_page_is_good_for_its_own_link_alone(context: Context, app: Flask, north: Shop, south: Shop, bob: Storefront) -> None:
    link, other = running(context, north), running(context, south)
    _, token = shown(bob, link.slug)
    stranger = Storefront(app, context.settings, south)
    assert stranger.post(f"r/{other.slug}/claim", claim=token).status_code == 410
    assert stranger.get(f"r/{link.slug}").status_code == 404
    assert stranger.post(f"r/{link.slug}/claim", claim=token).status_code == 404
    assert count(context, Claim) == 0


def test_an_unsigned_request_gets_nothing(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    assert bob.client.get(f"/proxy/r/{link.slug}?shop={north.domain}").status_code == 401
    assert count(context, Visit) == 0


def test_unknown_links_are_not_found(context: Context, north: Shop, bob: Storefront) -> None:
    running(context, north)
    for slug in ("nobody-0000000000", "x" * 500, "%00", "ſ"):
        assert bob.get(f"r/{slug}").status_code in (400, 404)


def test_language(context: Context, app: Flask, north: Shop) -> None:
    link = running(context, north)
    said = {"de-AT,de;q=0.9": "an dich gedacht", "en": "thought of you", "sv": "thought of you", None: "thought of you"}
    for language, words in said.items():
        answer = Storefront(app, context.settings, north, language=language).get(f"r/{link.slug}")
        assert words in answer.text and "<script" not in answer.text


@pytest.mark.parametrize(("prefix", "came_from", "root"), [
    ("/de/apps/tandem", None, "/de"), ("/pt-br/apps/tandem", None, "/pt-br"),
    ("/apps/tandem", "https://north.example/de/apps/tandem/r/x", "/de"),
    ("/apps/tandem", "https://north.example/apps/tandem/r/x", ""), ("/apps/tandem", "https://evil.example//evil.com/de", ""),
    ("/apps/tandem", "https://evil.example/de%2f%2fevil.com/", ""), ("/apps/tandem", "not an address", ""), ("/apps/tandem", None, "")])
def test_the_language_of_the_store_stays(context: Context, app: Flask, north: Shop, prefix: str, came_from: str | None, root: str) -> None:
    """From the page that was shown to the discount and the page behind it."""
    link = running(context, north)
    visitor = Storefront(app, context.settings, north, prefix=prefix, came_from=came_from)
    action, token = shown(visitor, link.slug)
    target = urlsplit(visitor.post(f"r/{action}", claim=token).headers["Location"])
    onward = urlsplit(parse_qs(target.query)["redirect"][0])
    assert (target.netloc, onward.netloc, onward.path) == ("", "", f"{root}/")
    assert ("an dich gedacht" in visitor.get(f"r/{link.slug}").text) == (root == "/de")


def test_a_shops_name_is_text(context: Context, app: Flask, north: Shop) -> None:
    link = running(context, north)
    with context.transaction() as session:
        session.get_one(Shop, north.id).name = '<svg onload=alert(1)> "קפה" {{7*7}}'
    page = Storefront(app, context.settings, north).get(f"r/{link.slug}").text
    assert "<svg onload" not in page and "&lt;svg onload" in page and "{{7*7}}" in page


def test_what_the_page_weighs(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    page = bob.get(f"r/{link.slug}")
    assert len(page.data) < 6000 and '<html lang="en"' in page.text and page.headers["Cache-Control"] == "private, no-store"



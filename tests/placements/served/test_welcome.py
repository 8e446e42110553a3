"""The landing page of a referral offers the welcome bundle: at its price, without JavaScript, into the cart with the code."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from plugin.context import Context
from plugin.mirror import tables as mirror
from plugin.offers.rules.model import Audience, Offer, Part
from plugin.shops.tables import Shop
from tests.placements.cast import goods, offer, percent
from tests.placements.served.conftest import Live
from tests.reports.test_counting import counted
from tests.rules.shopfront import Storefront, running

WELCOME = offer("welcome", Part(goods(11)), Part(goods(12), 2), whole=percent(1500), number=7)


def press(bob: Storefront, slug: str, html: str, **form: str) -> str:
    """Where the claim leads."""
    [token] = re.findall(r'name="claim" value="([^"]+)"', html)
    answer = bob.post(f"r/{slug}/claim", claim=token, **form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_what_the_friend_sees(context: Context, north: Shop, bob: Storefront, live: Live) -> None:
    link = running(context, north)
    live(north, WELCOME)
    html = bob.get(f"r/{link.slug}").text
    assert "Mug" in html and "<bdi>Tray</bdi> × 2" in html and "Together £34.00, you save £6.00." in html
    assert html.count("<form") == 1 and html.count("<button") == 2 and "<script" not in html


def test_every_amount_is_written_as_the_reader_writes_it(context: Context, north: Shop, bob: Storefront, live: Live) -> None:
    link = running(context, north)
    live(north, WELCOME)
    html = bob.get(f"r/{link.slug}", headers={"Accept-Language": "de"}).text
    assert "17,00\xa0£" in html and "34,00\xa0£" in html and not re.findall(r"£[0-9]", html)


@pytest.mark.parametrize(("combines", "said"), [
    ("product", "This is the price before your code."), ("shipping", "the checkout takes whichever saves you more.")])
def test_what_the_code_does_to_the_price(context: Context, north: Shop, bob: Storefront, live: Live, combines: str, said: str) -> None:
    link = running(context, north, combines=combines)
    live(north, WELCOME)
    assert said in bob.get(f"r/{link.slug}").text


def test_it_lands_in_the_cart_with_the_code(context: Context, north: Shop, bob: Storefront, live: Live) -> None:
    link = running(context, north)
    live(north, WELCOME)
    html = bob.get(f"r/{link.slug}").text
    target = urlsplit(press(bob, link.slug, html, bundle="7"))
    assert re.fullmatch(r"/discount/[0-9A-Z]{12}", target.path)
    onward = urlsplit(parse_qs(target.query)["redirect"][0])
    asked = parse_qs(onward.query)
    assert (onward.path, asked.pop("storefront")) == ("/cart/111:1,121:2", ["true"])
    assert asked.pop("attributes[_tandem_landing]") == ["7 111:1,121:2"]
    assert set(asked) <= {"attributes[_tandem_offer]"}  # and no visit before consent
    assert "/cart/" not in press(bob, link.slug, bob.get(f"r/{link.slug}").text)


def test_the_language_of_the_store_stays(context: Context, north: Shop, bob: Storefront, live: Live) -> None:
    link = running(context, north)
    live(north, WELCOME)
    bob.prefix = "/de/apps/tandem"
    html = bob.get(f"r/{link.slug}").text
    assert "Dein Willkommens-Set" in html
    assert parse_qs(urlsplit(press(bob, link.slug, html, bundle="7")).query)["redirect"][0].startswith("/de/cart/111:1,121:2?")


def test_a_code_that_is_being_made_is_waited_for_with_the_bundle(context: Context, north: Shop, bob: Storefront, live: Live) -> None:
    link = running(context, north, ready=0)
    live(north, WELCOME)
    waiting = press(bob, link.slug, bob.get(f"r/{link.slug}").text, bundle="7")
    assert waiting.endswith("?bundle=7")


@pytest.mark.parametrize("number", ["8", "x", "7 ", "1" * 50, "<b>"])
def test_another_bundle_is_none(context: Context, north: Shop, bob: Storefront, live: Live, number: str) -> None:
    link = running(context, north)
    live(north, WELCOME)
    assert "/cart/" not in press(bob, link.slug, bob.get(f"r/{link.slug}").text, bundle=number)


@pytest.mark.parametrize("other", [
    offer("kit", Part(goods(11)), Part(goods(12)), whole=percent(1500)), offer("welcome", Part(goods(11, 12)), whole=percent(1500)),
    offer("welcome", Part(goods(11)), whole=percent(1500), audience=Audience(countries=frozenset({"GB"}))),
    offer("welcome", benefit=percent(1000))], ids=["for all", "a choice", "for some", "no goods"])
def test_what_is_not_shown(context: Context, north: Shop, bob: Storefront, live: Live, other: Offer) -> None:
    link = running(context, north)
    live(north, other)
    assert "bundle" not in bob.get(f"r/{link.slug}").text


def test_what_is_sold_out_or_hidden_is_not_shown(context: Context, north: Shop, bob: Storefront, live: Live) -> None:
    link = running(context, north)
    live(north, WELCOME)
    for change in ({"stock": 1}, {"stock": 5, "status": "draft"}, {"stock": 5, "status": "unpublished"}):
        with context.transaction() as session:
            session.get_one(mirror.Variant, (north.id, "121")).stock = change["stock"]  # type: ignore[assignment]
            session.get_one(mirror.Product, (north.id, "12")).status = str(change.get("status", "active"))
        assert "bundle" not in bob.get(f"r/{link.slug}").text


def test_a_friend_without_a_code_is_offered_none(context: Context, north: Shop, bob: Storefront, live: Live) -> None:
    """The code says who sent them; without one the visit has to, and a cart's link cannot carry it before consent."""
    link = running(context, north, friend_kind="store_credit", friend_value="5.00")
    live(north, WELCOME)
    assert "bundle" not in bob.get(f"r/{link.slug}").text


def test_shown_and_added_are_counted_once_a_visit(context: Context, north: Shop, bob: Storefront, live: Live) -> None:
    """Where the visit is counted: not again within the hour, not twice for two presses, not for machines."""
    link = running(context, north)
    live(north, WELCOME, offer("welcome", Part(goods(13)), whole=percent(500), number=8))
    html = [bob.get(f"r/{link.slug}").text for _ in range(2)][0]
    assert counted(context, north) == {(7, "landing", "all"): (1, 0, 0), (8, "landing", "all"): (1, 0, 0)}
    for _ in range(2):
        press(bob, link.slug, html, bundle="7")
    press(bob, link.slug, bob.get(f"r/{link.slug}").text)  # the code alone
    assert counted(context, north)[7, "landing", "all"] == (1, 1, 0)
    bob.headers["User-Agent"] = "WhatsApp/2.0"
    machine = bob.get(f"r/{link.slug}").text
    press(bob, link.slug, machine, bundle="8")
    assert counted(context, north)[8, "landing", "all"] == (1, 0, 0)

"""A campaign's link opens what is reserved for its shoppers, at the checkout's price, without JavaScript; or sends on to the shop."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import func, select

from plugin import clock
from plugin.attribution import campaigns, keys
from plugin.attribution.campaigns import Campaign, CampaignVisit, Said
from plugin.attribution.rules.proofs import proved
from plugin.context import Context
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.offers.rules.model import Audience, Basket, Benefit, Offer, Part, Schedule, Step
from plugin.privacy.tables import drop_device_keys
from plugin.shops.tables import Shop
from tests.conftest import BusinessClock
from tests.placements.cast import goods, off, offer, percent
from tests.placements.served.conftest import Live
from tests.reports.test_counting import counted
from tests.rules.shopfront import Storefront

Made = Callable[..., Campaign]


@pytest.fixture
def made(context: Context) -> Made:
    """A campaign whose proofs Shopify believes."""

    def make(shop: Shop, **said: str) -> Campaign:
        with context.transaction() as session:
            known = keys.keys(session, context.settings, shop.id, clock.now())
            keys.told(session, shop.id, known.ids, clock.now())
            return campaigns.make(session, shop.id, Said(**{"name": "Podcast", **said}), now=clock.now())

    return make


def only(campaign: Campaign, told: Offer, **more: object) -> Offer:
    return replace(told, audience=Audience(campaigns=frozenset({str(campaign.id)}), **more))  # type: ignore[arg-type]


SET = offer("kit", Part(goods(11)), Part(goods(12), 2), whole=percent(1500), number=7)
TIERS = offer("tiers", number=8, goods=goods(13), steps=(Step(1, percent(2000)), Step(3, percent(3000))))
PERK = offer("basket", number=9, benefit=percent(1000), basket=Basket(amounts=(Money(5000, "GBP"),)))


def visits(context: Context) -> Sequence[CampaignVisit]:
    with context.reading() as session:
        return session.scalars(select(CampaignVisit)).all()


def marks_of(context: Context, shop: Shop, proof: str) -> frozenset[int]:
    with context.reading() as session:
        known = keys.keys(session, context.settings, shop.id, clock.now())
    return proved(proof, known.signing, datetime(2000, 1, 1))  # noqa: DTZ001 - the shop's wall clock


def test_what_the_visitor_sees(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north, public_name="The Kitchen Hour")
    live(north, *(only(campaign, one) for one in (SET, TIERS, PERK)))
    html = bob.get(f"c/{campaign.slug}").text
    assert "<h1>The Kitchen Hour recommends North</h1>" in html and "Podcast" not in html
    assert "<bdi>Tray</bdi> × 2" in html and "Together £34.00, you save £6.00." in html
    assert "£24.00, you save £6.00." in html and "10% off your order, from £50.00 of goods" in html
    assert html.count("<form") == 1 and html.count("<button") == 3 and "<script" not in html
    assert re.search(r'<p class="terms">For orders up to and including [^<]+</p>', html)


def test_its_button_takes_the_proof_along(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north)
    live(north, only(campaign, SET))
    [action] = re.findall(r'<form method="post" action="([^"]+)">', bob.get(f"c/{campaign.slug}", product="blue-mug").text)
    assert action == f"{campaign.slug}/cart?product=blue-mug"
    answer = bob.post(f"c/{campaign.slug}/cart", params={"product": "blue-mug"})
    target = urlsplit(answer.headers["Location"])
    assert (answer.status_code, target.netloc, target.path) == (303, "", "/products/blue-mug")
    assert marks_of(context, north, parse_qs(target.query)["tandem_offer"][0]) == {campaign.number}


def test_a_bundle_lands_in_the_cart_with_the_proof(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north)
    live(north, only(campaign, SET), only(campaign, replace(TIERS, goods=goods(11, 13))))
    html = bob.get(f"c/{campaign.slug}").text
    found = [urlsplit(bob.post(f"c/{campaign.slug}/cart", bundle=one).headers["Location"]) for one in re.findall(r'value="([^"]+)"', html)]
    assert [one.path for one in found] == ["/cart/111:1,121:2", "/cart/111:1", "/cart/131:1"]
    asked = parse_qs(found[0].query)
    assert marks_of(context, north, asked.pop("attributes[_tandem_offer]")[0]) == {campaign.number}
    assert asked == {"storefront": ["true"], "attributes[_tandem_landing]": ["7 111:1,121:2"]}


def test_the_preview_card(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north, public_name='"><b>Ada</b>')
    live(north, only(campaign, SET), only(campaign, PERK))
    bob.headers["User-Agent"] = "WhatsApp/2.0"
    html = bob.get(f"c/{campaign.slug}").text
    assert "<b>Ada" not in html and 'property="og:title" content="&#34;&gt;&lt;b&gt;Ada' in html
    [told] = re.findall(r'property="og:description" content="([^"]+)"', html)
    assert "10% off your order" in told and "£34.00" in told
    assert re.search(rf'property="og:url" content="https://[^"/]+/apps/tandem/c/{campaign.slug}"', html)
    assert visits(context) == [] and counted(context, north) == {}


@pytest.mark.parametrize("why", ["no offer", "shop", "another's", "stopped", "over", "sold out", "hidden", "no key"])
def test_without_anything_to_show_it_leads_to_the_shop(context: Context, north: Shop, bob: Storefront, live: Live, made: Made,
                                                       why: str) -> None:
    campaign, other = made(north, opens="shop" if why == "shop" else "landing"), made(north)
    ends = Schedule(ends=datetime(2020, 1, 1)) if why == "over" else Schedule()  # noqa: DTZ001 - the shop's wall clock
    live(north, *([] if why == "no offer" else [only(other if why == "another's" else campaign, replace(SET, schedule=ends))]))
    with context.transaction() as session:
        if why == "stopped":
            campaigns.stop(session, north.id, campaign.id, now=clock.now())
        if why == "sold out":
            session.get_one(mirror.Variant, (north.id, "121")).stock = 1
        if why == "hidden" and (tray := session.get_one(mirror.Product, (north.id, "12"))):
            tray.status = "unpublished"
        if why == "no key":
            keys.told(session, north.id, [], clock.now())
    answer = bob.get(f"c/{campaign.slug}", to="all")
    target = urlsplit(answer.headers["Location"])
    assert (answer.status_code, target.netloc, target.path) == (302, "", "/collections/all")
    assert ("tandem_offer" in target.query) is (why not in ("stopped", "no key"))
    onward = urlsplit(bob.post(f"c/{campaign.slug}/cart", bundle="7").headers["Location"])
    assert onward.path == ("/cart/111:1,121:2" if why == "shop" else "/")


def test_a_link_that_is_none_proves_nothing(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north)
    live(north, only(campaign, SET))
    for slug in ("nobody-000000", "x" * 500, "%00", "ſ", "'--", "../r/x", "<b>", f"{campaign.slug}%20", "%25"):
        for answer in (bob.get(f"c/{slug}"), bob.post(f"c/{slug}/cart", bundle="7")):
            assert answer.status_code in (302, 303, 400, 404, 405) and "tandem_offer" not in answer.headers.get("Location", ""), slug
    assert visits(context) == []


def test_another_shops_link_is_none(context: Context, north: Shop, south: Shop, bob: Storefront, eve: Storefront, live: Live,
                                    made: Made) -> None:
    campaign = made(north)
    live(north, only(campaign, SET))
    live(south, SET)
    assert eve.get(f"c/{campaign.slug}").headers["Location"] == "/"
    assert bob.get(f"c/{campaign.slug}").status_code == 200


def test_another_bundle_is_none(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north)
    live(north, only(campaign, SET))
    for number in ("8", "x", "7 ", "7-1", "1" * 50, "<b>", "é", "\0"):
        assert bob.post(f"c/{campaign.slug}/cart", bundle=number).headers["Location"].startswith("/?tandem_offer=")


def test_no_word_of_the_visitor_becomes_an_address(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north)
    live(north, only(campaign, SET))
    for place in ("//evil.com", "https://evil.com", "/\\evil.com", "javascript:alert(1)", "a" * 500):
        html = bob.get(f"c/{campaign.slug}", to=place, product=place).text
        assert re.findall(r'action="([^"?]+)', html) == [f"{campaign.slug}/cart"]
        assert bob.post(f"c/{campaign.slug}/cart", params={"to": place}).headers["Location"].startswith("/?tandem_offer=")
        assert bob.get("c/none", to=place, product=place).headers["Location"] == "/"


def test_visits_are_counted_as_a_referrals_are(context: Context, north: Shop, bob: Storefront, live: Live, made: Made,
                                               business_clock: BusinessClock) -> None:
    """Once an hour and device; what was shown and taken once a visit."""
    campaign = made(north)
    live(north, only(campaign, SET), only(campaign, PERK))
    for _ in range(2):
        bob.get(f"c/{campaign.slug}")
        bob.post(f"c/{campaign.slug}/cart", bundle="7")
    assert counted(context, north) == {(7, "landing", "all"): (1, 1, 0), (9, "landing", "all"): (1, 0, 0)}
    business_clock.move(minutes=60, seconds=1)
    bob.get(f"c/{campaign.slug}")
    with context.reading() as session:
        assert campaigns.followed(session, north.id, campaign.id, since=clock.now().replace(year=2020)) == (2, 1)
    bob.headers["Sec-Purpose"] = "prefetch"
    business_clock.move(minutes=60, seconds=1)
    bob.get(f"c/{campaign.slug}")
    assert len(visits(context)) == 2 and all(one.device_key and one.address_key for one in visits(context))
    with context.transaction() as session:
        drop_device_keys(session, north.id, before=clock.now())
    assert [(one.device_key, one.address_key) for one in visits(context)] == [(None, None)] * 2


def test_a_flood_from_one_network_is_shown_and_not_counted(context: Context, north: Shop, bob: Storefront, made: Made) -> None:
    campaign = made(north)
    for number in range(33):
        bob.headers["User-Agent"] = f"{bob.headers['User-Agent'].split('#')[0]}#{number}"
        assert bob.get(f"c/{campaign.slug}").status_code == 302
    with context.reading() as session:
        assert session.scalar(select(func.count()).select_from(CampaignVisit)) == 30


def test_what_is_not_shown(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north)
    told = [replace(SET, marked=True), offer("mix", Part(goods(11, 12), 2), whole=percent(1000)),
            replace(TIERS, goods=goods(1, 2, 3, 4, 5)), replace(PERK, goods=goods(11)),
            offer("welcome", Part(goods(11)), whole=percent(1000)),
            replace(SET, code="WARM")]
    live(north, *(only(campaign, replace(one, id=UUID(int=30 + at), number=30 + at)) for at, one in enumerate(told)),
         only(campaign, replace(SET, id=UUID(int=20), number=20), countries=frozenset({"GB"})),
         only(campaign, replace(PERK, id=UUID(int=21), number=21), holdout_bp=1000))
    assert bob.get(f"c/{campaign.slug}").status_code == 302


def test_what_is_off_the_whole_order_is_said(context: Context, north: Shop, bob: Storefront, live: Live, made: Made) -> None:
    campaign = made(north)
    live(north, *(only(campaign, one) for one in (
        offer("shipping", benefit=Benefit("free"), number=1), offer("shipping", benefit=percent(2500), number=2),
        offer("basket", benefit=off(500), number=3), offer("basket", benefit=percent(1250), number=4))))
    assert re.findall(r"<li>([^<]+)</li>", bob.get(f"c/{campaign.slug}").text) == [
        "Free shipping", "25% off shipping", "£5.00 off your order", "12.5% off your order"]


def test_the_last_day(context: Context, north: Shop, bob: Storefront, live: Live, made: Made, business_clock: BusinessClock) -> None:
    """The first of what is shown that ends; at most as long as the proof holds."""
    campaign, at = made(north), clock.now().replace(tzinfo=None)
    first, later = (Schedule(ends=(at + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)) for days in (4, 90))
    live(north, only(campaign, replace(SET, schedule=first)), only(campaign, replace(TIERS, schedule=later)))
    last = (at + timedelta(days=3)).date()
    assert f"up to and including {last:%B} {last.day}, {last.year}," in bob.get(f"c/{campaign.slug}").text

"""A reward for each country: of several programmes everybody gets the one of the country that they bought in."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from plugin import clock
from plugin.attribution.tables import Link
from plugin.context import Context
from plugin.referrals import flows
from plugin.referrals.rules import Version
from plugin.referrals.rules.places import nearest
from plugin.shops.tables import Shop
from tests.rules.shopfront import Storefront, mirrored, person, programme
from tests.rules.test_bodies import Extension

EVERYWHERE, BRITAIN, JAPAN = "Everywhere", "Britain", "Japan"


def programmes(context: Context, shop: Shop) -> list[Version]:
    """Money off in Britain, credit in Japan, less of it elsewhere; the oldest is for everywhere."""
    now = clock.now() - timedelta(days=1)
    with context.transaction() as session:
        return [programme(session, shop, now, name=EVERYWHERE, advocate_value="2.00", enrol="everyone"),
                programme(session, shop, now, name=BRITAIN, advocate_kind="fixed", countries="GB", enrol="everyone"),
                programme(session, shop, now, name=JAPAN, advocate_value="7.00", countries="JP", enrol="everyone")]


def bought(context: Context, shop: Shop, customer_id: str, order_id: str, **facts: object) -> None:
    with context.transaction() as session:
        who = person(session, shop, f"c{customer_id}@example.org", clock.now(), customer_id=customer_id)
        mirrored(session, shop, order_id, who, clock.now() - timedelta(minutes=10_000 - int(order_id)), **facts)


@pytest.mark.parametrize(("country", "order"), [
    (None, [EVERYWHERE, BRITAIN, JAPAN]), ("GB", [BRITAIN, EVERYWHERE, JAPAN]), ("JP", [JAPAN, EVERYWHERE, BRITAIN]),
    ("FR", [EVERYWHERE, BRITAIN, JAPAN])])
def test_the_nearest_first(context: Context, north: Shop, country: str | None, order: list[str]) -> None:
    assert [one.name for one in nearest(programmes(context, north), country)] == order


@pytest.mark.parametrize(("facts", "headline"), [
    ({"country": "GB"}, "Give 10% off, get £5.00 off"), ({"country": "JP"}, "Give 10% off, get £7.00 store credit"),
    ({"country": "FR"}, "Give 10% off, get £2.00 store credit"), ({"country": None}, "Give 10% off, get £2.00 store credit"),
    ({"country": "JP", "test": True}, "Give 10% off, get £2.00 store credit")])
def test_everybody_is_promised_what_holds_in_their_country(context: Context, app: Flask, north: Shop, facts: dict[str, object],
                                                           headline: str) -> None:
    programmes(context, north)
    bought(context, north, "100", "1", **facts)
    share = Extension(app, context, north, "100").share().get_json()
    assert share["headline"] == headline
    terms = Storefront(app, context.settings, north).get(share["terms_url"].removeprefix("https://north.example/apps/tandem/")).text
    assert headline.rpartition("get ")[2].removesuffix(" off") in terms


def test_after_checkout_it_is_the_orders_own_country(context: Context, app: Flask, north: Shop) -> None:
    programmes(context, north)
    bought(context, north, "100", "1", country="GB")
    first = Extension(app, context, north).share("1").get_json()
    bought(context, north, "100", "2", country="JP")
    second = Extension(app, context, north).share("2").get_json()
    assert ("£5.00" in first["headline"], "£7.00" in second["headline"]) == (True, True) and first["link"] != second["link"]
    assert Extension(app, context, north, "100").rewards().get_json()["goal"]["title"] == "Next reward: £7.00 store credit"
    visitor = Storefront(app, context.settings, north)
    for share in (first, second):  # a link once sent goes on
        assert visitor.get(share["link"].removeprefix("https://north.example/apps/tandem/")).status_code == 200


def test_one_programme_is_for_all_who_may_join(context: Context, app: Flask, north: Shop) -> None:
    """Whoever is elsewhere still shares: friends may be where it runs."""
    with context.transaction() as session:
        programme(session, north, clock.now(), countries="GB")
    bought(context, north, "100", "1", country="FR")
    assert Extension(app, context, north, "100").share().get_json()["state"] == "ready"


def test_looking_does_not_move_anybody(context: Context, north: Shop) -> None:
    everywhere, *_ = programmes(context, north)
    bought(context, north, "100", "1", country="JP")
    with context.transaction() as session:
        who = person(session, north, "c100@example.org", clock.now())
        flows.enrol(session, north.id, who.id, everywhere.programme_id, how="shop", now=clock.now())
        assert flows.standing(session, north.id, who.id, now=clock.now()).version == everywhere
        assert session.scalars(select(Link.programme_id)).all() == [everywhere.programme_id]

"""What pages and extensions tell us they showed: kept as sums, of this shop's offers alone, whatever is sent and however many send."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import jwt
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from plugin.config import Settings
from plugin.context import Context
from plugin.experiments import flows, tables
from plugin.experiments.rules import Place, Tally, is_held, salt
from plugin.experiments.tables import Exposure, Outcome
from plugin.offers.rules.model import Audience, Goods, Part, Step
from plugin.shops.tables import Shop
from tests.books.stage import START
from tests.conftest import north, south  # noqa: F401 - fixtures
from tests.placements.cast import goods, offer, percent
from tests.placements.served.conftest import Live, app, bob, eve, live  # noqa: F401 - fixtures
from tests.reports.test_sold import line, order
from tests.rules.shopfront import Storefront

KIT = offer("kit", Part(goods(11)), Part(goods(12), 2), whole=percent(1500))
HELD = offer("tiers", number=2, goods=Goods(everything=True), steps=(Step(3, percent(1000)),), audience=Audience(holdout_bp=2000))


def told(storefront: Storefront, body: str | bytes, **more: str) -> TestResponse:
    answer = storefront._send("POST", "seen", more, {}, data=body, content_type="text/plain;charset=UTF-8")
    answer.close()
    return answer


def counted(context: Context, shop: Shop) -> dict[tuple[int, str, str], tuple[int, int, int]]:
    with context.transaction() as session:
        rows = session.scalars(select(Exposure).where(Exposure.shop_id == shop.id)).all()
    return {(row.offer, row.placement, row.arm): (row.shown, row.added, row.visitors) for row in rows}


def test_pages_are_counted(bob: Storefront, north: Shop, live: Live, context: Context) -> None:  # noqa: F811
    live(north, KIT)
    assert told(bob, "s1product,a1product").status_code == 204 and told(bob, "s1product,s1cart").status_code == 204
    assert counted(context, north) == {(1, "product", "all"): (2, 1, 0), (1, "cart", "all"): (1, 0, 0)}


def test_arms_are_counted_apart(bob: Storefront, north: Shop, live: Live, context: Context) -> None:  # noqa: F811
    with context.transaction() as session:
        flows.secret(session, north.id)
    live(north, HELD)
    told(bob, "sn2product,a2product")
    told(bob, "hn2product")
    assert counted(context, north) == {(2, "product", "shown"): (1, 1, 1), (2, "product", "held"): (1, 0, 1)}


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"s9product", b"{}", b"s1product\0", "s1prodüct".encode()])
def test_nonsense_counts_nothing(bob: Storefront, north: Shop, live: Live, context: Context, body: bytes) -> None:  # noqa: F811
    live(north, KIT)
    assert told(bob, body).status_code == 204 and counted(context, north) == {}


def test_far_too_much_is_refused(bob: Storefront, north: Shop, live: Live, context: Context) -> None:  # noqa: F811
    live(north, KIT)
    assert told(bob, "s1product," * 500).status_code == 400 and counted(context, north) == {}


@pytest.mark.parametrize("agent", ["Googlebot/2.1", "curl/8.0", "", "Mozilla/5.0 (compatible; bingbot/2.0)"])
def test_robots_are_not_counted(bob: Storefront, north: Shop, live: Live, context: Context, agent: str) -> None:  # noqa: F811
    live(north, KIT)
    assert told(bob, "s1product", **{"User-Agent": agent}).status_code == 204 and counted(context, north) == {}


def test_an_unsigned_request_writes_nothing(bob: Storefront, app: Flask, north: Shop, live: Live, context: Context) -> None:  # noqa: F811
    live(north, KIT)
    answer = app.test_client().post(f"/proxy/seen?shop={north.domain}&timestamp={int(time.time())}&signature={'0' * 64}", data="s1product")
    assert answer.status_code >= 400 and counted(context, north) == {}


def test_nobody_writes_for_another_shop(
        eve: Storefront, north: Shop, south: Shop, live: Live, context: Context) -> None:  # noqa: F811
    live(north, KIT)
    told(eve, "s1product")
    assert counted(context, north) == {} == counted(context, south)


def test_fifty_at_once_lose_nothing(bob: Storefront, north: Shop, live: Live, context: Context) -> None:  # noqa: F811
    live(north, KIT)
    told(bob, "s1product")
    with ThreadPoolExecutor(8) as pool:
        assert {one.status_code for one in pool.map(lambda _: told(bob, "s1product,a1product"), range(50))} == {204}
    assert counted(context, north) == {(1, "product", "all"): (51, 50, 0)}


@pytest.mark.parametrize(("body", "status"), [({"marks": "s1checkout"}, 204), ({"marks": 7}, 400), ({}, 400), ({"marks": "s" * 2000}, 400)])
def test_extensions_are_counted(
        app: Flask, north: Shop, live: Live, context: Context, body: object, status: int) -> None:  # noqa: F811
    live(north, KIT)
    answer = app.test_client().post("/extension/seen", data=json.dumps(body), headers={
        "Authorization": f"Bearer {_token(context.settings, north)}", "User-Agent": "Mozilla/5.0 Safari/605"})
    answer.close()
    assert answer.status_code == status
    assert counted(context, north) == ({(1, "checkout", "all"): (1, 0, 0)} if status == 204 else {})


def _token(settings: Settings, shop: Shop) -> str:
    now = int(time.time())
    claims = {"dest": shop.domain, "aud": settings.shopify_api_key, "exp": now + 60, "nbf": now - 5, "iat": now - 5, "jti": "1"}
    return jwt.encode(claims, settings.shopify_api_secret, "HS256")


# -- what visitors bought ----------------------------------------------------------------------------------------------


def test_orders_are_known_by_arm_and_visitor(context: Context, north: Shop) -> None:  # noqa: F811
    with context.transaction() as session:
        known = flows.secret(session, north.id)
        drawn = salt(known, 2, 2000)
        for number in range(40):
            one = order(line(1, 2, 1000), attributes={"_tandem_arm2": f"{drawn}visitor-{number}"})
            flows.note_order(session, north.id, replace(one, id=str(number)), {2: 2000})
        held = sum(is_held(drawn, f"visitor-{number}", 2000) for number in range(40))
        found = tables.per_visitor(session, north.id, 2, "GBP", since=START)
        assert {arm: sum(theirs["net"].values()) for arm, theirs in found.items()} == {"held": held, "shown": 40 - held}
        assert found["shown"]["net"] == {2000: 40 - held} and found["shown"]["kept"] == {2: 40 - held}


def test_an_order_that_changes_changes_its_row(context: Context, north: Shop) -> None:  # noqa: F811
    with context.transaction() as session:
        drawn = salt(flows.secret(session, north.id), 2, 2000)
        one = order(line(1, 2, 1000), attributes={"_tandem_arm2": f"{drawn}bob-1", "_tandem_arm3": f"{drawn}bob-1"})
        for told_again in (one, one, replace(one, cancelled_at=START)):
            flows.note_order(session, north.id, told_again, {2: 2000})
        (row,) = session.scalars(select(Outcome)).all()
        assert (row.net, row.kept) == (0, 0) and row.visitor != "bob-1"


def test_another_shares_salt_is_not_this_experiment(context: Context, north: Shop) -> None:  # noqa: F811
    with context.transaction() as session:
        old = salt(flows.secret(session, north.id), 2, 1000)
        flows.note_order(session, north.id, order(line(1, 1, 1000), attributes={"_tandem_arm2": f"{old}bob-1"}), {2: 2000})
        assert session.scalars(select(Outcome)).all() == []


def test_a_forgotten_buyer_is_a_visitor_of_their_own(context: Context, north: Shop) -> None:  # noqa: F811
    with context.transaction() as session:
        drawn = salt(flows.secret(session, north.id), 2, 2000)
        for number in "12":
            one = order(line(1, 1, 1000), attributes={"_tandem_arm2": f"{drawn}bob-1"})
            flows.note_order(session, north.id, replace(one, id=number), {2: 2000})
        tables.forget_orders(session, north.id, ["1"])
        assert sorted(row.visitor for row in session.scalars(select(Outcome)))[-1] == "order 1"
        tables.forget_shop(session, north.id)
        assert {row.visitor for row in session.scalars(select(Outcome))} == {"order 1", "order 2"} and tables.key(session, north.id) is None


def test_sums_of_days(context: Context, north: Shop) -> None:  # noqa: F811
    day = START.date()
    with context.transaction() as session:
        for _ in range(2):
            tables.add(session.connection(), north.id, day, {Place(1, "cart", "all"): Tally(1, 2, 3)})
        assert tables.counts(session, north.id, [1], day, day) == {Place(1, "cart", "all"): Tally(2, 4, 6)}
        assert tables.counts(session, north.id, [1, 2], None, day) and tables.counts(session, north.id, [2], None, day) == {}

"""Share and rewards bodies, and the magic link: who gets what by which credential, and what an order id alone does not give."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from plugin import clock
from plugin.context import Context
from plugin.errors import Refused
from plugin.messaging.tables import Mail
from plugin.people.tables import Person
from plugin.referrals.flows import magic
from plugin.referrals.tables import Advocate, MagicLink
from plugin.rewards.tables import Reward
from plugin.shops.tables import Shop
from tests.conftest import BusinessClock
from tests.rules.cast import uid
from tests.rules.shopfront import Storefront, mirrored, person, running

NOTHING: dict[str, object] = {"balance": [], "waiting": [], "spent": [], "rewards": [], "goal": None}


def token(context: Context, shop: Shop, customer_id: str | None = None) -> str:
    """What Shopify hands a checkout or customer-account extension, made here from its description."""
    now = int(time.time())
    claims: dict[str, Any] = {"dest": shop.domain, "aud": context.settings.shopify_api_key, "iat": now, "nbf": now, "exp": now + 60,
                              "jti": "1"}
    if customer_id:
        claims["sub"] = f"gid://shopify/Customer/{customer_id}"
    return jwt.encode(claims, context.settings.shopify_api_secret, "HS256")


class Extension:
    def __init__(self, app: Flask, context: Context, shop: Shop, customer_id: str | None = None) -> None:
        self.client, self.bearer = app.test_client(), {"Authorization": f"Bearer {token(context, shop, customer_id)}"}

    def share(self, order_id: object = None) -> TestResponse:
        return self.client.post("/extension/share", json={"order_id": order_id}, headers=self.bearer)

    def card(self, shown: object) -> TestResponse:
        return self.client.post("/extension/card", json={"shown": shown}, headers=self.bearer)

    def rewards(self) -> TestResponse:
        return self.client.get("/extension/rewards", headers=self.bearer)


def buyer(context: Context, shop: Shop, order_id: str = "77", customer_id: str | None = "100") -> Person:
    """Alice has ordered."""
    with context.transaction() as session:
        alice = person(session, shop, "alice@example.org", clock.now(), customer_id=customer_id)
        mirrored(session, shop, order_id, alice, clock.now())
    return alice


def rewarded(context: Context, shop: Shop, alice: Person, state: str = "issued") -> None:
    with context.transaction() as session:
        session.add(Reward(shop_id=shop.id, order_id="1", programme_id=uid(1), version_id=uid(2), role="advocate", person_id=alice.id,
                           kind="store_credit", basis_points=None, currency=shop.currency, amount=500, state=state, made_at=clock.now(),
                           hold_until=None, expires_at=None, issued_at=None, code_id=None))


@pytest.mark.parametrize("order_id", ["77", "gid://shopify/Order/77", "gid://shopify/OrderIdentity/77"])
def test_one_tap_after_checkout(context: Context, app: Flask, north: Shop, order_id: str) -> None:
    running(context, north)
    buyer(context, north)
    answer = Extension(app, context, north).share(order_id)
    body = answer.get_json()
    assert answer.status_code == 200 and body["state"] == "ready"
    assert body["link"].startswith("https://north.example/apps/tandem/r/north-") and body["qr"].startswith("data:image/svg+xml")
    assert "alice" not in answer.text.lower()


def test_the_order_has_not_come_yet(context: Context, app: Flask, north: Shop) -> None:
    running(context, north)
    extension = Extension(app, context, north)
    answer = extension.share("77")
    assert (answer.status_code, answer.get_json()) == (202, {"state": "waiting", "retry_after": 2})
    buyer(context, north)
    assert extension.share("77").get_json()["state"] == "ready"


def test_what_is_no_order_is_refused(context: Context, app: Flask, north: Shop) -> None:
    extension = Extension(app, context, north)
    wrong: tuple[object, ...] = ("", "abc", 77, True, [], {}, "gid://shopify/Customer/77", "77\n", "٧٧", "-1", "9" * 400, "gid://shopify/Order/")
    for order_id in wrong:
        assert extension.share(order_id).status_code == 400, order_id


def test_without_a_programme_there_is_nothing_to_share(context: Context, app: Flask, north: Shop) -> None:
    buyer(context, north)
    assert Extension(app, context, north).share("77").get_json() == {"state": "none"}


def test_another_shops_order_is_not_there(context: Context, app: Flask, north: Shop, south: Shop) -> None:
    running(context, south)
    buyer(context, north)
    assert Extension(app, context, south).share("77").status_code == 202


def test_in_the_account_by_the_customer(context: Context, app: Flask, north: Shop) -> None:
    running(context, north)
    buyer(context, north)
    by_order = Extension(app, context, north).share("77").get_json()
    by_token = Extension(app, context, north, "100").share().get_json()
    by_proxy = Storefront(app, context.settings, north, customer_id="100").get("share.json").get_json()
    assert by_order["link"] == by_token["link"] == by_proxy["link"] and set(by_token) == set(by_proxy)
    with context.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Advocate)) == 1


def test_nobody_logged_in_shares_and_sees_nothing(context: Context, app: Flask, north: Shop) -> None:
    running(context, north)
    rewarded(context, north, buyer(context, north))
    visitor = Storefront(app, context.settings, north)
    assert visitor.get("share.json").get_json() == {"state": "none"}
    assert visitor.get("rewards.json", customer_id="100", logged_in="100").get_json() == NOTHING
    assert Extension(app, context, north).rewards().get_json() == NOTHING


def test_rewards_by_token_and_by_login_alone(context: Context, app: Flask, north: Shop, south: Shop) -> None:
    rewarded(context, north, buyer(context, north))
    mine = Extension(app, context, north, "100").rewards().get_json()
    assert mine["balance"] == [{"currency": "GBP", "amount": 500, "display": "£5.00"}]
    assert [row["state"] for row in mine["rewards"]] == ["issued"]
    assert Storefront(app, context.settings, north, customer_id="100").get("rewards.json").get_json() == mine
    assert Extension(app, context, north, "200").rewards().get_json()["rewards"] == []
    assert Extension(app, context, south, "100").rewards().get_json()["rewards"] == []


@pytest.mark.parametrize("path", ["share", "rewards"])
def test_extensions_need_a_token(context: Context, app: Flask, north: Shop, path: str) -> None:
    client = app.test_client()
    answer = client.post("/extension/share", json={}) if path == "share" else client.get("/extension/rewards")
    assert answer.status_code == 401


def asked(context: Context, shop: Shop, app: Flask, email: str, **agent: str) -> TestResponse:
    return Storefront(app, context.settings, shop, **agent).post("magic", email=email)


def mailed(context: Context) -> list[str]:
    """The paths of the links that were mailed."""
    with context.transaction() as session:
        return [mail.facts["url"].removeprefix(context.settings.app_url) for mail in session.scalars(select(Mail).order_by(Mail.id))]


def test_a_mailed_link_opens_ones_page_once(context: Context, app: Flask, north: Shop) -> None:
    running(context, north)
    rewarded(context, north, buyer(context, north))
    assert asked(context, north, app, " Alice@Example.org ").status_code == 200
    path, = mailed(context)
    client = app.test_client()
    for _ in range(3):
        shown = client.get(path)
        assert shown.status_code == 200 and "north.example" not in shown.text
        assert client.head(path).status_code == 200
    page = client.post(path)
    assert page.status_code == 200 and "/apps/tandem/r/north-" in page.text and "£5.00 store credit" in page.text
    assert "wa.me" in page.text and "no-store" in page.headers["Cache-Control"]
    assert client.post(path).status_code == 410 and client.get(path).status_code == 410


def test_strangers_get_the_same_answer_and_no_mail(context: Context, app: Flask, north: Shop) -> None:
    buyer(context, north)
    answers = {asked(context, north, app, email).text for email in ("alice@example.org", "nobody@example.org")}
    assert len(answers) == 1 and len(mailed(context)) == 1


def test_two_a_minute_and_ten_an_hour(context: Context, app: Flask, north: Shop, business_clock: BusinessClock) -> None:
    buyer(context, north)
    for n in range(40):
        asked(context, north, app, "alice@example.org", ip=f"192.0.2.{n}")
        business_clock.move(seconds=21)
    assert len(mailed(context)) == 10


def test_twenty_an_hour_from_one_network(context: Context, app: Flask, north: Shop) -> None:
    for n in range(25):
        asked(context, north, app, f"person{n}@example.org")
    with context.transaction() as session:
        assert session.scalar(select(func.count()).select_from(MagicLink)) == 20


def test_a_link_dies_after_ten_minutes(context: Context, app: Flask, north: Shop, business_clock: BusinessClock) -> None:
    buyer(context, north)
    asked(context, north, app, "alice@example.org")
    path, = mailed(context)
    business_clock.move(minutes=10, seconds=1)
    assert app.test_client().get(path).status_code == 410 and app.test_client().post(path).status_code == 410


def test_fifty_at_once_open_one_page(context: Context, north: Shop) -> None:
    alice = buyer(context, north)
    with context.transaction() as session:
        made = magic.ask(session, north.id, email="alice@example.org", address_key=None, now=clock.now())
    assert made is not None

    def use(_: int) -> bool:
        try:
            with context.transaction() as session:
                return magic.use(session, north.id, made.secret, now=clock.now()).id == alice.id
        except Refused:
            return False

    with ThreadPoolExecutor(50) as threads:
        assert sum(threads.map(use, range(50))) == 1


def test_links_that_we_did_not_send(app: Flask) -> None:
    for path in ("/me/x", "/me/a.b.c", "/me/%00", f"/me/{'x' * 5000}", "/me/é"):
        assert app.test_client().get(path).status_code in (400, 410, 414)


def test_the_mailed_link_is_ours_whatever_the_host_header(context: Context, app: Flask, north: Shop, business_clock: BusinessClock) -> None:
    buyer(context, north)
    visitor = Storefront(app, context.settings, north)
    for host in ("evil.com", "north.example", "127.0.0.1:9", "tandem.example.com.evil.com", "[::1]"):
        visitor.headers |= {"Host": host, "X-Forwarded-Host": host}
        visitor.post("magic", email="alice@example.org")
        business_clock.move(minutes=1, seconds=1)
    paths = mailed(context)
    assert len(paths) == 5 and all(path.startswith("/me/") for path in paths)


def test_the_secret_is_not_kept(context: Context, app: Flask, north: Shop) -> None:
    buyer(context, north)
    with context.transaction() as session:
        made = magic.ask(session, north.id, email="alice@example.org", address_key=None, now=clock.now())
        assert made is not None and made.secret not in {made.link.digest, str(made.link.id)} and len(made.link.digest) == 64

"""POST /webhooks: nothing without a signature, 200 only after the commit, once whatever arrives how often."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.context import Context
from plugin.db import ShopId
from plugin.intake.tables import Inbox
from plugin.intake.together import Together
from plugin.shops.tables import Shop
from tests.pipes import bodies

BODY = bodies.raw(bodies.order())


@pytest.fixture
def rung() -> list[tuple[str, ShopId]]:
    return []


@pytest.fixture
def app(context: Context, rung: list[tuple[str, ShopId]]) -> Flask:
    return create_app(context, ring=lambda _context, queue, shop_id: rung.append((queue, shop_id)))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def signed(context: Context, body: bytes = BODY, changed: Mapping[str, str] | None = None) -> dict[str, str]:
    digest = hmac.new(context.settings.shopify_api_secret.encode(), body, hashlib.sha256).digest()
    return {
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Shop-Domain": "north.myshopify.com",
        "X-Shopify-Webhook-Id": "w1",
        "X-Shopify-Api-Version": "2026-07",
        **(changed or {}),
    }


def post(client: FlaskClient, headers: dict[str, str], body: bytes = BODY) -> TestResponse:
    """The answer, with what happens after it done too."""
    answer = client.post("/webhooks", data=body, headers=headers, content_type="application/json")
    answer.close()
    return answer


def stored(context: Context) -> list[Inbox]:
    with context.transaction() as session:
        return list(session.scalars(select(Inbox)))


def test_a_signed_webhook_is_stored_as_it_came(client: FlaskClient, context: Context, north: Shop, rung: list[Any]) -> None:
    assert post(client, signed(context, changed={"X-Shopify-Event-Id": "e1"})).status_code == 200
    (row,) = stored(context)
    assert (row.shop_id, row.topic, row.external_id, row.event_id, row.state) == (north.id, "orders/create", "w1", "e1", "pending")
    assert row.body == BODY
    assert rung == [("events", north.id)]


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Shopify-Hmac-Sha256": ""},
        {"X-Shopify-Hmac-Sha256": "AAAA"},
        {"X-Shopify-Hmac-Sha256": "ü"},
        {"X-Shopify-Shop-Domain": "evil.com"},
        {"X-Shopify-Shop-Domain": ""},
        {"X-Shopify-Webhook-Id": ""},
        {"X-Shopify-Topic": "x" * 300},
    ],
)
def test_what_is_not_proven_is_not_written(
    client: FlaskClient, context: Context, north: Shop, rung: list[Any], changed: dict[str, str]
) -> None:
    assert post(client, signed(context, changed=changed)).status_code == 401
    assert stored(context) == []
    assert rung == []


def test_a_changed_body_is_not_written(client: FlaskClient, context: Context, north: Shop) -> None:
    assert post(client, signed(context), BODY + b" ").status_code == 401
    assert stored(context) == []


def test_only_posts_are_webhooks(client: FlaskClient) -> None:
    assert client.get("/webhooks").status_code == 405


def test_a_body_that_is_too_long_is_refused(client: FlaskClient, context: Context, north: Shop) -> None:
    body = b"x" * (2 * 2**20 + 1)
    assert post(client, signed(context, body), body).status_code == 413
    assert stored(context) == []


def test_a_repeat_is_answered_and_kept_once(client: FlaskClient, context: Context, north: Shop) -> None:
    assert [post(client, signed(context)).status_code for _ in range(3)] == [200, 200, 200]
    assert len(stored(context)) == 1


def test_an_unknown_shop_is_kept_and_is_no_tenant(client: FlaskClient, context: Context) -> None:
    assert post(client, signed(context, changed={"X-Shopify-Shop-Domain": "nobody.myshopify.com"})).status_code == 200
    with context.transaction() as session:
        shop = session.scalars(select(Shop).where(Shop.domain == "nobody.myshopify.com")).one()
    assert shop.state == "unknown"
    assert [row.shop_id for row in stored(context)] == [shop.id]


def test_a_database_that_cannot_commit_is_503_and_the_next_try_works(
    client: FlaskClient, context: Context, north: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("sqlalchemy.orm.session.SessionTransaction.commit", _fail)
        answer = post(client, signed(context))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert stored(context) == []
    assert post(client, signed(context)).status_code == 200


def _fail(*_args: object, **_named: object) -> None:
    raise OperationalError("COMMIT", {}, Exception("disk full"))


def test_a_missing_table_is_503_too(client: FlaskClient, context: Context, north: Shop) -> None:
    with context.transaction() as session:
        session.execute(text("ALTER TABLE inbox RENAME TO elsewhere"))
    try:
        assert post(client, signed(context)).status_code == 503
    finally:
        with context.transaction() as session:
            session.execute(text("ALTER TABLE elsewhere RENAME TO inbox"))


def test_a_thousand_identical_webhooks_on_fifty_threads_are_one(app: Flask, context: Context, north: Shop) -> None:
    headers = signed(context)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: post(app.test_client(), headers).status_code, range(1000)))
    assert set(answers) == {200}
    with context.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Inbox)) == 1


def test_many_webhooks_at_once_are_all_there_before_their_answers(app: Flask, context: Context, north: Shop) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda n: post(app.test_client(), signed(context, changed={"X-Shopify-Webhook-Id": f"w{n}"})).status_code, range(200))
        )
    assert set(answers) == {200}
    assert len(stored(context)) == 200


def test_a_group_rings_once(app: Flask, context: Context, north: Shop, rung: list[Any]) -> None:
    """As many groups as there were commits, fewer than webhooks."""
    with ThreadPoolExecutor(30) as pool:
        list(pool.map(lambda n: post(app.test_client(), signed(context, changed={"X-Shopify-Webhook-Id": f"w{n}"})), range(300)))
    assert set(rung) == {("events", north.id)}
    assert len(rung) < 300


def test_a_shop_that_could_not_be_stored_is_not_remembered(client: FlaskClient, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = signed(context, changed={"X-Shopify-Shop-Domain": "nobody.myshopify.com"})
    with monkeypatch.context() as broken:
        broken.setattr("sqlalchemy.orm.session.SessionTransaction.commit", _fail)
        assert post(client, headers).status_code == 503
    assert [post(client, headers).status_code for _ in range(2)] == [200, 200]
    (row,) = stored(context)
    with context.transaction() as session:
        assert session.get_one(Shop, row.shop_id).domain == "nobody.myshopify.com"


# -- group commit by itself --------------------------------------------------------------------------------------------


def gathered(write: Callable[[Sequence[int]], None], items: Sequence[int]) -> dict[int, Exception | None]:
    """Submit all at once; what became of each."""
    desk = Together(write)
    start = threading.Barrier(len(items))

    def submit(item: int) -> Exception | None:
        start.wait()
        try:
            desk.submit(item)
        except Exception as fault:
            return fault
        return None

    with ThreadPoolExecutor(len(items)) as pool:
        return dict(zip(items, pool.map(submit, items), strict=True))


def test_waiting_threads_share_a_write() -> None:
    groups: list[list[int]] = []
    gate = threading.Event()

    def write(items: Sequence[int]) -> None:
        groups.append(list(items))
        gate.wait(0.2)

    assert set(gathered(write, range(30)).values()) == {None}
    assert sorted(item for group in groups for item in group) == list(range(30))
    assert len(groups) < 30


def test_a_bad_item_fails_alone() -> None:
    def write(items: Sequence[int]) -> None:
        if 7 in items:
            raise ValueError("seven")

    answers = gathered(write, range(20))
    assert isinstance(answers.pop(7), ValueError)
    assert set(answers.values()) == {None}

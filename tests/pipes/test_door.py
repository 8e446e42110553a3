"""POST /webhooks: nothing without a signature, 200 only after the commit, once whatever arrives how often."""

import base64
import hashlib
import hmac
import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId
from plugin.intake.tables import Inbox
from plugin.intake.webhooks import UNPROVEN, opened
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


def post(client: FlaskClient, headers: dict[str, str], body: bytes = BODY, query: str = "") -> TestResponse:
    """The answer, with what happens after it done too."""
    answer = client.post("/webhooks", data=body, headers=headers, content_type="application/json", query_string=query)
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
    assert post(client, signed(context, body), body, query="a=1").status_code == 413
    assert stored(context) == []


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 413)])
def test_a_body_without_length_is_read_to_the_limit(client: FlaskClient, context: Context, north: Shop, extra: int, status: int) -> None:
    body = b"x" * (2 * 2**20 + extra)
    answer = client.post("/webhooks", input_stream=io.BytesIO(body), headers=signed(context, body),
                         environ_overrides={"wsgi.input_terminated": True})
    assert answer.status_code == status
    assert len(stored(context)) == (status == 200)


def test_a_body_without_length_and_end_is_not_waited_for(settings: Settings) -> None:
    stream = io.BytesIO(BODY)
    assert opened(settings, {"wsgi.input": stream}) == UNPROVEN
    assert stream.tell() == 0


def test_the_long_way_is_the_same_door(client: FlaskClient, context: Context, north: Shop, rung: list[Any]) -> None:
    """A query makes it no webhook's address to the letter: Flask brings it to the same door."""
    straight, long = post(client, signed(context)), post(client, signed(context, changed={"X-Shopify-Webhook-Id": "w2"}), query="a=1")
    assert (straight.status_code, long.status_code) == (200, 200)
    assert {row.external_id for row in stored(context)} == {"w1", "w2"}
    assert rung == [("events", north.id)] * 2
    assert {name: value for name, value in straight.headers if name != "Content-Length"} == {
        name: value for name, value in long.headers if name not in ("Content-Length", "Content-Type")}
    assert post(client, signed(context, changed={"X-Shopify-Hmac-Sha256": "AAAA"}), query="a=1").status_code == 401


def counted(status: int) -> float:
    return REGISTRY.get_sample_value("tandem_requests_total", {"route": "/webhooks", "method": "POST", "status": str(status)}) or 0


def test_what_came_is_counted_and_only_what_failed_is_a_line(
    client: FlaskClient, context: Context, north: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    before = counted(200), counted(401)
    post(client, signed(context))
    assert "request" not in capsys.readouterr().out
    post(client, signed(context, changed={"X-Shopify-Hmac-Sha256": "AAAA"}))
    assert (counted(200), counted(401)) == (before[0] + 1, before[1] + 1)
    assert "/webhooks" in capsys.readouterr().out


def test_an_error_that_nobody_expected_is_500_and_noted(
    client: FlaskClient, context: Context, north: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("plugin.intake.tables.insert_new", lambda *_args, **_named: 1 / 0)
    assert post(client, signed(context)).status_code == 500
    assert "broken" in capsys.readouterr().out


def test_two_processes_take_turns(context: Context, north: Shop) -> None:
    """Two doors on one database, as two web processes have: nobody waits until he is told that it is locked."""
    doors = [create_app(context).test_client() for _ in range(2)]
    headers = [signed(context, changed={"X-Shopify-Webhook-Id": f"w{number}"}) for number in range(100)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda door: [post(door, one).status_code for one in headers], doors))
    assert answers == [[200] * 100] * 2
    assert len(stored(context)) == 100


def test_a_repeat_is_answered_and_kept_once(client: FlaskClient, context: Context, north: Shop) -> None:
    assert [post(client, signed(context)).status_code for _ in range(3)] == [200, 200, 200]
    assert len(stored(context)) == 1


def test_an_unknown_shop_is_kept_and_is_no_tenant(client: FlaskClient, context: Context) -> None:
    assert post(client, signed(context, changed={"X-Shopify-Shop-Domain": "nobody.myshopify.com"})).status_code == 200
    with context.transaction() as session:
        shop = session.scalars(select(Shop).where(Shop.domain == "nobody.myshopify.com")).one()
    assert shop.state == "unknown"
    assert [row.shop_id for row in stored(context)] == [shop.id]


# What comes in breaks a rule that both databases check only when they commit.
LATE = {
    "sqlite": ["CREATE TABLE late (id TEXT REFERENCES shops (id) DEFERRABLE INITIALLY DEFERRED)",
               "CREATE TRIGGER late AFTER INSERT ON inbox BEGIN INSERT INTO late VALUES ('nobody'); END"],
    "postgresql": ["CREATE FUNCTION late() RETURNS trigger AS 'BEGIN RAISE disk_full; END' LANGUAGE plpgsql",
                   "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON inbox DEFERRABLE INITIALLY DEFERRED "
                   "FOR EACH ROW EXECUTE FUNCTION late()"],
}
WELL = {"sqlite": ["DROP TRIGGER late", "DROP TABLE late"], "postgresql": ["DROP TRIGGER late ON inbox", "DROP FUNCTION late"]}


def test_a_database_that_cannot_commit_is_503_and_the_next_try_works(client: FlaskClient, context: Context, north: Shop) -> None:
    _say(context, LATE)
    try:
        answer = post(client, signed(context))
    finally:
        _say(context, WELL)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert stored(context) == []
    assert post(client, signed(context)).status_code == 200
    assert len(stored(context)) == 1


def _say(context: Context, statements: Mapping[str, Sequence[str]]) -> None:
    with context.transaction() as session:
        for statement in statements[session.get_bind().dialect.name]:
            session.execute(text(statement))


def test_a_connection_that_died_is_made_anew(client: FlaskClient, context: Context, north: Shop) -> None:
    assert post(client, signed(context)).status_code == 200
    with context.transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                 "WHERE datname = current_database() AND pid <> pg_backend_pid()"))
    assert post(client, signed(context, changed={"X-Shopify-Webhook-Id": "w2"})).status_code == 200
    assert len(stored(context)) == 2


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

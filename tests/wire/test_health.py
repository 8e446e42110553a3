"""Alive, ready, measured, and what the doctor says."""

from dataclasses import replace

import pytest
from alembic import command
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import plugin.cli
from plugin import clock
from plugin.app import create_app
from plugin.cli.doctor import Finding, examine
from plugin.context import Context
from plugin.db import make_engine, new_id
from plugin.intake import flows as intake
from plugin.outbox import flows as outbox
from plugin.shops.tables import Shop
from plugin.web import ready
from tests.wire.test_config import GOOD

TOKEN = "4be1f09c72d85a36e14be1f09c72d85a37"


def test_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"alive": True}


def test_ready_only_with_this_codes_migrations(client: FlaskClient, context: Context) -> None:
    first = client.get("/readyz")
    assert (first.status_code, first.json) == (503, {"ready": False, "database": True, "migrations": False})
    command.stamp(ready.alembic_config(context.sessions.kw["bind"]), "heads")
    assert (client.get("/readyz").status_code == 200) is bool(ready.wanted())


def metered(context: Context) -> FlaskClient:
    return create_app(replace(context, settings=replace(context.settings, metrics_token=TOKEN))).test_client()


def test_metrics(context: Context) -> None:
    client = metered(context)
    client.get("/healthz")
    client.get("/nothing/bob@example.com")
    told = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert told.status_code == 200
    assert 'tandem_requests_total{method="GET",route="/healthz",status="200"}' in told.text
    assert 'route="none"' in told.text
    assert "bob" not in told.text


def test_metrics_tell_what_waits(context: Context, north: Shop) -> None:
    with context.transaction() as session:
        for number in range(3):
            intake.tell(session, north.id, "order/settle", str(number), clock.now())
        outbox.put(session, north.id, "codes_add", new_id(), now=clock.now())
    told = metered(context).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert 'tandem_queue_rows{queue="events",state="pending"} 3.0' in told
    assert 'tandem_queue_rows{queue="deliveries",state="waiting"} 1.0' in told


@pytest.mark.parametrize("header", [None, "", TOKEN, f"Bearer {TOKEN}x", f"bearer {TOKEN}", "Bearer ", "Bearer ü", f"Basic {TOKEN}"])
def test_metrics_need_their_token(context: Context, header: str | None) -> None:
    response = metered(context).get("/metrics", headers={"Authorization": header} if header is not None else {})
    assert response.status_code == 401
    assert "tandem_requests" not in response.text


def test_without_a_token_there_are_no_metrics(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer None"}).status_code == 404


def findings(context: Context, **changed: object) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(replace(context.settings, **changed))}  # type: ignore[arg-type]


def test_the_doctor_names_what_is_wrong_and_what_to_do(context: Context, north: object) -> None:
    found = findings(context, app_url="http://127.0.0.1:9", redis_url="redis://127.0.0.1:9/0")
    assert (found["database"].well, found["migrations"].well) == (True, False)
    assert "tandem migrate" in found["migrations"].advice
    assert not found["redis"].well
    assert not found["webhooks"].well
    assert "APP_URL" in found["webhooks"].advice
    assert found["mail"].well


@pytest.mark.parametrize(("trusted", "well"), [(0, False), (2, True)])
def test_the_doctor_counts_shopifys_own_proxy(context: Context, trusted: int, *, well: bool) -> None:
    found = findings(context, app_url="http://127.0.0.1:9", trusted_proxies=trusted)["proxies"]
    assert found.well is well
    assert ("TRUSTED_PROXIES" in found.advice) is not well


def test_the_doctor_on_a_database_that_is_away(context: Context) -> None:
    found = findings(context, database_url="postgresql://nobody@127.0.0.1:9/x", app_url="http://127.0.0.1:9")
    assert not found["database"].well
    assert "DATABASE_URL" in found["database"].advice
    assert "migrations" not in found


def test_the_doctor_reads_scopes(context: Context, north: object) -> None:
    command.stamp(ready.alembic_config(context.sessions.kw["bind"]), "heads")
    scopes = findings(context, app_url="http://127.0.0.1:9")["scopes"]
    assert not scopes.well
    assert "north.myshopify.com has not granted" in scopes.told
    assert "write_app_proxy" in scopes.told


def test_the_doctor_and_redis_policy(context: Context, valkey: str) -> None:
    import redis

    with redis.Redis.from_url(valkey) as server:
        server.config_set("maxmemory-policy", "allkeys-lru")
        bad = findings(context, redis_url=valkey, app_url="http://127.0.0.1:9")["redis"]
        server.config_set("maxmemory-policy", "noeviction")
        good = findings(context, redis_url=valkey, app_url="http://127.0.0.1:9")["redis"]
    assert (bad.well, good.well) == (False, True)
    assert "noeviction" in bad.advice


def test_the_doctor_reaches_the_webhooks_as_shopify_does(app: Flask, context: Context) -> None:
    import threading

    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert findings(context, app_url=f"http://127.0.0.1:{server.server_port}")["webhooks"].well
        assert not findings(context, app_url=f"http://127.0.0.1:{server.server_port}/elsewhere")["webhooks"].well
    finally:
        server.shutdown()


@pytest.mark.parametrize("name", ["web", "doctor", "migrate", "worker", "scheduler"])
def test_every_command_tells_all_faults_of_the_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in GOOD:
        monkeypatch.delenv(setting, raising=False)
    result = CliRunner().invoke(plugin.cli.main, [name], env={"SECRET_KEYS": "secret"})
    assert result.exit_code == 2
    for missing in ("SHOPIFY_API_KEY is missing", "TOKEN_KEYS is missing", "SECRET_KEYS is too short"):
        assert missing in result.output


def test_migrate_is_safe_to_repeat(tmp_path: object) -> None:
    env = {**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    for _ in range(2):
        result = CliRunner().invoke(plugin.cli.main, ["migrate"], env=env)
        assert result.exit_code == 0, result.output
    assert ready.found(make_engine(env["DATABASE_URL"])) == ready.wanted()

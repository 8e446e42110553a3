"""From a stranger's name to a tenant and back."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.shopify import scopes
from plugin.shopify.failures import Frozen
from plugin.shops import flows, reads, rules, tables
from plugin.shops.door import Door
from plugin.shops.tables import Shop, Token
from tests.shops.conftest import grant, install
from tests.wire.double import Double, answer
from tests.wire.signed import SHOP, claims, token

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOLD = {"data": {"shop": {
    "name": "North", "email": "owner@north.example", "currencyCode": "GBP", "ianaTimezone": "Europe/London",
    "plan": {"publicDisplayName": "Basic"},
    "shopAddress": {"countryCodeV2": "GB"}, "primaryDomain": {"url": "https://north.example"}}}}


@dataclass
class Event:
    triggered_at: datetime | None
    body: bytes = b"{}"


def state(context: Context, domain: str = SHOP) -> str:
    with context.transaction() as session:
        shop = tables.by_domain(session, domain)
        return shop.state if shop else "nothing"


def door(context: Context) -> tuple[Door, list[str]]:
    welcomed: list[str] = []
    return Door(context, lambda _session, shop: welcomed.append(shop.domain)), welcomed


def test_a_stranger_is_recognised_once(context: Context) -> None:
    def recognise(_: int) -> ShopId:
        with context.transaction() as session:
            return flows.recognise(session, SHOP, NOON).id

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(recognise, range(20)))) == 1
    assert state(context) == "unknown"
    with context.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Shop)) == 1


def test_a_stranger_has_no_way_to_the_admin_api(context: Context) -> None:
    with context.transaction() as session:
        shop = flows.recognise(session, SHOP, NOON)
    with pytest.raises(Frozen):
        reads.admin_api(context, shop.id)


def test_install_turns_the_stranger_into_the_tenant(context: Context) -> None:
    with context.transaction() as session:
        stranger = flows.recognise(session, SHOP, NOON)
        shop, arrived = flows.install(session, context.settings, SHOP, grant(), NOON + HOUR)
        assert (shop.id, arrived, shop.installed_at, shop.scopes) == (stranger.id, True, NOON + HOUR, "read_orders")
        again, arrived = flows.install(session, context.settings, SHOP, grant(scopes="read_products"), NOON + 2 * HOUR)
        assert (again.id, arrived, again.installed_at, again.scopes) == (stranger.id, False, NOON + HOUR, "read_products")


def test_tokens_are_sealed_at_rest(context: Context) -> None:
    install(context, granted=grant(access="shpat_plain", refresh="shprt_plain"))
    with context.transaction() as session:
        stored = str(session.execute(text("select * from shop_tokens")).all())
    assert "plain" not in stored
    assert "gAAAA" in stored


def test_keys_rotate(context: Context) -> None:
    shop_id = install(context)
    newer = "kQ7zPp3LxT9sWc2VbYe5Ru8NdHg4Jm6FaXo1Zi0CyDw="
    rotated = replace(context, settings=replace(context.settings, token_keys=(newer, *context.settings.token_keys)))
    assert reads.access(rotated, shop_id)[1] == "shpat_0"
    install(rotated, granted=grant(access="shpat_new"))
    alone = replace(context, settings=replace(context.settings, token_keys=(newer,)))
    assert reads.access(alone, shop_id)[1] == "shpat_new"
    with pytest.raises(Frozen):
        reads.access(context, shop_id)


def test_first_visit_installs_introduces_and_welcomes_once(wired: Context, double: Double) -> None:
    double.script = lambda _handler, _call: answer(TOLD)
    here, welcomed = door(wired)
    here.arrive(SHOP, token(claims()))
    here.arrive(SHOP, token(claims()))
    assert welcomed == [SHOP]
    assert len(double.token_calls) == 1
    with wired.transaction() as session:
        shop = here.load(session, SHOP)
    assert (shop.name, shop.currency, shop.timezone, shop.country, shop.plan) == ("North", "GBP", "Europe/London", "GB", "Basic")
    assert (shop.storefront_url, shop.email) == ("https://north.example", "owner@north.example")


def test_install_works_while_the_admin_api_does_not(wired: Context, double: Double) -> None:
    double.script = lambda _handler, _call: answer({}, 500)
    here, welcomed = door(wired)
    here.arrive(SHOP, token(claims()))
    assert state(wired) == "installed"
    assert welcomed == [SHOP]


def test_a_refused_exchange_installs_nothing(wired: Context, double: Double) -> None:
    double.token_script = lambda _handler, _call: answer({"error": "invalid_subject_token"}, 400)
    here, welcomed = door(wired)
    with pytest.raises(Refused):
        here.arrive(SHOP, token(claims()))
    assert (state(wired), welcomed) == ("nothing", [])


def test_two_first_visits_at_once_welcome_once(wired: Context, double: Double) -> None:
    double.script = lambda _handler, _call: answer(TOLD)
    here, welcomed = door(wired)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: here.arrive(SHOP, token(claims())), range(6)))
    assert welcomed == [SHOP]


@pytest.mark.parametrize("lost", ["lapsed", "gone", "scopes", "uninstalled", "expired"])
def test_the_next_visit_mends(wired: Context, double: Double, lost: str) -> None:
    double.script = lambda _handler, _call: answer(TOLD)
    shop_id = install(wired, granted=grant(days=-1) if lost == "expired" else grant(scopes=double.scope))
    here, _ = door(wired)
    with wired.transaction() as session:
        if lost == "lapsed":
            flows.lapse(session, shop_id, fence=0)
        elif lost == "gone":
            session.delete(session.get_one(Token, shop_id))
        elif lost == "scopes":
            flows.scopes_updated(session, shop_id, Event(None, json.dumps({"current": ["read_orders", "read_themes"]}).encode()), NOON)
        elif lost == "uninstalled":
            flows.uninstalled(session, shop_id, Event(None), NOON)
    here.arrive(SHOP, token(claims()))
    assert len(double.token_calls) == 1
    assert reads.access(wired, shop_id)[1] == "shpat_1"


def test_a_visit_with_everything_in_order_asks_nothing(wired: Context, double: Double) -> None:
    install(wired)
    door(wired)[0].arrive(SHOP, token(claims()))
    assert not double.token_calls


def test_uninstall_ends_every_call(context: Context) -> None:
    shop_id = install(context)
    with context.transaction() as session:
        flows.uninstalled(session, shop_id, Event(None), NOON)
        assert session.scalar(select(func.count()).select_from(Token)) == 0
    assert state(context) == "uninstalled"
    with pytest.raises(Frozen):
        reads.admin_api(context, shop_id)


def test_a_token_in_hand_is_not_renewed_after_uninstall(wired: Context, double: Double) -> None:
    shop_id = install(wired)
    api = reads.admin_api(wired, shop_id)
    with wired.transaction() as session:
        flows.uninstalled(session, shop_id, Event(None), NOON)
    double.script = lambda _handler, _call: answer({}, 401)
    with pytest.raises(Frozen):
        api.call("shop_read")
    assert len(double.calls) == 1


@pytest.mark.parametrize(("triggered", "after"), [(-1, "installed"), (0, "uninstalled"), (1, "uninstalled"), (None, "uninstalled")])
def test_a_late_uninstall_changes_nothing(context: Context, triggered: float | None, after: str) -> None:
    with context.transaction() as session:
        shop, _ = flows.install(session, context.settings, SHOP, grant(), NOON)
        flows.uninstalled(session, shop.id, Event(NOON + triggered * HOUR if triggered is not None else None), NOON + 3 * HOUR)
    assert state(context) == after


def test_uninstall_reinstall_and_both_uninstalls_in_any_order(context: Context) -> None:
    old, new = Event(NOON + HOUR), Event(NOON + 3 * HOUR)
    for late in ([old, old], [new, old], [old, new]):
        with context.transaction() as session:
            shop, _ = flows.install(session, context.settings, SHOP, grant(), NOON)
            flows.uninstalled(session, shop.id, old, NOON + HOUR)
            shop, arrived = flows.install(session, context.settings, SHOP, grant(), NOON + 2 * HOUR)
            assert arrived
            for event in late:
                flows.uninstalled(session, shop.id, event, NOON + 4 * HOUR)
            assert shop.state == ("uninstalled" if new in late else "installed")
            flows.uninstalled(session, shop.id, Event(None), NOON)


def test_another_shops_body_under_this_shops_name(context: Context) -> None:
    """The header that names the shop is not signed."""
    body = json.dumps({"myshopify_domain": "south.myshopify.com", "name": "South", "currency": "EUR"}).encode()
    shop_id = install(context)
    with context.transaction() as session:
        flows.uninstalled(session, shop_id, Event(None, body), NOON)
        flows.updated(session, shop_id, Event(None, body), NOON)
        shop = tables.get(session, shop_id)
        assert (shop.state, shop.name, shop.currency) == ("installed", "", "")


def test_shop_update(context: Context) -> None:
    body = {"myshopify_domain": SHOP, "name": "North & Co", "email": "o@north.example", "currency": "GBP", "iana_timezone": "Europe/London",
            "primary_locale": "en-GB", "country_code": "GB", "plan_name": "basic", "domain": "www.north.example"}
    shop_id = install(context)
    with context.transaction() as session:
        flows.updated(session, shop_id, Event(NOON, json.dumps(body).encode()), NOON)
        flows.updated(session, shop_id, Event(NOON - HOUR, json.dumps({**body, "name": "Old name"}).encode()), NOON)
        flows.updated(session, shop_id, Event(NOON + HOUR, json.dumps({**body, "name": None, "currency": "x" * 500,
            "email": ["x"]}).encode()), NOON)
        shop = tables.get(session, shop_id)
        assert (shop.name, shop.email, shop.locale, shop.storefront_url) == ("North & Co", "o@north.example", "en-GB",
            "https://www.north.example")
        assert len(shop.currency) == 3


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"[" * 100_000, b'{"current": 5}', b'{"current": [5]}', b'{"current": null}',
    b"\xff"])
def test_odd_bodies_change_nothing(session: Session, context: Context, body: bytes) -> None:
    shop, _ = flows.install(session, context.settings, SHOP, grant(), NOON)
    for flow in (flows.scopes_updated, flows.updated):
        flow(session, shop.id, Event(NOON, body), NOON)
    assert (shop.scopes, shop.name) == ("read_orders", "")


def test_the_way_in(context: Context) -> None:
    here, _ = door(context)
    assert "/admin/oauth/authorize?" in here.way_in(SHOP)
    install(context, granted=grant(scopes="read_orders"))
    assert "/admin/oauth/authorize?" in here.way_in(SHOP)
    install(context, granted=grant(scopes=",".join(scopes.REQUIRED)))
    assert here.way_in(SHOP) == f"{context.settings.shopify_admin_origin}/store/north/apps/{context.settings.shopify_api_key}"


@pytest.mark.parametrize("kept", ["unknown", "uninstalled"])
def test_only_tenants_are_let_in(context: Context, kept: str) -> None:
    with context.transaction() as session:
        flows.recognise(session, SHOP, NOON).state = kept
    with context.transaction() as session, pytest.raises(Refused) as caught:
        door(context)[0].load(session, SHOP)
    assert caught.value.reason == "not_installed"


@pytest.mark.parametrize(("minutes", "fresh", "usable"), [(60, True, True), (5.1, True, True), (4.9, False, True), (0.6, False, True),
    (0.4, False, False), (-5, False, False)])
def test_when_a_token_is_renewed(minutes: float, fresh: bool, usable: bool) -> None:
    ends = NOON + timedelta(minutes=minutes)
    assert (rules.is_fresh(ends, NOON), rules.is_usable(ends, NOON)) == (fresh, usable)

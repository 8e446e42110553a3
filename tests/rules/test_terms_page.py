"""The public page of the customer terms: which version, since when, what changed; nothing of drafts and of other shops."""

from datetime import datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask

from plugin import clock
from plugin.context import Context
from plugin.referrals import flows
from plugin.shops.tables import Shop
from tests.conftest import BusinessClock
from tests.rules.shopfront import FORM, Storefront, running

DAY = timedelta(days=1)


def publish(context: Context, shop: Shop, programme_id: UUID, at: datetime, **fields: str) -> None:
    with context.transaction() as session:
        flows.save_programme(session, shop.id, {**FORM, **fields}, currency="GBP", now=at, programme_id=programme_id)
        flows.publish(session, shop.id, programme_id, now=at)


def read(visitor: Storefront, programme_id: UUID, **params: str) -> str:
    answer = visitor.get(f"terms/{programme_id}", headers=None, **params)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_the_version_in_force_with_all_its_clauses(context: Context, north: Shop, bob: Storefront) -> None:
    programme_id = running(context, north, cap="3", cap_days="30").programme_id
    page = read(bob, programme_id)
    assert "Terms of recommending North" in page and "Version 1, in force since" in page
    assert "At most 3 orders of friends in 30 days count" in page and page.count("<li>") >= 15 and "<script" not in page
    assert "Earlier versions" not in page and "What changed" not in page


def test_what_changed_since_the_one_before(context: Context, north: Shop, bob: Storefront, business_clock: BusinessClock) -> None:
    programme_id = running(context, north).programme_id
    business_clock.move(days=1)
    publish(context, north, programme_id, clock.now(), hold_days="30", minimum="40")
    business_clock.move(days=1)
    page = read(bob, programme_id)
    assert "What changed since version 1" in page and "Version 2, in force since" in page
    assert "<b>Before:</b> <s>Rewards are given 14 days" in page and "<b>Now:</b> Rewards are given 30 days" in page
    assert "<b>New:</b> The friend's goods must come to £40.00" in page and f"/apps/tandem/terms/{programme_id}?version=1" in page
    old = read(bob, programme_id, version="1")
    assert "Other terms are in force now." in old and "14 days after" in old and "in force from" in old


def test_what_is_to_come_is_announced(context: Context, north: Shop, bob: Storefront) -> None:
    programme_id, day = running(context, north).programme_id, clock.now() + 20 * DAY
    publish(context, north, programme_id, clock.now(), hold_days="30", starts_at=day.isoformat())
    page = read(bob, programme_id)
    assert "14 days after" in page and "other terms hold." in page and "?version=2" in page
    assert "Version 2, in force from" in read(bob, programme_id, version="2")
    with context.transaction() as session:
        flows.withdraw(session, north.id, programme_id, now=clock.now())
    assert "taken back before it came into force" in read(bob, programme_id, version="2")


def test_a_pause_is_said(context: Context, north: Shop, bob: Storefront) -> None:
    programme_id = running(context, north).programme_id
    with context.transaction() as session:
        flows.pause(session, north.id, programme_id, now=clock.now())
    assert "not running at the moment" in read(bob, programme_id)


@pytest.mark.parametrize("version", ["2", "0", "-1", "1e3", "x" * 200, "٢"])
def test_a_version_that_never_was(context: Context, north: Shop, bob: Storefront, version: str) -> None:
    programme_id = running(context, north).programme_id
    answer = bob.get(f"terms/{programme_id}", version=version)
    assert answer.status_code == 404 and "leads nowhere" in answer.text


def test_drafts_and_other_shops_are_nobodys_to_see(context: Context, app: Flask, north: Shop, south: Shop, bob: Storefront) -> None:
    programme_id = running(context, north).programme_id
    with context.transaction() as session:
        draft = flows.save_programme(session, north.id, FORM, currency="GBP", now=clock.now())
    assert bob.get(f"terms/{draft.id}").status_code == 404 and bob.get(f"terms/{uuid4()}").status_code == 404
    assert Storefront(app, context.settings, south).get(f"terms/{programme_id}").status_code == 404


@pytest.mark.parametrize(("language", "said"), [
    ("de", "Bedingungen für Empfehlungen bei North"), ("fr", 'lang="fr"'), ("ar", 'dir="rtl"'), ("ja", 'lang="ja"')])
def test_in_the_visitors_language(context: Context, app: Flask, north: Shop, language: str, said: str) -> None:
    programme_id = running(context, north).programme_id
    assert said in read(Storefront(app, context.settings, north, language=language), programme_id)


def test_the_landing_page_leads_here(context: Context, north: Shop, bob: Storefront) -> None:
    link = running(context, north)
    assert f'href="/apps/tandem/terms/{link.programme_id}"' in bob.get(f"r/{link.slug}").text

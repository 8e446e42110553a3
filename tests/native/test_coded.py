"""Offers that are given as a code: each a discount of its own, of which there is one, whatever is lost on the way."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from devstore.state.discounting import delete
from devstore.state.discounts import Discount
from plugin import clock
from plugin.context import Context
from plugin.offers import deliveries, flows, tables
from plugin.offers.rules.model import Audience
from plugin.offers.tables.coded import coded
from plugin.offers.upkeep import FRESH, freshen_offers
from plugin.outbox import flows as outbox
from plugin.shops.tables import Shop
from tests.native.admin import Admin
from tests.native.test_following import admin, draft, standing  # noqa: F401 - a fixture
from tests.offers_admin.conftest import attempt, deliver, publish, published, shop, tiers  # noqa: F401 - a fixture

WARM = replace(tiers("Warm mugs"), code="WARM")


def once(context: Context) -> bool | None:
    return attempt(context, "offers_publish", outbox.Terms(100, 60), deliveries.publish_offers)


def codes(admin: Admin) -> list[str]:  # noqa: F811
    return sorted(code for one in standing(admin) for code in one.codes.values())


def known(context: Context, shop: Shop) -> list[tuple[list[str], str | None]]:  # noqa: F811
    with context.reading() as session:
        return [(row.codes, row.external_id) for row in coded(session, shop.id)]


def test_it_comes_changes_in_place_and_goes(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    offer_id = published(context, shop, WARM)
    deliver(context)
    [made] = standing(admin)
    draft(context, shop, offer_id, replace(WARM, code="WARMER"))
    [changed] = standing(admin)
    assert (changed.id, codes(admin), known(context, shop)) == (made.id, ["WARMER"], [(["WARMER"], str(made.id))])
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    deliver(context)
    assert standing(admin) == [] and known(context, shop) == []


@pytest.mark.parametrize("lost", ["discount_code_app_create", "discount_code_app_update", "discount_code_delete"])
def test_a_lost_answer_makes_no_second_one(context: Context, shop: Shop, admin: Admin, lost: str) -> None:  # noqa: F811
    admin.lose = lost
    offer_id = published(context, shop, WARM)
    deliver(context)
    draft(context, shop, offer_id, replace(WARM, code="WARMER"))
    assert codes(admin) == ["WARMER"]
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    deliver(context)
    assert standing(admin) == [] and admin.lose is None


def test_a_code_that_was_changed_before_its_first_one_was_heard_of_is_no_code(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """The answer to its making is lost, the merchant says another code, and the next try fails too."""
    admin.lose = "discount_code_app_create"
    offer_id = published(context, shop, WARM)
    assert once(context) is False and codes(admin) == ["WARM"]
    with context.transaction() as session:
        flows.save_offer(session, shop.id, replace(WARM, code="COLD"), currency=shop.currency, now=clock.now(), offer_id=offer_id)
    publish(context, shop, offer_id)
    admin.lose = "installation_read"
    assert once(context) is False
    deliver(context)
    assert codes(admin) == ["COLD"] and len(standing(admin)) == 1


def test_what_was_made_in_the_place_of_a_deleted_one_is_found(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """Nobody told of the deletion, and the answer to the making of another is lost."""
    offer_id = published(context, shop, WARM)
    deliver(context)
    [first] = standing(admin)
    delete(admin.store, admin.shop, first)
    admin.lose = "discount_code_app_create"
    draft(context, shop, offer_id, replace(WARM, title="Warmer mugs"))
    [second] = standing(admin)
    assert known(context, shop) == [(["WARM"], str(second.id))] and second.title == "Warmer mugs"


def test_news_of_a_deletion_takes_nothing_away(context: Context, shop: Shop, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The merchant deleted it at Shopify; that is told while another is made, before we have written it down."""
    offer_id = published(context, shop, WARM)
    deliver(context)
    [first] = standing(admin)
    delete(admin.store, admin.shop, first)
    call = admin.call

    def told_late(operation: str, /, **variables: object) -> dict[str, Any]:
        if operation == "discount_code_app_create":
            with context.transaction() as session:
                flows.configuration_gone(session, shop.id, str(first.id), clock.now())
        return call(operation, **variables)

    monkeypatch.setattr(admin, "call", told_late)
    draft(context, shop, offer_id, replace(WARM, code="WARMER"))
    [second] = standing(admin)
    assert known(context, shop) == [(["WARMER"], str(second.id))]
    with context.reading() as session:
        row = tables.configuration(session, shop.id)
        assert row is not None and row.state == "live"


def test_what_it_believes_is_made_anew_though_no_other_offer_runs(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """A configuration says when it was made; what had ended by then is believed no more."""
    published(context, shop, replace(WARM, audience=Audience(referred=True)))
    deliver(context)
    [made] = standing(admin)
    before = _config(admin, made)
    clock.use(lambda: (FRESH + timedelta(hours=1)).total_seconds())
    freshen_offers(context)
    deliver(context)
    assert _config(admin, made) != before


def _config(admin: Admin, one: Discount) -> str:  # noqa: F811
    return next(field.value for owner, own in admin.shop.metafields.items() if owner.endswith(f"/{one.id}")
                for key, field in own.items() if key.endswith("config_0"))

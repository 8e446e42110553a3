"""Discounts of Shopify's own stay in the shop when the app goes; what becomes of them when it comes back."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from devstore.state.discounts import Discount
from plugin import clock
from plugin.context import Context
from plugin.offers import tables
from plugin.offers.deliveries.returning import adopt_natives, sort_out
from plugin.offers.flows import publishing
from plugin.offers.rules.model import DiscountClass
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.shops.tables import Shop
from tests.native.admin import Admin
from tests.native.test_following import FREE, admin, native, standing  # noqa: F401 - a fixture
from tests.offers_admin.conftest import deliver, published, shop, tiers  # noqa: F401 - a fixture
from tests.rules.shelf import TRAY


@pytest.mark.parametrize(("known", "there", "kept", "orphans"), [
    ({}, {}, {}, []),
    ({1: "10"}, {"10": 1}, {1: "10"}, []),
    ({1: None}, {"10": 1}, {1: "10"}, []),
    ({1: "10"}, {}, {}, []),
    ({}, {"10": 1, "9": 2}, {}, ["9", "10"]),
    ({1: "11"}, {"10": 1, "11": 1}, {1: "11"}, ["10"]),
    ({1: None}, {"11": 1, "10": 1}, {1: "10"}, ["11"]),
    ({1: "12", 2: "13"}, {"10": 1, "13": 2, "14": 3}, {2: "13"}, ["10", "14"]),
])
def test_what_is_ours_stays_and_what_is_nobodys_ends(known: Mapping[int, str | None], there: Mapping[str, int], kept: Mapping[int, str],
                                                     orphans: list[str]) -> None:
    found = sort_out(known, there)
    assert (found.kept, list(found.orphans)) == (kept, orphans)


def come_back(context: Context, shop: Shop) -> None:  # noqa: F811
    with context.transaction() as session:
        publishing.installed(session, shop.id, clock.now())
    with context.transaction() as session:
        leases = outbox.lease(session, {"natives_adopt": outbox.Terms(100, 60)})
    adopt_natives(context, leases)
    deliver(context)


def leave_behind(admin: Admin, number: int, tag: str) -> None:  # noqa: F811
    now = clock.now()
    admin.shop.discounts[number] = Discount(number, "automatic", "basic", "Ours", now, now, now, tags=["tandem", tag])


def test_after_another_installation_each_offer_stands_once(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """One is still there and keeps Shopify's figures, one was deleted meanwhile, one is left from an offer that nobody knows."""
    every: frozenset[DiscountClass] = frozenset({"product", "order", "shipping"})
    for one in (native(tiers()), FREE, tiers("By the Function", product=TRAY)):
        published(context, shop, replace(one, combines=every))
    deliver(context)
    before = {one.title: one for one in standing(admin)}
    assert set(before) == {"More mugs", "Free shipping", "Tandem offers"}
    before["Free shipping"].deleted = before["Tandem offers"].deleted = True
    leave_behind(admin, 900, "tandem-offer-77")
    leave_behind(admin, 901, "tandem-offer-x")
    leave_behind(admin, 902, "summer")
    come_back(context, shop)
    after = {one.id: one.title for one in standing(admin)}
    assert sorted(after.values()) == ["Free shipping", "More mugs", "Ours", "Ours", "Tandem offers"]
    assert after[before["More mugs"].id] == "More mugs" and {901, 902} < set(after) and 900 not in after
    with context.transaction() as session:
        assert sorted(int(row.external_id or 0) for row in tables.natives(session, shop.id)) == sorted(
            id for id, title in after.items() if title in ("Free shipping", "More mugs"))
    come_back(context, shop)
    assert {one.id: one.title for one in standing(admin)} == after


@pytest.mark.parametrize("lost", ["natives_listed", "discount_automatic_delete"])
def test_what_is_lost_on_the_way_is_done_again(context: Context, shop: Shop, admin: Admin, lost: str) -> None:  # noqa: F811
    published(context, shop, native(tiers()))
    deliver(context)
    leave_behind(admin, 900, "tandem-offer-77")
    admin.lose = lost
    with pytest.raises(Exception, match="reset"):
        come_back(context, shop)
    with context.transaction() as session:
        [row] = tables.natives(session, shop.id)
        assert row.external_id
    come_back_again(context)
    assert [one.title for one in standing(admin)] == ["More mugs"]


def come_back_again(context: Context) -> None:
    """The lease has run out."""
    with context.transaction() as session:
        for row in session.query(Delivery).filter(Delivery.kind == "natives_adopt"):
            row.state, row.lease_until = "waiting", None
    with context.transaction() as session:
        leases = outbox.lease(session, {"natives_adopt": outbox.Terms(100, 60)})
    adopt_natives(context, leases)


def test_a_shop_that_never_had_an_offer_has_nothing_to_do(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    come_back(context, shop)
    assert standing(admin) == [] and "metafields_set" not in admin.calls

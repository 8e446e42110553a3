"""What a shop has subscribed to, as Shopify last said."""

from types import SimpleNamespace
from typing import Any

import pytest

from plugin.context import Context
from plugin.db import ShopId
from plugin.shops import flows, plans, reads
from plugin.shops.tables import Shop


def test_nothing_is_the_free_plan() -> None:
    assert plans.current(SimpleNamespace(subscription="")) == plans.FREE


def test_a_name_that_nobody_knows_keeps_everything() -> None:
    assert plans.current(SimpleNamespace(subscription="Gold 2024")) == plans.Plan("other", "Gold 2024", plans.EVERYTHING)


@pytest.mark.parametrize(("told", "name"), [
    ({"activeSubscriptions": [{"name": "Growth"}]}, "Growth"), ({"activeSubscriptions": []}, ""), ({}, ""), (None, ""),
    ({"activeSubscriptions": [{"name": None}]}, ""), ({"activeSubscriptions": "x"}, "")])
def test_it_is_read_with_the_shop(context: Context, north: Shop, monkeypatch: pytest.MonkeyPatch, told: Any, name: str) -> None:  # noqa: ANN401
    class Api:
        def call(self, _operation: str) -> dict[str, Any]:
            return {"shop": {"name": "North"}, "currentAppInstallation": told}

    monkeypatch.setattr(reads, "admin_api", lambda _context, _shop_id: Api())
    with context.transaction() as session:
        flows.subscribed(session, ShopId(north.id), "Before")
    reads.describe(context, ShopId(north.id))
    with context.transaction() as session:
        assert session.get_one(Shop, north.id).subscription == name

"""The job: every installed shop, step by step; the web process never loads what only counting needs."""

import subprocess
import sys
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from jobs import mining
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Broken
from plugin.offers.mining import flows, upkeep
from plugin.shops.tables import Shop
from tests.mining.conftest import Stall


def fill(context: Context, shop: Shop) -> None:
    with context.transaction() as session:
        stall = Stall(session, shop.id)
        for product in ("tea", "milk", "bread"):
            stall.offers(product)
        for turn in range(30):
            stall.buys("tea", "milk", days_ago=turn)
            stall.buys("bread", days_ago=turn)


def suggested(context: Context, shop: Shop) -> list[str]:
    with context.reading() as session:
        return [one.key for one in flows.suggest(session, shop.id, ["tea"], market="GB", limit=1)]


def test_every_installed_shop_is_mined(context: Context, north: Shop, south: Shop) -> None:
    fill(context, north)
    fill(context, south)
    with context.transaction() as session:
        session.get_one(Shop, south.id).state = "uninstalled"
    mining.mine(context)
    mining.mine(context)
    assert suggested(context, north) == ["recommendations.together_all"]
    assert suggested(context, south) == []


def test_one_shops_fault_stops_no_other(context: Context, north: Shop, south: Shop,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    fill(context, north)
    fill(context, south)
    unlucky = min(north.id, south.id)
    counted = upkeep.count

    def count(session: Session, shop_id: ShopId, *, now: datetime) -> int:
        if shop_id == unlucky:
            raise Broken("a shop that cannot be counted")
        return counted(session, shop_id, now=now)

    monkeypatch.setattr(upkeep, "count", count)
    mining.mine(context)
    assert suggested(context, south if unlucky == north.id else north) == ["recommendations.together_all"]


def test_the_web_process_does_not_load_ibis() -> None:
    told = subprocess.run([sys.executable, "-c", "import sys, plugin.app, jobs.schedule; print('ibis' in sys.modules)"],
                          capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False"]

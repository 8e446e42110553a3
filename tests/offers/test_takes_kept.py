"""What programmes publish and what floors the merchant set, as they are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.margin import flows, tables
from plugin.margin.rules.guard import Floors
from plugin.margin.rules.published import Dated
from plugin.shops.tables import Shop
from tests.offers.test_guard import CODE, COMMISSION, FRIEND

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_every_programme_publishes_and_none_reads_another(session: Session, north: Shop, south: Shop) -> None:
    flows.publish(session, north.id, "merchant", [Dated(CODE)], now=NOW)
    flows.publish(session, north.id, "partners", [Dated(COMMISSION)], now=NOW)
    flows.publish(session, north.id, "merchant", [Dated(FRIEND)], now=NOW)
    assert tables.published(session, north.id, NOW) == [FRIEND, COMMISSION]
    assert tables.published(session, north.id, NOW, but="merchant") == [COMMISSION]
    assert tables.published(session, south.id, NOW) == []


def test_floors_closer_than_the_shops(session: Session, north: Shop) -> None:
    flows.set_floor(session, north.id, floor_bp=2000, cost_bp=None, now=NOW)
    flows.set_floor_of(session, north.id, "product", "1", floor_bp=3000, now=NOW)
    flows.set_floor_of(session, north.id, "product", "2", floor_bp=3000, now=NOW)
    flows.set_floor_of(session, north.id, "product", "2", floor_bp=None, now=NOW)
    assert tables.floors(session, north.id) == Floors(2000, {"1": 3000})


@pytest.mark.parametrize(("scope", "name", "floor"), [("shop", "1", 1000), ("product", "", 1000), ("tag", "x" * 256, 1000),
                                                      ("product", "1", 10_000), ("product", "1", -1)])
def test_floors_that_cannot_be(session: Session, north: Shop, scope: str, name: str, floor: int) -> None:
    with pytest.raises(Refused):
        flows.set_floor_of(session, north.id, scope, name, floor_bp=floor, now=NOW)


def test_a_take_holds_within_its_days(session: Session, north: Shop) -> None:
    soon, later = NOW + timedelta(days=1), NOW + timedelta(days=2)
    flows.publish(session, north.id, "referrals", [Dated(CODE, until=soon), Dated(FRIEND, soon, later)], now=NOW)
    assert [tables.published(session, north.id, at) for at in (NOW, soon, later)] == [[CODE], [FRIEND], []]

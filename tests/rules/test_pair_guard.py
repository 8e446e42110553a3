"""The margin guard at pairs, and at programmes beside them."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.margin.rules import worst_cart
from plugin.mirror import tables as mirror
from plugin.offers import flows
from plugin.offers.rules.pairs import PairTerms
from plugin.referrals import flows as referrals
from plugin.shops.tables import Shop
from tests.rules.cast import NOON, uid
from tests.rules.pairing import MUG, TRAY, WISH, stocked
from tests.rules.shopfront import FORM, programme

BY_FLOOR = [(None, "fine"), (1200, "fine"), (1500, "separate"), (1600, "separate"), (1700, "refuse")]
"""Everything costs three quarters of its price. A friend's 10 % alone leaves 16.67 %, the pair alone 21.05 %, both 12.28 %."""


def at_floor(session: Session, shop: Shop, floor: int | None) -> None:
    stocked(session, shop)
    for variant in session.scalars(select(mirror.Variant)):
        session.get_one(mirror.Cost, (shop.id, variant.inventory_item_id)).amount = variant.amount * 3 // 4
    margin.set_floor(session, shop.id, floor_bp=floor, cost_bp=None, now=NOON)


@pytest.mark.parametrize(("floor", "outcome"), BY_FLOOR)
def test_the_guard_at_a_pair(session: Session, north: Shop, floor: int | None, outcome: str) -> None:
    at_floor(session, north, floor)
    programme(session, north, NOON, combines=["product"])
    if outcome == "refuse":
        with pytest.raises(Refused) as refused:
            flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
        assert (refused.value.reason, refused.value.facts["floor_bp"]) == ("margin", 1700)
        assert refused.value.facts["floor_bp"] == 1700
        return
    pair = flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
    assert pair.combines == ([] if outcome == "separate" else ["order", "shipping"])
    assert pair.reason.get("left_bp") == (1228 if outcome == "separate" else None)


@pytest.mark.parametrize(("floor", "outcome"), BY_FLOOR)
def test_the_guard_at_a_programme(session: Session, north: Shop, floor: int | None, outcome: str) -> None:
    at_floor(session, north, floor)
    flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
    draft = referrals.save_programme(session, north.id, {**FORM, "combines": ["product", "shipping"]}, currency="GBP", now=NOON)
    if outcome == "refuse":
        with pytest.raises(Refused) as refused:
            flows.publish_programme(session, north.id, draft.id, currency="GBP", now=NOON)
        assert (refused.value.reason, refused.value.facts["floor_bp"]) == ("margin", 1700)
        return
    version, verdict = flows.publish_programme(session, north.id, draft.id, currency="GBP", now=NOON)
    assert verdict.outcome == outcome
    assert version.combines == ({"shipping"} if outcome == "separate" else {"product", "shipping"})


def test_a_discount_too_deep_even_alone(session: Session, north: Shop) -> None:
    at_floor(session, north, 1000)
    with pytest.raises(Refused) as refused:
        flows.save_pair(session, north.id, replace(WISH, basis_points=9000), currency="GBP", now=NOON)
    assert (refused.value.reason, refused.value.facts["floor_bp"]) == ("margin", 1000)


def test_a_pairs_take() -> None:
    pair = PairTerms(uid(1), MUG, TRAY, 1500, frozenset({"order"}), "Bought together", NOON)
    take = pair.take()
    assert (take.kind, take.rate_bp, take.pair, take.own_class) == ("bundle", 1500, (MUG, TRAY), "product")
    assert worst_cart([], [take], 1000).outcome == "fine"

"""The margin guard at a programme that is published: what friends get keeps the floor by itself, and offers give way to it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.margin.rules import Take
from plugin.margin.rules.published import Dated
from plugin.mirror import tables as mirror
from plugin.offers import flows
from plugin.offers.rules import filling
from plugin.offers.tables import Configuration
from plugin.referrals import flows as referrals
from plugin.referrals.rules import most_rate
from plugin.shops.tables import Shop
from tests.rules.cast import NOON
from tests.rules.shelf import MUG, TRAY, stocked
from tests.rules.shopfront import FORM

PAIR = filling.suggested("buy_get", "Mug with tray") | {
    "goods_a": [f"p:{MUG}"], "goods_b": [f"p:{TRAY}"], "worth": "percent", "value": "15"}


def test_a_partners_commission_is_left_for_the_partner(session: Session, north: Shop) -> None:
    """10 % off leaves 16.67 %, beside a commission of 5 % 11.67, so a floor of 12 % forbids it; of a mug for 20.00, 1.92 may come off."""
    at_floor(session, north, 1200)
    draft = referrals.save_programme(session, north.id, FORM, currency="GBP", now=NOON)
    takes = [Take("Partner", kind, rate_bp=rate) for kind, rate in (("commission", 500), ("commission", 400), ("gift", 900))]  # type: ignore[arg-type]
    margin.publish(session, north.id, "partners", map(Dated, takes), now=NOON)
    with pytest.raises(flows.BelowFloor) as told:
        flows.publish_programme(session, north.id, draft.id, currency="GBP", now=NOON)
    verdict = told.value.verdict
    assert verdict.worst is not None and (verdict.worst.margin_bp, most_rate(verdict.worst, 1200)) == (1167, 960)
    margin.publish(session, north.id, "partners", [], now=NOON)
    flows.publish_programme(session, north.id, draft.id, currency="GBP", now=NOON)


def at_floor(session: Session, shop: Shop, floor: int | None) -> None:
    """Everything costs three quarters of its price. A friend's 10 % alone leaves 16.67 %, the pair alone 21.05 %, both 12.28 %."""
    stocked(session, shop)
    for variant in session.scalars(select(mirror.Variant)):
        session.get_one(mirror.Cost, (shop.id, variant.inventory_item_id)).amount = variant.amount * 3 // 4
    margin.set_floor(session, shop.id, floor_bp=floor, cost_bp=None, now=NOON)


def paired(session: Session, shop: Shop) -> None:
    offer = filling.read(PAIR, "buy_get", "GBP").offer
    assert offer is not None
    flows.publish_offer(session, shop.id, flows.save_offer(session, shop.id, offer, currency="GBP", now=NOON).id, currency="GBP", now=NOON)


@pytest.mark.parametrize(("floor", "refused"), [(None, False), (1200, False), (1600, False), (1700, True)])
def test_a_programme_beside_a_pair(session: Session, north: Shop, floor: int | None, refused: bool) -> None:
    """The pair, whatever both would leave, stands in nobody's way: Shopify is told of it anew once the programme is out."""
    at_floor(session, north, floor)
    paired(session, north)
    draft = referrals.save_programme(session, north.id, {**FORM, "combines": ["product", "shipping"]}, currency="GBP", now=NOON)
    before = session.scalars(select(Configuration.revision_id)).one()
    if refused:
        with pytest.raises(Refused) as told:
            flows.publish_programme(session, north.id, draft.id, currency="GBP", now=NOON)
        assert (told.value.reason, told.value.facts["floor_bp"]) == ("margin", 1700)
        return
    session.get_one(Configuration, north.id).sent = True
    version = flows.publish_programme(session, north.id, draft.id, currency="GBP", now=NOON)
    assert version.combines == {"product", "shipping"}
    assert session.scalars(select(Configuration.revision_id)).one() != before

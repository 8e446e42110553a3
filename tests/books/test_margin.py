"""The margin guard: the worst cart that programmes and pairs allow together, and the room for a reward."""

from dataclasses import replace

import pytest

from plugin.errors import Refused
from plugin.margin import flows, rules
from plugin.margin.rules import Good, Take
from plugin.messaging import texts
from plugin.mirror.tables import Cost, Product, Variant
from plugin.money import Money
from tests.books.stage import START, Stage

MUG = Good("7", "Mug", 1000, 400)
POT = Good("8", "Pot", 5000, 3000)
FRIEND = Take("Friends", "friend_discount", rate_bp=1500, own_class="order", combines=frozenset({"product"}))
PAIR = Take("Mug and pot", "bundle", rate_bp=1500, pair=("7", "8"), own_class="product", combines=frozenset({"order"}))
ALONE = replace(PAIR, combines=frozenset())


@pytest.mark.parametrize(("takes", "floor", "outcome", "margin_bp"), [
    ((FRIEND,), 2500, "fine", 2941),                                   # pot: (4250 - 3000) / 4250
    ((FRIEND,), 3000, "refuse", 2941),
    ((PAIR,), 3000, "fine", 3524),                                     # 1000 + 4250 - 3400 of 5250
    ((FRIEND, PAIR), 2000, "fine", 2381),                              # 5250 less 15 % is 4462.5
    ((FRIEND, PAIR), 2500, "separate", 2381),
    ((FRIEND, ALONE), 2500, "fine", None),
    ((Take("Partner", "commission", rate_bp=1000),), 3500, "refuse", 3000),
    ((FRIEND, Take("Partner", "commission", rate_bp=1000)), 2500, "refuse", 1941),
    ((Take("Tenner", "friend_discount", amount=Money(1000, "GBP")),), 0, "refuse", -10000),
    ((Take("Tenner", "friend_discount", amount=Money(1000, "GBP"), minimum=Money(5000, "GBP")),), 2000, "fine", 2500),
    ((Take("Post", "friend_discount", rate_bp=10000, own_class="shipping"),), 4000, "fine", 4000),
    ((), 9000, "fine", None),
])
def test_the_worst_cart(takes: tuple[Take, ...], floor: int, outcome: str, margin_bp: int | None) -> None:
    verdict = rules.worst_cart([MUG, POT], takes, floor)
    assert verdict.outcome == outcome, verdict.told()
    if margin_bp is not None:
        assert verdict.worst is not None
        assert abs(verdict.worst.margin_bp - margin_bp) <= 1


def test_no_floor_allows_everything() -> None:
    assert rules.worst_cart([MUG, POT], [FRIEND, PAIR], None).outcome == "fine"


def test_the_reason_names_the_cart() -> None:
    told = rules.worst_cart([MUG, POT], [FRIEND, PAIR], 2500).told()
    assert told == {"goods": "Mug + Pot", "programmes": ["Friends", "Mug and pot"], "left_bp": 2380, "floor_bp": 2500}
    assert texts.say("en", "errors.margin", **told) == "Mug + Pot with Friends and Mug and pot would leave 23.8% margin; your floor is 25%."
    german = texts.say("de", "errors.margin", **told)
    assert german == "Mug + Pot mit Friends und Mug and pot ließe 23,8\xa0% Marge; deine Mindestmarge ist 25\xa0%."


@pytest.mark.parametrize(("subtotal", "cost", "floor", "others", "told"), [
    (8500, 7000, 1000, 0, 650), (8500, 7000, 1000, 300, 350), (8500, 8000, 1000, 0, 0), (8500, None, 1000, 0, None),
    (8500, 7000, None, 0, None), (0, 0, 1000, 0, 0)])
def test_the_room_for_a_reward(subtotal: int, cost: int | None, floor: int | None, others: int, told: int | None) -> None:
    room = rules.room(Money(subtotal, "GBP"), None if cost is None else Money(cost, "GBP"), floor, [Money(others, "GBP")])
    assert room == (None if told is None else Money(told, "GBP"))


@pytest.mark.parametrize(("worth", "whole", "allowed", "told"), [(500, 1000, 650, 325), (1000, 1000, 650, 650), (500, 1000, None, 500),
                                                                 (500, 1000, 2000, 500), (500, 1000, 0, 0)])
def test_trimming_keeps_the_proportion(worth: int, whole: int, allowed: int | None, told: int) -> None:
    limit = None if allowed is None else Money(allowed, "GBP")
    assert rules.trim(Money(worth, "GBP"), Money(whole, "GBP"), limit) == Money(told, "GBP")


def test_costs_come_from_the_mirror_or_from_the_merchants_share(stage: Stage) -> None:
    with stage.context.transaction() as session:
        for id, title, price, item in (("7", "Mug", 1000, "71"), ("8", "Pot", 5000, "81")):
            session.add(Product(shop_id=stage.shop_id, id=id, title=title, handle=title, status="active", updated_at=START))
            session.add(Variant(shop_id=stage.shop_id, id=id + "0", product_id=id, position=1, title="Default", inventory_item_id=item,
                                amount=price, currency="GBP", updated_at=START))
        session.add(Cost(shop_id=stage.shop_id, inventory_item_id="81", amount=3000, currency="GBP", updated_at=START))
        session.flush()
        assert flows.check(session, stage.shop_id, [FRIEND], currency="GBP").outcome == "fine"
        flows.set_floor(session, stage.shop_id, floor_bp=3000, cost_bp=None, now=START)
        assert flows.check(session, stage.shop_id, [FRIEND], currency="GBP").outcome == "refuse"
        flows.set_floor(session, stage.shop_id, floor_bp=2900, cost_bp=4000, now=START)
        assert flows.check(session, stage.shop_id, [FRIEND], currency="GBP").outcome == "fine"
        flows.set_floor(session, stage.shop_id, floor_bp=2900, cost_bp=9000, now=START)
        assert flows.check(session, stage.shop_id, [FRIEND], currency="GBP").outcome == "refuse"


def test_a_floor_is_a_share(stage: Stage) -> None:
    with stage.context.transaction() as session, pytest.raises(Refused):
        flows.set_floor(session, stage.shop_id, floor_bp=10_001, cost_bp=None, now=START)

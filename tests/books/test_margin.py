"""The margin guard: the worst cart that a programme allows, and the room for a reward."""

from dataclasses import replace

import pytest

from plugin.errors import Refused
from plugin.margin import codes, flows, rules
from plugin.margin.rules import Floors, Good, Sold, Take, Verdict
from plugin.margin.rules.codes import ShopDiscount
from plugin.messaging import texts
from plugin.mirror.tables import Cost, Product, Variant
from plugin.money import Money
from tests.books.stage import START, Stage

MUG = Good("7", "Mug", 1000, 400)
POT = Good("8", "Pot", 5000, 3000)
FRIEND = Take("Friends", "friend_discount", rate_bp=1500, own_class="order", combines=frozenset({"product"}))
COSTLY = replace(FRIEND, minimum=Money(6000, "GBP"))
TENNER = Take("Tenner", "friend_discount", amount=Money(1000, "GBP"))
PARTNER = Take("Partner", "commission", rate_bp=1000)


@pytest.mark.parametrize(("takes", "floor", "outcome", "margin_bp"), [
    ((FRIEND,), 2500, "fine", 2941),                                   # pot: (4250 - 3000) / 4250
    ((FRIEND,), 3000, "refuse", 2941),
    ((FRIEND, replace(FRIEND, rate_bp=500)), 2900, "fine", 2941),      # one order has one friend's discount
    ((PARTNER,), 3500, "refuse", 3000),
    ((FRIEND, PARTNER), 2500, "refuse", 1941),
    ((TENNER,), 0, "refuse", -10000),
    ((Take("Tenner", "friend_discount", amount=Money(1000, "GBP"), minimum=Money(5000, "GBP")),), 2000, "fine", 2500),
    ((Take("Post", "friend_discount", rate_bp=10000, own_class="shipping"),), 4000, "fine", 4000),
    ((), 9000, "fine", None),
])
def test_the_worst_cart(takes: tuple[Take, ...], floor: int, outcome: str, margin_bp: int | None) -> None:
    verdict = rules.worst_cart([MUG, POT], takes, Floors(floor))
    assert verdict.outcome == outcome, verdict.told()
    if margin_bp is not None:
        assert verdict.worst is not None
        assert abs(verdict.worst.margin_bp - margin_bp) <= 1


SUMMER = Take("SUMMER", "code", rate_bp=1000, own_class="order", combines=frozenset({"order", "product"}))
GOODS_CODE = Take("MUGS", "code", rate_bp=1000, own_class="product", combines=frozenset({"order"}))
POST = Take("POST", "code", rate_bp=10_000, own_class="shipping", combines=frozenset({"order"}))
OPEN = replace(FRIEND, combines=frozenset({"order", "product"}))


def named(verdict: Verdict) -> list[str]:
    return [take.programme for take in verdict.worst.takes] if verdict.worst else []


@pytest.mark.parametrize(("takes", "codes", "floor", "outcome", "among"), [
    ((OPEN,), (SUMMER,), 2001, "refuse", ["Friends", "SUMMER"]),               # the pot at 25 % off: (3750 - 3000) / 3750
    ((OPEN,), (SUMMER,), 2000, "fine", ["Friends", "SUMMER"]),
    ((FRIEND,), (SUMMER,), 2900, "fine", ["Friends"]),                         # it stands beside no discount on the order
    ((OPEN,), (replace(SUMMER, combines=frozenset()),), 2900, "fine", ["Friends"]),
    ((OPEN,), (SUMMER, GOODS_CODE), 1000, "refuse", ["Friends", "SUMMER", "MUGS"]),  # 3250 for what costs 3000
    ((OPEN,), (SUMMER, replace(GOODS_CODE, combines=frozenset({"shipping"}))), 1900, "fine", ["Friends", "SUMMER"]),
    ((PARTNER,), (SUMMER,), 2500, "refuse", ["SUMMER", "Partner"]),
    ((OPEN,), (POST,), 2900, "fine", ["Friends"]),
])
def test_codes_that_the_merchant_lets_stand_beside(takes: tuple[Take, ...], codes: tuple[Take, ...], floor: int, outcome: str,
                                                   among: list[str]) -> None:
    verdict = rules.worst_cart([MUG, POT], takes, Floors(floor), codes)
    assert (verdict.outcome, named(verdict)) == (outcome, among), verdict.told()


@pytest.mark.parametrize(("floors", "outcome", "goods", "floor"), [
    (Floors(2500), "fine", "Pot", 2500),
    (Floors(2500, {"7": 5500}), "refuse", "Mug", 5500),                        # the mug at 850 leaves 52.9 %
    (Floors(2500, {"7": 5000}), "fine", "Mug", 5000),
    (Floors(None, {"7": 5500}), "refuse", "Mug", 5500),                        # a product's own floor alone
    (Floors(None, {"99": 9000}), "fine", None, None),
    (Floors(2500, {}, ((6000, frozenset({"7"})),)), "refuse", "Mug", 6000),    # a collection's, vendor's or tag's
    (Floors(3500, {"8": 1000}), "fine", "Mug", 3500),                          # the pot may go lower
])
def test_each_product_is_held_to_its_own_floor(floors: Floors, outcome: str, goods: str | None, floor: int | None) -> None:
    verdict = rules.worst_cart([MUG, POT], [FRIEND], floors)
    assert (verdict.outcome, verdict.told().get("goods"), verdict.told().get("floor_bp")) == (outcome, goods, floor)


def test_no_floor_allows_everything() -> None:
    assert rules.worst_cart([MUG, POT], [FRIEND], Floors()).outcome == "fine"


def test_the_reason_names_the_cart() -> None:
    told = rules.worst_cart([MUG, POT], [COSTLY, PARTNER], Floors(3500)).told()
    assert told == {"goods": "2 × Pot", "programmes": ["Friends", "Partner"], "left_bp": 1941, "floor_bp": 3500}
    assert texts.say("en", "errors.margin", **told) == "2 × Pot with Friends and Partner would leave 19.41% margin; your floor is 35%."
    german = texts.say("de", "errors.margin", **told)
    assert german == "2 × Pot mit Friends und Partner ließe 19,41\xa0% Marge; deine Mindestmarge ist 35\xa0%."


@pytest.mark.parametrize(("subtotal", "cost", "floor", "others", "told"), [
    (8500, 7000, 1000, 0, 650), (8500, 7000, 1000, 300, 350), (8500, 8000, 1000, 0, 0), (8500, None, 1000, 0, None),
    (8500, 7000, None, 0, None), (0, 0, 1000, 0, 0)])
def test_the_room_for_a_reward(subtotal: int, cost: int | None, floor: int | None, others: int, told: int | None) -> None:
    room = rules.room([Sold("1", subtotal, cost)], Floors(floor), [Money(others, "GBP")], "GBP")
    assert room == (None if told is None else Money(told, "GBP"))


POOR, RICH, FREE = Sold("1", 2000, 1500), Sold("2", 8000, 2000), Sold("3", 0, 100)


@pytest.mark.parametrize(("sold", "floors", "told"), [
    ([POOR, RICH], Floors(2000), 4500),
    ([POOR, RICH], Floors(2000, {"1": 2000}), 500),
    ([POOR, RICH], Floors(None, {"1": 2000}), 500),
    ([POOR, RICH], Floors(None, {"1": 3000}), 0),
    ([POOR, RICH], Floors(None, {"2": 2000}), 5500),
    ([POOR, RICH], Floors(2000, groups=((2000, frozenset({"1"})),)), 500),
    ([RICH, FREE], Floors(2000), 4300),
    ([RICH, FREE], Floors(2000, {"3": 0}), 0),
    ([RICH, replace(POOR, cost=None)], Floors(None, {"2": 2000}), 5500),
    ([RICH, replace(POOR, cost=None)], Floors(2000), None),
    ([POOR, RICH], Floors(None, {"9": 2000}), None),
], ids=["shared", "poor-alone", "poor-only", "poor-broken", "rich-only", "collection", "gift-carried", "gift-alone", "unknown-elsewhere",
        "unknown", "none-bought"])
def test_goods_with_a_floor_of_their_own_bear_their_part_themselves(sold: list[Sold], floors: Floors, told: int | None) -> None:
    """Half of 1,500 above: the poor good brought a fifth of the order, so its 100 left bear a reward of 500."""
    assert rules.room(sold, floors, [], "GBP") == (None if told is None else Money(told, "GBP"))


def test_a_floor_of_its_own_is_not_made_up_for() -> None:
    assert rules.keeps([POOR, RICH], Floors(3000)) and not rules.keeps([POOR, RICH], Floors(3000, {"1": 3000}))
    assert rules.keeps([replace(POOR, cost=None)], Floors(3000)) is None


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
        assert flows.check(session, stage.shop_id, [FRIEND], currency="GBP", now=START).outcome == "fine"
        flows.set_floor(session, stage.shop_id, floor_bp=3000, cost_bp=None, now=START)
        assert flows.check(session, stage.shop_id, [FRIEND], currency="GBP", now=START).outcome == "refuse"
        flows.set_floor(session, stage.shop_id, floor_bp=2900, cost_bp=4000, now=START)
        assert flows.check(session, stage.shop_id, [FRIEND], currency="GBP", now=START).outcome == "fine"
        flows.set_floor(session, stage.shop_id, floor_bp=2900, cost_bp=9000, now=START)
        assert flows.check(session, stage.shop_id, [FRIEND], currency="GBP", now=START).outcome == "refuse"


def test_a_floor_is_a_share(stage: Stage) -> None:
    with stage.context.transaction() as session, pytest.raises(Refused):
        flows.set_floor(session, stage.shop_id, floor_bp=10_001, cost_bp=None, now=START)


def test_a_programme_is_weighed_with_closer_floors_and_with_the_codes_that_are_marked(stage: Stage) -> None:
    both = frozenset({"product", "order"})
    with stage.context.transaction() as session:
        session.add(Product(shop_id=stage.shop_id, id="7", title="Mug", handle="mug", status="active", updated_at=START, vendor="Kiln"))
        session.add(Variant(shop_id=stage.shop_id, id="70", product_id="7", position=1, title="Default", inventory_item_id="71",
                            amount=1000, currency="GBP", updated_at=START))
        flows.set_floor(session, stage.shop_id, floor_bp=2500, cost_bp=4000, now=START)

        def outcome() -> str:
            return flows.check(session, stage.shop_id, [OPEN], currency="GBP", now=START).outcome

        assert outcome() == "fine"
        flows.set_floor_of(session, stage.shop_id, "vendor", "kiln", floor_bp=5500, now=START)
        assert outcome() == "refuse"
        flows.set_floor_of(session, stage.shop_id, "vendor", "kiln", floor_bp=None, now=START)
        codes.keep(session, stage.shop_id, [ShopDiscount("9", "HALF", "HALF", frozenset({"order"}), both, rate_bp=5000)], now=START)
        assert outcome() == "fine", "what is not marked stands beside nothing of ours by leave"
        codes.count(session, stage.shop_id, "9", counted=True, now=START)
        assert outcome() == "refuse"
        flows.set_floor(session, stage.shop_id, floor_bp=None, cost_bp=4000, now=START)
        assert outcome() == "fine"

"""What is suggested, and why: affinity before popularity, wishes before all, nothing that cannot be bought."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision
from plugin.errors import Refused
from plugin.messaging.texts import tell
from plugin.offers.mining import flows
from plugin.shops.tables import Shop
from tests.mining.conftest import NOON, Stall


def test_what_goes_together_and_not_what_sells_best(busy: Stall) -> None:
    first, second = busy.suggests("tea", limit=2)
    assert (first.product_id, first.key) == ("milk", "recommendations.together_all")
    assert first.facts == {"together": 40, "orders": 80, "fewer_than": first.facts["fewer_than"], "product": "Tea"}
    assert (second.product_id, second.key) == ("soap", "recommendations.popular"), "soap is in half of all orders: that is no affinity"


def test_the_reason_can_be_read(busy: Stall) -> None:
    why = busy.suggests("tea", limit=1)[0]
    assert tell("en", {"key": why.key, **why.facts}).startswith("In 40 of 80 orders with Tea. By chance alone: fewer than ")


@pytest.mark.parametrize("market", ["FR", "GB"])
def test_each_market_has_its_own_where_it_is_large_enough(stall: Stall, market: str) -> None:
    for turn in range(150):
        stall.buys("tea", "milk", days_ago=turn, country="GB")
        stall.buys("tea", "jam", days_ago=turn, country="FR")
        stall.buys("bread", days_ago=turn, country="GB")
        stall.buys("bread", days_ago=turn, country="FR")
    stall.mine()
    wanted, key = {"GB": "milk", "FR": "jam"}[market], "recommendations.together_market"
    assert [(one.product_id, one.key) for one in stall.suggests("tea", limit=1, market=market)] == [(wanted, key)]
    assert stall.suggests("tea", limit=1, market="DE")[0].key == "recommendations.together_all"


def test_a_market_with_few_orders_reads_the_whole_shops(busy: Stall) -> None:
    busy.buys("tea", "jam", country="NZ")
    busy.mine()
    assert busy.suggests("tea", limit=1, market="NZ")[0].key == "recommendations.together_all"


def test_referred_friends_are_a_segment_of_their_own(stall: Stall) -> None:
    for turn in range(120):
        for goods in (("tea", "jam"), ("bread",)):
            stall.session.add(Decision(shop_id=stall.shop_id, order_id=stall.buys(*goods, days_ago=turn), verdict="attributed", trace=[],
                                       ordered_at=NOON, decided_at=NOON, currency="GBP", net=0))
        stall.buys("tea", "milk", days_ago=turn)
        stall.buys("tea", "milk", days_ago=turn)
        stall.buys("bread", days_ago=turn)
    stall.mine()
    first = {segment: stall.names("tea", limit=1, segment=segment) for segment in ("referred", "new", None)}
    assert first == {"referred": ["jam"], "new": ["milk"], None: ["milk"]}
    assert stall.suggests("tea", limit=1, segment="referred")[0].key == "recommendations.together_referred"


def test_newer_orders_weigh_more(stall: Stall) -> None:
    for turn in range(60):
        stall.buys("tea", "milk", days_ago=700 + turn)
        stall.buys("tea", "jam", days_ago=turn)
        stall.buys("bread", days_ago=turn * 12)
    stall.mine()
    assert stall.names("tea", limit=2) == ["jam", "milk"]


def test_a_pin_is_first_and_a_ban_is_never(busy: Stall) -> None:
    flows.pin(busy.session, busy.shop_id, "tea", "jam", by="anna", now=NOON)
    flows.ban(busy.session, busy.shop_id, "tea", "milk", by="anna", now=NOON)
    assert [(one.product_id, one.key) for one in busy.suggests("tea", limit=1)] == [("jam", "recommendations.pinned")]
    assert "milk" not in busy.names("tea", limit=10)
    assert busy.names("milk", limit=1) == ["tea"], "beside the other one it may still stand"
    flows.clear(busy.session, busy.shop_id, "tea", "milk")
    flows.clear(busy.session, busy.shop_id, "tea", "jam")
    assert busy.names("tea", limit=1) == ["milk"]


def test_a_ban_everywhere_holds_unless_pinned_beside_one(busy: Stall) -> None:
    flows.ban(busy.session, busy.shop_id, flows.ANY, "milk", by=None, now=NOON)
    assert "milk" not in busy.names("tea", limit=10)
    flows.pin(busy.session, busy.shop_id, "tea", "milk", by=None, now=NOON)
    assert busy.names("tea", limit=1) == ["milk"]
    assert "milk" not in busy.names("bread", limit=10)


@pytest.mark.parametrize(("product", "other", "reason"), [
    ("tea", "tea", "suggestion"), ("tea", "nothing", "suggestion"), ("nothing", "tea", "suggestion")])
def test_a_wish_names_two_products_of_the_shop(stall: Stall, product: str, other: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        flows.pin(stall.session, stall.shop_id, product, other, by=None, now=NOON)
    assert refused.value.reason == reason


def test_wishes_have_an_end(stall: Stall) -> None:
    for number in range(flows.MOST_WISHES):
        stall.offers(f"p{number}")
        flows.ban(stall.session, stall.shop_id, "tea", f"p{number}", by=None, now=NOON)
    with pytest.raises(Refused, match="as many"):
        flows.ban(stall.session, stall.shop_id, "tea", "milk", by=None, now=NOON)
    flows.pin(stall.session, stall.shop_id, "tea", "p0", by=None, now=NOON)


@pytest.mark.parametrize("told", [{"stock": 0}, {"status": "draft"}, {"stock": -3}], ids=str)
def test_what_cannot_be_bought_is_not_shown(busy: Stall, told: dict[str, Any]) -> None:
    busy.offers("milk", **told)
    assert "milk" not in busy.names("tea", limit=10)
    busy.offers("milk", stock=None)
    assert busy.names("tea", limit=1) == ["milk"]


def test_a_new_product_borrows_from_its_like(busy: Stall) -> None:
    busy.offers("tea", kind="Tea", vendor="Leaf")
    busy.offers("new", kind="Tea", vendor="Leaf")
    first = busy.suggests("new", limit=1)[0]
    assert (first.product_id, first.key, first.facts) == ("milk", "recommendations.alike", {"kind": "Tea", "product": "New"})


def test_a_new_product_of_a_known_vendor_is_beside_its_best_sellers(busy: Stall) -> None:
    busy.offers("jam", vendor="Orchard")
    busy.offers("new", vendor="orchard")
    found = busy.suggests("new", limit=2)
    assert [(one.product_id, one.key) for one in found] == [("jam", "recommendations.vendor"), ("soap", "recommendations.popular")]


def test_prices_that_are_near_come_first_among_best_sellers(busy: Stall) -> None:
    for product in ("soap", "bread", "jam", "milk"):
        busy.offers(product, price=90_000)
    assert busy.names("new", limit=1) == ["tea"]


def test_a_cart_is_answered_as_one(busy: Stall) -> None:
    assert {"tea", "milk", "jam"}.isdisjoint(busy.names("tea", "milk", "jam", limit=10))


@pytest.mark.parametrize("cart", [(), ("nothing",), ("x" * 500,), tuple(str(number) for number in range(300))], ids=len)
def test_a_shop_without_orders_and_a_cart_without_sense(stall: Stall, cart: tuple[str, ...]) -> None:
    assert stall.suggests(*cart) == []


def test_another_shop_learns_nothing(south: Shop, busy: Stall, session: Session) -> None:
    other = Stall(session, south.id)
    other.offers("tea")
    other.offers("milk")
    other.buys("tea")
    other.mine()
    assert other.names("tea") == []
    flows.forget_shop(session, south.id)
    assert busy.names("tea", limit=1) == ["milk"]


def test_a_shop_that_is_gone_is_forgotten(busy: Stall) -> None:
    flows.pin(busy.session, busy.shop_id, "tea", "jam", by=None, now=NOON)
    flows.forget_shop(busy.session, busy.shop_id)
    assert busy.suggests("tea") == []

"""Pairs: guarded when saved, made once at Shopify whatever is lost, shown with real data or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin import clock
from plugin.app import create_app
from plugin.context import Context
from plugin.errors import NotFound, Refused, TryAgain
from plugin.margin import flows as margin
from plugin.margin.rules import worst_cart
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product as ProductValue
from plugin.mirror.rules import Variant as VariantValue
from plugin.money import Money
from plugin.offers import deliveries, flows, rules, tables
from plugin.offers.flows import Wish
from plugin.offers.rules import PairTerms
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.referrals import flows as referrals
from plugin.shopify.failures import OutcomeUnknown, UserErrors
from plugin.shops.tables import Shop
from tests.rules.cast import NOON, uid
from tests.rules.shopfront import FORM, Storefront, programme

MUG, TRAY, BAG = "11", "12", "13"
WISH = Wish(MUG, TRAY, 1500)


def stocked(session: Session, shop: Shop, *, cost: int = 1000) -> None:
    """A mug for 20.00, a tray for 10.00, a bag for 30.00; each costs ``cost`` minor units."""
    for product_id, title, price in ((MUG, "Mug", 2000), (TRAY, "Tray", 1000), (BAG, "Bag", 3000)):
        session.add_all([
            mirror.Product(shop_id=shop.id, id=product_id, title=title, handle=title.lower(), status="active", image=None, updated_at=NOON),
            mirror.Variant(shop_id=shop.id, id=f"{product_id}1", product_id=product_id, position=0, title="Default", amount=price,
                           currency=shop.currency, inventory_item_id=f"{product_id}2", stock=5, updated_at=NOON),
            mirror.Cost(shop_id=shop.id, inventory_item_id=f"{product_id}2", amount=cost, currency=shop.currency, updated_at=NOON)])
    session.flush()


@dataclass
class PairsAtShopify:
    """Knows automatic buy-X-get-Y discounts and nothing else. ``fail`` the next call "before" or "after" its effect."""

    discounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fail: str | list[str] | None = None

    def call(self, operation: str, /, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        self.calls.append(operation)
        fail, self.fail = self.fail, None
        if isinstance(fail, list):
            raise UserErrors(operation, [{"code": code, "message": f"{code}!"} for code in fail], {})
        if fail == "before":
            raise OutcomeUnknown("reset")
        answer: dict[str, Any] = getattr(self, operation)(**variables)
        if fail == "after":
            raise OutcomeUnknown("reset")
        return answer

    def discount_bxgy_create(self, discount: dict[str, Any]) -> dict[str, Any]:
        number = str(100 + len(self.calls))
        self.discounts[number] = {"title": discount["title"], "tags": discount["tags"], "combines": discount["combinesWith"],
                                  "first": set(), "second": set()}
        self._set(number, discount)
        return {"discountAutomaticBxgyCreate": {"automaticDiscountNode": {"id": f"gid://shopify/DiscountAutomaticNode/{number}"}}}

    def discount_bxgy_update(self, id: str, discount: dict[str, Any]) -> dict[str, Any]:
        if id.rpartition("/")[2] not in self.discounts:
            raise UserErrors("discount_bxgy_update", [{"code": "INVALID", "message": "Discount does not exist."}], {})
        self._set(id.rpartition("/")[2], discount)
        return {"discountAutomaticBxgyUpdate": {"automaticDiscountNode": {"id": id}}}

    def discount_automatic_delete(self, id: str) -> dict[str, Any]:
        if self.discounts.pop(id.rpartition("/")[2], None) is None:
            raise UserErrors("discount_automatic_delete", [{"code": "INVALID", "message": "gone"}], {})
        return {}

    def discounts_by_title(self, query: str) -> dict[str, Any]:
        return {"discountNodes": {"nodes": [
            {"id": f"gid://shopify/DiscountAutomaticNode/{number}",
             "discount": {"__typename": "DiscountAutomaticBxgy", "tags": one["tags"]}}
            for number, one in self.discounts.items() if one["title"] in query]}}

    def _set(self, number: str, discount: dict[str, Any]) -> None:
        for side, name in (("first", "customerBuys"), ("second", "customerGets")):
            change = discount[name]["items"]["products"]
            kept = self.discounts[number][side] - set(change.get("productsToRemove", []))
            self.discounts[number][side] = kept | set(change["productsToAdd"])
        self.discounts[number]["rate"] = discount["customerGets"]["value"]["discountOnQuantity"]["effect"]["percentage"]

    def pairs(self) -> list[tuple[set[str], set[str], float]]:
        return [(names(one["first"]), names(one["second"]), one["rate"]) for one in self.discounts.values()]


def names(gids: set[str]) -> set[str]:
    return {gid.rpartition("/")[2] for gid in gids}


@pytest.fixture
def shopify(monkeypatch: pytest.MonkeyPatch) -> PairsAtShopify:
    fake = PairsAtShopify()
    monkeypatch.setattr("plugin.shops.reads.admin_api", lambda _context, _shop_id: fake)
    return fake


@pytest.fixture
def stocked_north(context: Context, north: Shop) -> Iterator[Shop]:
    with context.transaction() as session:
        stocked(session, north)
    yield north


def saved(context: Context, shop: Shop, wish: Wish = WISH, pair_id: UUID | None = None) -> UUID:
    with context.transaction() as session:
        return flows.save_pair(session, shop.id, wish, currency=shop.currency, now=clock.now(), pair_id=pair_id).id


def deliver(context: Context) -> int:
    """Everything that is due, as a worker does it. Returns how many attempts failed."""
    failed = 0
    while True:
        with context.transaction() as session:
            leases = outbox.lease(session, {"pair_publish": outbox.Terms(1, 60)})
        if not leases:
            return failed
        try:
            deliveries.publish_pair(context, leases)
        except TryAgain:
            failed += 1
            with context.transaction() as session:
                outbox.postpone(session, leases[0], seconds=0)


def state(context: Context, shop: Shop, pair_id: UUID) -> tuple[str, str | None]:
    with context.transaction() as session:
        row = tables.pair(session, shop.id, pair_id)
        return row.state, row.external_id


def test_saved_published_changed_removed(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    assert state(context, stocked_north, pair_id) == ("publishing", None) and deliver(context) == 0
    assert shopify.pairs() == [({MUG}, {TRAY}, 0.15)] and state(context, stocked_north, pair_id)[0] == "live"
    saved(context, stocked_north, Wish(MUG, BAG, 2000), pair_id)
    assert deliver(context) == 0 and shopify.pairs() == [({MUG}, {BAG}, 0.2)]
    with context.transaction() as session:
        flows.remove_pair(session, stocked_north.id, pair_id, now=clock.now())
    assert deliver(context) == 0 and shopify.pairs() == [] and state(context, stocked_north, pair_id) == ("removed", None)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_makes_no_second_discount(context: Context, stocked_north: Shop, shopify: PairsAtShopify, when: str) -> None:
    pair_id = saved(context, stocked_north)
    shopify.fail = when
    assert deliver(context) == 1
    assert shopify.pairs() == [({MUG}, {TRAY}, 0.15)] and state(context, stocked_north, pair_id)[0] == "live"


@pytest.mark.parametrize("when", ["before", "after"])
def test_changed_while_the_answer_was_lost(context: Context, stocked_north: Shop, shopify: PairsAtShopify, when: str) -> None:
    pair_id = saved(context, stocked_north)
    shopify.fail = when
    with context.transaction() as session:
        leases = outbox.lease(session, {"pair_publish": outbox.Terms(1, 60)})
    with pytest.raises(TryAgain):
        deliveries.publish_pair(context, leases)
    with context.transaction() as session:
        outbox.postpone(session, leases[0], seconds=0)
    saved(context, stocked_north, Wish(BAG, MUG, 1000), pair_id)
    assert deliver(context) == 0 and shopify.pairs() == [({BAG}, {MUG}, 0.1)]


def test_removed_before_it_was_made(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    with context.transaction() as session:
        flows.remove_pair(session, stocked_north.id, pair_id, now=clock.now())
        flows.remove_pair(session, stocked_north.id, pair_id, now=clock.now())
    assert deliver(context) == 0 and shopify.discounts == {} and state(context, stocked_north, pair_id)[0] == "removed"
    with pytest.raises(Refused), context.transaction() as session:
        flows.save_pair(session, stocked_north.id, WISH, currency="GBP", now=clock.now(), pair_id=pair_id)


def test_removing_what_the_merchant_deleted_already(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    deliver(context)
    shopify.discounts.clear()
    with context.transaction() as session:
        flows.remove_pair(session, stocked_north.id, pair_id, now=clock.now())
    assert deliver(context) == 0 and state(context, stocked_north, pair_id)[0] == "removed"


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "webhook lost"])
def test_deleted_by_the_merchant_and_saved_again(context: Context, stocked_north: Shop, shopify: PairsAtShopify, is_told: bool) -> None:
    pair_id = saved(context, stocked_north)
    deliver(context)
    [gone] = shopify.discounts
    shopify.discounts.clear()
    if is_told:
        with context.transaction() as session:
            assert flows.discount_gone(session, stocked_north.id, gone, clock.now())
            assert not flows.discount_gone(session, stocked_north.id, gone, clock.now())
        assert state(context, stocked_north, pair_id) == ("failed", None)
    saved(context, stocked_north, Wish(MUG, BAG, 2000), pair_id)
    assert deliver(context) == 0 and shopify.pairs() == [({MUG}, {BAG}, 0.2)]
    assert state(context, stocked_north, pair_id)[0] == "live"


def test_shopify_refuses_and_the_merchant_reads_why(context: Context, stocked_north: Shop, shopify: PairsAtShopify) -> None:
    pair_id = saved(context, stocked_north)
    shopify.fail = ["MAX_APP_DISCOUNTS"]
    deliver(context)
    with context.transaction() as session:
        row = tables.pair(session, stocked_north.id, pair_id)
        assert row.state == "failed" and "MAX_APP_DISCOUNTS" in row.reason
        assert session.scalars(select(Delivery.state)).all() == ["dead"]


@pytest.mark.parametrize("wish", [Wish(MUG, MUG, 1500), Wish(MUG, "99", 1500), Wish("", TRAY, 1500), Wish(MUG, TRAY, 0),
                                  Wish(MUG, TRAY, 9001), Wish("1 or 1=1", TRAY, 1500)])
def test_faulty_pairs(session: Session, north: Shop, wish: Wish) -> None:
    stocked(session, north)
    with pytest.raises(Refused):
        flows.save_pair(session, north.id, wish, currency="GBP", now=NOON)


def test_a_pair_is_made_once(session: Session, north: Shop, south: Shop) -> None:
    stocked(session, north)
    pair = flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
    with pytest.raises(Refused):
        flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
    with pytest.raises(NotFound):
        flows.remove_pair(session, south.id, pair.id, now=NOON)


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
        with pytest.raises(Refused, match="the floor is 17 %"):
            flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
        return
    pair = flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
    assert pair.combines == ([] if outcome == "separate" else ["order", "shipping"])
    assert ("12.28 % margin" in pair.reason) == (outcome == "separate")


@pytest.mark.parametrize(("floor", "outcome"), BY_FLOOR)
def test_the_guard_at_a_programme(session: Session, north: Shop, floor: int | None, outcome: str) -> None:
    at_floor(session, north, floor)
    flows.save_pair(session, north.id, WISH, currency="GBP", now=NOON)
    draft = referrals.save_programme(session, north.id, {**FORM, "combines": ["product", "shipping"]}, currency="GBP", now=NOON)
    if outcome == "refuse":
        with pytest.raises(Refused, match="the floor is 17 %"):
            flows.publish_programme(session, north.id, draft.id, currency="GBP", now=NOON)
        return
    version, verdict = flows.publish_programme(session, north.id, draft.id, currency="GBP", now=NOON)
    assert verdict.outcome == outcome
    assert version.combines == ({"shipping"} if outcome == "separate" else {"product", "shipping"})


def test_a_discount_too_deep_even_alone(session: Session, north: Shop) -> None:
    at_floor(session, north, 1000)
    with pytest.raises(Refused, match="the floor is 10 %"):
        flows.save_pair(session, north.id, replace(WISH, basis_points=9000), currency="GBP", now=NOON)


def test_a_pairs_take() -> None:
    pair = PairTerms(uid(1), MUG, TRAY, 1500, frozenset({"order"}), "Bought together", NOON)
    take = pair.take()
    assert (take.kind, take.rate_bp, take.pair, take.own_class) == ("bundle", 1500, (MUG, TRAY), "product")
    assert worst_cart([], [take], 1000).outcome == "fine"


def half(product_id: str, price: int, **changes: Any) -> ProductValue:  # noqa: ANN401
    variant = VariantValue(f"{product_id}1", "Default", None, Money(price, "GBP"), None, None, 5)
    product = ProductValue(product_id, f"P{product_id}", f"p-{product_id}", "active", None, NOON, (variant,))
    return replace(product, **changes)


PAIR = PairTerms(uid(1), MUG, TRAY, 1500, frozenset(), "t", NOON)


def test_what_the_block_shows() -> None:
    found = rules.shown(PAIR, [half(MUG, 2000), half(TRAY, 999)], "en")
    assert found is not None
    assert found["saving"] == {"amount": 150, "display": "£1.50"} and found["total"] == {"amount": 2849, "display": "£28.49"}
    assert found["first"]["variant_id"] == "111" and found["second"]["url"] == "/products/p-12" and found["discount_bp"] == 1500


GONE = VariantValue("121", "Default", None, Money(999, "GBP"), None, None, 0)


@pytest.mark.parametrize("second", [
    [], [half(TRAY, 999, status="draft")], [half(TRAY, 999, status="archived")], [half(TRAY, 999, variants=())],
    [half(TRAY, 999, variants=(GONE,))], [half(TRAY, 999, variants=(replace(GONE, stock=-2),))]])
def test_what_cannot_be_bought_is_not_offered(second: list[ProductValue]) -> None:
    assert rules.shown(PAIR, [half(MUG, 2000), *second], "en") is None
    assert rules.shown(PAIR, second, "en") is None


def test_the_next_variant_is_offered_when_one_is_gone() -> None:
    more = replace(GONE, id="122", stock=None, compare_at=Money(1200, "GBP"))
    found = rules.shown(PAIR, [half(MUG, 2000), half(TRAY, 999, variants=(GONE, more))], "de")
    assert found is not None and found["second"]["variant_id"] == "122"
    assert found["second"]["compare_at"]["amount"] == 1200


def test_pair_json(context: Context, stocked_north: Shop, shopify: PairsAtShopify, south: Shop) -> None:
    app = create_app(context)
    pair_id = saved(context, stocked_north)
    visitor = Storefront(app, context.settings, stocked_north)
    assert visitor.get("pair.json", product=MUG).get_json() == {"pair": None}
    deliver(context)
    found = visitor.get("pair.json", product=MUG).get_json()["pair"]
    assert (found["first"]["product_id"], found["second"]["product_id"], found["total"]["amount"]) == (MUG, TRAY, 2850)
    assert visitor.get("pair.json", product=TRAY).get_json()["pair"] == found
    for product in ("", "99", "x", "11,12", "٣", "1" * 400):
        assert visitor.get("pair.json", product=product).get_json() == {"pair": None}
    assert Storefront(app, context.settings, south).get("pair.json", product=MUG).get_json() == {"pair": None}
    with context.transaction() as session:
        session.get_one(mirror.Variant, (stocked_north.id, f"{TRAY}1")).stock = 0
    assert visitor.get("pair.json", product=MUG).get_json() == {"pair": None} and state(context, stocked_north, pair_id)[0] == "live"


def test_titles_tell_pairs_apart() -> None:
    assert rules.title_of("Mug", "Tray", ()) == "Mug + Tray"
    assert rules.title_of("Mug", "Tray", {"Mug + Tray", "Mug + Tray (2)"}) == "Mug + Tray (3)"
    assert rules.title_of('The "big" mug', "Tray\\", ()) == "The big mug + Tray"
    assert len(rules.title_of("x" * 500, "y" * 500, ())) < 255

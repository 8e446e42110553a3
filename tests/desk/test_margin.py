"""The margin page: floors, what they mean while they are typed, and goods whose cost nobody knows."""

from typing import Any

from sqlalchemy import select

from plugin import clock
from plugin.context import Context
from plugin.margin import codes
from plugin.margin import tables as margins
from plugin.margin.rules.codes import ShopDiscount
from plugin.margin.tables import ProductFloor
from plugin.mirror.tables import Collection, CollectionProduct, Cost, Product
from plugin.offers import flows
from plugin.offers.rules.filling import read, suggested
from tests.desk.conftest import CANDLE, VASE, Desk, World, everything, on_one

OWN = {"goods_a": [f"p:{VASE}", "t:clay"], "own": "60"}


def _on(context: Context, desk: Desk, **more: Any) -> None:  # noqa: ANN401 - form fields
    """Three candles or more for less are switched on."""
    values = suggested("tiers", "More candles") | {"goods_a": [f"p:{CANDLE}"], "least_a": "3", "value_a": "40", "outcome": "units", **more}
    for name in ("least_b", "value_b", "least_c", "value_c"):
        values[name] = ""
    with context.transaction() as session:
        wish = read(values, "tiers", "GBP").offer
        assert wish is not None
        made = flows.save_offer(session, desk.shop.id, wish, currency="GBP", now=clock.now())
        flows.publish_offer(session, desk.shop.id, made.id, currency="GBP", now=clock.now())


def test_floors_of_goods_are_set_seen_and_removed(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        session.get_one(Product, (desk.shop.id, CANDLE)).tags = ["Clay"]
    shown = desk.done("/app/margin/own", OWN)
    assert "The floor is set" in shown and "Tag clay" in shown and "Vase" in shown and "60%" in shown
    gone = desk.done("/app/margin/own/removal?scope=tag&name=clay")
    assert "The floor is removed" in gone and "Tag clay" not in gone
    with context.transaction() as session:
        assert [(row.scope, row.name, row.floor_bp) for row in session.scalars(select(ProductFloor))] == [("product", VASE, 6000)]


@on_one
def test_a_collection_has_a_floor_for_what_is_in_it(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        session.add_all([
            Collection(shop_id=desk.shop.id, id="55", title="Table", handle="table", updated_at=clock.now(), stale=False, read_at=None),
            CollectionProduct(shop_id=desk.shop.id, collection_id="55", product_id=CANDLE)])
    assert "Collection Table" in desk.done("/app/margin/own", {"goods_a": "c:55", "own": "60"})
    with context.transaction() as session:
        floors = margins.floors(session, desk.shop.id)
        assert (floors.of(CANDLE), floors.of(VASE)) == (6000, None)
        assert session.get_one(Collection, (desk.shop.id, "55")).stale  # read anew
    assert desk.post("/app/margin/own", {"goods_a": "c:56", "own": "60"}).status_code == 422


@on_one
def test_all_products_means_the_shops_own_floor(desk: Desk, world: World) -> None:
    assert 'value="25"' in desk.done("/app/margin/own", {"goods_a": "everything", "own": "25"})


@on_one
def test_what_is_typed_is_weighed_and_not_kept(context: Context, desk: Desk, world: World) -> None:
    """A candle for 10.00 that is taken to cost 5.00 bears at most a sixth off over a floor of two fifths."""
    _on(context, desk)
    before = everything(context)
    told = desk.post("/app/margin/meaning", {"floor": "40", "cost": "50"}).text
    assert "As you have typed it" in told and "Candle: at most 16.6% off" in told and "Cut" in told
    assert "at most" not in desk.post("/app/margin/meaning", {"floor": "", "cost": "50"}).text
    own = desk.post("/app/margin/meaning", {"goods_a": f"p:{CANDLE}", "own": "40"}).text
    assert "As you have typed it" in own and "at most" not in own  # its cost is not known
    assert "As it stands" in desk.post("/app/margin/meaning", {"floor": "a third"}).text
    assert everything(context) == before


@on_one
def test_goods_of_unknown_cost_are_named(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        session.add(Cost(shop_id=desk.shop.id, inventory_item_id=f"{VASE}1", amount=100, currency="GBP", updated_at=clock.now()))
    shown = desk.get("/app/margin").text
    assert "Products with an unknown cost: 1." in shown and ">Candle</s-link>" in shown and ">Vase</s-link>" not in shown
    assert "No floor is kept for them" in shown
    assert "taken to cost 45% of their price" in desk.done("/app/margin-floor", {"floor": "10", "cost": "45"})


@on_one
def test_a_neighbours_floors_are_not_touched(context: Context, desk: Desk, rival: Desk, world: World) -> None:
    desk.done("/app/margin/own", {**OWN, "goods_a": f"p:{VASE}"})
    assert rival.post(f"/app/margin/own/removal?scope=product&name={VASE}").status_code == 404
    assert rival.post("/app/margin/own", {**OWN, "goods_a": f"p:{VASE}"}).status_code == 422
    assert "Vase" not in rival.get("/app/margin").text


@on_one
def test_discounts_of_the_shops_own_are_asked_for_and_marked(context: Context, desk: Desk, world: World) -> None:
    assert "Not read yet" in desk.get("/app/margin/discounts").text
    assert "are being read" in desk.done("/app/margin/discounts/reading")
    both, known = frozenset({"product", "order"}), clock.now()
    with context.transaction() as session:
        codes.keep(session, desk.shop.id, [
            ShopDiscount("7", "SUMMER", "SUMMER", frozenset({"order"}), both, rate_bp=1000),
            ShopDiscount("8", "Alone", None, both, frozenset()),
            ShopDiscount("9", "Two for one", None, frozenset({"product"}), both)], now=known)
    shown = desk.get("/app/margin/discounts").text
    assert all(one in shown for one in ("You have no margin floor", "Not counted", "Stands alone", "Cannot be counted"))
    assert "Combinable, counted" in desk.done("/app/margin/discounts/7/counting")
    assert "Not counted" in desk.done("/app/margin/discounts/7/leaving")
    assert desk.post("/app/margin/discounts/9/counting").status_code == 422
    assert desk.post("/app/margin/discounts/404/counting").status_code == 404


@on_one
def test_the_builder_says_beside_what_it_does_not_stand(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        codes.keep(session, desk.shop.id, [ShopDiscount("7", "SUMMER", None, frozenset({"order"}), frozenset({"product"}), rate_bp=1000)],
                   now=clock.now())
    form = suggested("tiers", "More") | {"kind": "tiers", "goods_a": f"p:{CANDLE}", "outcome": "units"}
    assert "SUMMER" not in desk.post("/app/offers/preview", form).text
    desk.done("/app/margin-floor", {"floor": "10", "cost": "20"})
    assert "do not stand beside other discounts like SUMMER" in desk.post("/app/offers/preview", form).text

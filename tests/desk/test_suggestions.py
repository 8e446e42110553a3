"""What goes together: why it is suggested, and what the merchant pins, bans and takes back."""

from datetime import date

from sqlalchemy import select

from plugin.context import Context
from plugin.offers.mining import flows as mining
from plugin.offers.mining.tables import Companions, MinedShop, MinedTotal, SuggestionWish
from plugin.shops.tables import Shop
from tests.desk.conftest import CANDLE, VASE, Desk, World, everything, on_one


def _counted(context: Context, shop: Shop) -> None:
    """Of 40 orders with a vase 10 had a candle, where chance would give 2.5, in 200 orders."""
    with context.transaction() as session:
        session.add_all([
            MinedShop(shop_id=shop.id, epoch=date(2026, 1, 2), sellers={}),
            MinedTotal(shop_id=shop.id, scope="/new", orders=200, slots=300, links=200),
            Companions(shop_id=shop.id, product_id=VASE, lists={"/": [[CANDLE, 10, 40, 25, 500_000, True]]})])


def _suggested(context: Context, shop: Shop) -> list[str]:
    with context.transaction() as session:
        return [one.product_id for one in mining.suggest(session, shop.id, [VASE], market=None, limit=3)]


@on_one
def test_each_suggestion_says_why(context: Context, desk: Desk, world: World) -> None:
    assert "No orders have been counted yet" in desk.get("/app/suggestions").text
    _counted(context, desk.shop)
    shown = desk.done("/app/suggestions", {"first": VASE})
    assert "Beside Vase" in shown and "Counted from 200 orders since Nov 1, 2026" in shown
    assert "10 of 40 (25%)" in shown and "4 ×" in shown and "More than chance" in shown
    assert "In 10 of 40 orders with Vase. By chance alone: fewer than 3." in shown


def test_a_ban_and_its_undoing_are_honoured(context: Context, desk: Desk, world: World) -> None:
    _counted(context, desk.shop)
    assert _suggested(context, desk.shop) == [CANDLE]
    told = desk.done("/app/suggestions/wishes", {"beside": VASE, "second": CANDLE, "wish": "ban"})
    assert "Candle is banned" in told and "wish=none" in told and _suggested(context, desk.shop) == []
    again = desk.done(f"/app/suggestions/wishes?beside={VASE}&second={CANDLE}&wish=pin")
    assert "Candle is pinned" in again and "wish=ban" in again and "You pinned it." in again
    assert "Orders decide" in desk.done(f"/app/suggestions/wishes?beside={VASE}&second={CANDLE}&wish=none")
    with context.transaction() as session:
        assert session.scalars(select(SuggestionWish)).all() == []


@on_one
def test_a_ban_beside_every_product(context: Context, desk: Desk, world: World) -> None:
    _counted(context, desk.shop)
    assert "Candle is banned" in desk.done("/app/suggestions/wishes", {"beside": "", "second": CANDLE, "wish": "ban"})
    assert "Banned" in desk.get("/app/suggestions").text and _suggested(context, desk.shop) == []


@on_one
def test_wishes_for_what_is_not_there_are_refused(context: Context, desk: Desk, rival: Desk, world: World) -> None:
    before = everything(context)
    for form in ({"second": "٧١", "wish": "pin"}, {"beside": "x", "second": CANDLE, "wish": "pin"}, {"second": CANDLE, "wish": "love"},
                 {"beside": VASE, "second": VASE, "wish": "ban"}, {}):
        assert desk.post("/app/suggestions/wishes", form).status_code == 422
    assert rival.post("/app/suggestions/wishes", {"beside": VASE, "second": CANDLE, "wish": "ban"}).status_code == 422
    assert "Vase" not in rival.get("/app/suggestions", product=VASE).text
    assert everything(context) == before

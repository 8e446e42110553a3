"""Offers on whatever has a tag: what the builder says of a tag that no product has, and of one that too many have."""

import re
from uuid import UUID

from plugin import clock
from plugin.context import Context
from plugin.mirror import tables as mirror
from plugin.offers import tables
from plugin.shops.tables import Shop
from tests.desk.conftest import CANDLE, VASE, Desk, World, on_one
from tests.desk.test_offers import form, made, saving


def _tagged(context: Context, shop: Shop, tag: str, count: int) -> None:
    """A vase with this tag, and so many products besides."""
    with context.transaction() as session:
        session.get_one(mirror.Product, (shop.id, VASE)).tags = [tag]
        session.add_all([mirror.Product(shop_id=shop.id, id=str(50_000 + at), title=f"Tile {at}", handle=f"tile-{at}", status="active",
                                        image=None, updated_at=clock.now(), tags=[tag]) for at in range(count)])


@on_one
def test_the_builder_says_that_no_product_has_a_tag(context: Context, desk: Desk, world: World) -> None:
    _tagged(context, desk.shop, "Warm", 0)
    page = saving(desk.post("/app/offers/preview", form("tiers", goods_a=["t:warm", "t:gone", "v:Nobody"])).text)
    assert "No product has this any more: tag gone and vendor Nobody." in page and "Vase" in page
    assert "No product has this any more" not in desk.post("/app/offers/preview", form("tiers", goods_a=["t:WARM"])).text


@on_one
def test_a_tag_is_found_once_however_it_is_written(context: Context, desk: Desk, world: World) -> None:
    _tagged(context, desk.shop, "Warm", 1)
    with context.transaction() as session:
        session.get_one(mirror.Product, (desk.shop.id, CANDLE)).tags = ["WARM", "warm", "a warmer"]
    page = desk.post("/app/offers/choices?letter=a", {"words_a": "warm", "kind": "tiers"}).text
    assert re.findall(r'value="(t:[^"]+)"', page) == ["t:Warm", "t:a warmer"]


@on_one
def test_a_tag_on_too_many_products_is_named_with_what_to_do(context: Context, desk: Desk, world: World) -> None:
    _tagged(context, desk.shop, "tile", 2_000)
    told = "tile: 2,001 products together, and at most 2,000 can be told to the checkout one by one."
    typed = form("tiers", goods_a=["t:tile"])
    page = saving(desk.post("/app/offers/preview", typed).text)
    assert told in page and "an automated one, by tag or vendor" in page
    desk.done("/app/offers", typed)
    offer_id: UUID = made(context, desk.shop)
    answer = desk.post(f"/app/offers/{offer_id}/publication", {"revision": "1"})
    assert told in saving(answer.text)
    with context.transaction() as session:
        assert tables.in_force(session, desk.shop.id) == {}
    assert told in saving(desk.post("/app/offers/preview", form("tiers", goods_a=["everything"], goods_not=["t:tile"])).text)
    few = saving(desk.post("/app/offers/preview", form("tiers", goods_a=[f"p:{CANDLE}"], goods_not=["t:tile"])).text)
    assert "at most 2,000" not in few and "Candle" in few

"""What the checkout is told of goods: on as many pages as it takes, with tags as the products that have them."""

import json
from dataclasses import replace

from sqlalchemy import delete, select

from plugin import clock
from plugin.context import Context
from plugin.mirror import tables as mirror
from plugin.offers import flows, tables
from plugin.offers.rules import model, pages
from plugin.offers.rules.reaching import Catalogue
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import HOME, NODE, Shopify, deliver, kit, published, tiers
from tests.rules.shelf import BAG, MUG, TRAY


def test_what_is_too_large_for_one_page_is_told_on_two(context: Context, shop: Shop, shopify: Shopify) -> None:
    """Both in the one call that changes the discount; what is small again says so on the first page, whatever the second still holds."""
    many = frozenset(str(10**12 + at * 10**9) for at in range(240))
    large = [published(context, shop, replace(tiers(f"Many {at}"), goods=model.Goods(products=many | {str(at)}))) for at in range(5)]
    deliver(context)
    [number] = shopify.discounts
    assert [one["key"] for one in shopify.discounts[number]["metafields"]] == ["config_0", "config_1", "variables"]
    kept = [json.dumps(shopify.fields[NODE + number, f"config_{at}"]) for at in range(2)]
    assert [rule.title for rule in pages.read(kept).rules] == [f"Many {at}" for at in range(5)]
    with context.transaction() as session:
        for offer_id in large[1:]:
            flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    deliver(context)
    assert [rule.title for rule in pages.read([json.dumps(shopify.fields[NODE + number, "config_0"])]).rules] == ["Many 0"]


def test_a_tag_is_its_products_and_follows_them(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, replace(tiers("Warm things"), goods=model.Goods(tags=frozenset({"warm"}))))
    for tags, wanted in (((), ()), (("warm",), (int(MUG),)), ((), ())):
        with context.transaction() as session:
            row = session.scalars(select(mirror.Product).where(mirror.Product.shop_id == shop.id, mirror.Product.id == MUG)).one()
            row.tags = list(tags)
            flows.guard_again(session, shop.id, clock.now())
        deliver(context)
        [number] = shopify.discounts
        made = pages.read([json.dumps(shopify.fields[NODE + number, "config_0"])])
        assert made.sets[made.rules[0].set].products == wanted


def test_a_tag_that_too_many_products_have_by_now_takes_its_offer_alone_from_the_shop(context: Context, shop: Shop,
                                                                                       shopify: Shopify) -> None:
    """It comes back with the tag."""
    wide = published(context, shop, replace(tiers("Warm things"), goods=model.Goods(tags=frozenset({"warm"}))))
    published(context, shop, kit())
    deliver(context)
    grown = [mirror.Product(shop_id=shop.id, id=str(50_000 + at), title="Tile", handle=f"tile-{at}", status="active", image=None,
                            updated_at=clock.now(), tags=["Warm"]) for at in range(2_001)]
    for there in (False, True):
        with context.transaction() as session:
            session.execute(delete(mirror.Product).where(mirror.Product.shop_id == shop.id, mirror.Product.title == "Tile"))
            session.add_all([] if there else grown)
            flows.guard_again(session, shop.id, clock.now())
        deliver(context)
        assert ("Warm things" in shopify.titles(), "1" in shopify.on_pages()) == (there, there) and "Mug and tray" in shopify.titles()
        with context.transaction() as session:
            found = tables.findings(session, shop.id)[wide]
            assert (found.state, found.told.get("key")) == (("whole", None) if there else ("out", "offers.refused_too_wide"))


def test_a_tag_is_one_however_it_is_written(context: Context, shop: Shop, shopify: Shopify) -> None:
    """The shop's pages compare tags without regard to case, so what they promise must be what the checkout takes off."""
    with context.transaction() as session:
        for product, tags in ((MUG, ["Warm"]), (TRAY, ["warm", "OLD"]), (BAG, ["WARM"])):
            session.get_one(mirror.Product, (shop.id, product)).tags = tags
    wish = replace(tiers("Warm things"), goods=model.Goods(tags=frozenset({"warm"}), not_tags=frozenset({"old"})))
    published(context, shop, wish)
    deliver(context)
    [number] = shopify.discounts
    made = pages.read([json.dumps(shopify.fields[NODE + number, "config_0"])])
    found = made.sets[made.rules[0].set]
    assert (found.products, found.not_products) == (tuple(map(int, (MUG, BAG))), ())
    assert shopify.fields[HOME, "offers_2"]["at"] == {TRAY: [-1]}
    with context.transaction() as session:
        catalogue = Catalogue(mirror.catalogue(session, shop.id))
    assert catalogue(wish.goods) == [BAG, MUG]

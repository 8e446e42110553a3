"""What the merchant bans is shown to nobody, though an offer would suggest it."""

from plugin import clock
from plugin.context import Context
from plugin.offers.flows import showing
from plugin.offers.mining import flows as mining
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import Shopify, deliver, kit, published
from tests.rules.shelf import BAG, MUG, TRAY


def test_a_banned_product_is_no_missing_part(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, kit())
    deliver(context)
    for beside, seen in ((BAG, [TRAY]), (MUG, []), ("", [])):
        with context.transaction() as session:
            mining.ban(session, shop.id, beside, TRAY, by=None, now=clock.now())
            found = showing.suggestions(session, shop.id, {MUG: 1})
            assert [one.missing.product_id for one, _, _ in found] == seen
            mining.clear(session, shop.id, beside, TRAY)

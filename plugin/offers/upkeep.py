"""Recurring work of offers: marks that time changes, and the configuration that says until when signatures hold."""

from datetime import timedelta

from plugin import clock
from plugin.attribution import keys
from plugin.context import Context
from plugin.db import ShopId
from plugin.offers import tables
from plugin.offers.flows import collecting, markets, marking, publishing, redrawing
from plugin.offers.tables.coded import coded
from plugin.offers.tables.drawings import shops_with_drawings
from plugin.shops import tables as shops

FRESH = timedelta(hours=20)
"""A configuration says when it was made, and a signature that ended before that is believed no more: so it is made anew daily."""


def tend_marks(context: Context) -> None:
    """Customers whose marks time alone has changed, a batch a transaction."""
    for shop_id in _installed(context):
        while _tend(context, shop_id) == marking.BATCH:
            pass


def freshen_offers(context: Context) -> None:
    """Keys that have signed for long enough, and configurations that were made long ago."""
    now = clock.now()
    for shop_id in _installed(context):
        with context.transaction() as session:
            row = tables.configuration(session, shop_id)
            if row is None or row.state != "live" or not (row.external_id or coded(session, shop_id)):
                continue
            if keys.is_old(session, shop_id, now):
                keys.change(session, context.settings, shop_id, now)
                publishing.wish(session, shop_id, now)
            elif row.changed_at < now - FRESH:
                publishing.wish(session, shop_id, now)


def draw_companions(context: Context) -> None:
    """Offers whose companions the orders choose, where the orders say something else by now."""
    with context.reading() as session:
        drawing = shops_with_drawings(session)
    for shop_id in _installed(context):
        if shop_id in drawing:
            _draw(context, shop_id)


def _draw(context: Context, shop_id: ShopId) -> None:
    now = clock.now()
    with context.reading() as session:
        if not redrawing.is_due(session, shop_id):
            return
        differ = redrawing.differs(session, shop_id, now)
    with context.transaction() as session:
        redrawing.looked(session, shop_id, differ=differ, now=now)


def list_collections(context: Context) -> None:
    """Every shop's collections and markets once a day: rules gather products without a word, and webhooks may be lost."""
    for shop_id in _installed(context):
        with context.transaction() as session:
            collecting.list_all(session, shop_id, clock.now())
            markets.list_all(session, shop_id, clock.now())


def _tend(context: Context, shop_id: ShopId) -> int:
    with context.transaction() as session:
        return marking.tend(session, shop_id, clock.now())


def _installed(context: Context) -> list[ShopId]:
    with context.reading() as session:
        return [shop.id for shop in shops.installed(session)]

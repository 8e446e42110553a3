"""Recurring work of the customer programme."""

from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.referrals import flows
from plugin.referrals.flows import goals
from plugin.shops import tables as shops


def tend_pools(context: Context) -> None:
    """Every shop's pools of friend codes: lapse, refill. One transaction a shop, so that no shop waits for another's."""
    for shop_id in _installed(context):
        with context.transaction() as session:
            flows.tend(session, shop_id, clock.now())


def tend_goals(context: Context) -> None:
    """Every shop's goals: what is likely, what is over, what soon will be."""
    for shop_id in _installed(context):
        with context.transaction() as session:
            goals.tend(session, shop_id, clock.now())


def _installed(context: Context) -> list[ShopId]:
    with context.reading() as session:
        return [shop.id for shop in shops.installed(session)]

"""Recurring work of the customer programme."""

from plugin import clock
from plugin.context import Context
from plugin.referrals import flows
from plugin.shops import tables as shops


def tend_pools(context: Context) -> None:
    """Every shop's pools of friend codes: lapse, refill. One transaction a shop, so that no shop waits for another's."""
    with context.transaction() as session:
        ids = [shop.id for shop in shops.installed(session)]
    for shop_id in ids:
        with context.transaction() as session:
            flows.tend(session, shop_id, clock.now())

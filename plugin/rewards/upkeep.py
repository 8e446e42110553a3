"""Recurring work of rewards: store credit that has ended at Shopify is read there and booked; goodwill that nobody used ends."""

from datetime import timedelta
from uuid import UUID

import structlog

from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import TandemError
from plugin.rewards import reads, tables
from plugin.rewards.flows import credit as flows
from plugin.rewards.flows import goodwill
from plugin.shops import reads as shop_reads
from plugin.shops import tables as shops

LATER = timedelta(hours=1)
"""Shopify writes an expiry when it gets to it."""
MOST_AT_ONCE = 500

log = structlog.get_logger()


def end_credit(context: Context) -> None:
    """What became of every credit whose time is over. What cannot be read now is read tomorrow."""
    with context.reading() as session:
        ended = [(ShopId(shop.id), attempt_id) for shop in shops.installed(session)
                 for attempt_id in tables.ended(session, ShopId(shop.id), before=clock.now() - LATER, limit=MOST_AT_ONCE)]
    for shop_id, attempt_id in ended:
        try:
            _end(context, shop_id, attempt_id)
        except TandemError as fault:
            log.warning("credit_end_unread", shop_id=str(shop_id), attempt_id=str(attempt_id), error=type(fault).__name__)


def _end(context: Context, shop_id: ShopId, attempt_id: UUID) -> None:
    with context.reading() as session:
        attempt = tables.attempt(session, shop_id, attempt_id)
    api = shop_reads.admin_api(context, shop_id)
    account = reads.credit_account(api, str(attempt.customer_id), attempt.currency)
    expired = reads.credit_expired(api, account.id, str(attempt.transaction_id), attempt.currency)
    if expired is not None:
        with context.transaction() as session:
            flows.ended(session, shop_id, attempt_id, expired, clock.now())


def end_goodwill(context: Context) -> None:
    """Codes that no order looks after stop working when their time is over."""
    with context.reading() as session:
        installed = [ShopId(shop.id) for shop in shops.installed(session)]
    for shop_id in installed:
        with context.transaction() as session:
            goodwill.lapse(session, shop_id, clock.now())

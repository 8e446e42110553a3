"""All recurring work, in one table: name, period, flow. Each flow is safe to repeat and to lose."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from jobs.history import backfill, reconcile, reconcile_week
from jobs.sweeping import sweep
from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.intake import flows as intake
from plugin.privacy import flows as privacy
from plugin.referrals.upkeep import tend_pools
from plugin.shops import tables as shops

MINUTE, DAY = 60.0, 86400.0
KEPT_EVENTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Recurring:
    """``seconds`` None: as often as the setting SWEEP_SECONDS says."""

    name: str
    seconds: float | None
    flow: Callable[[Context], None]


def purge_inbox(context: Context) -> None:
    """Events that are done are kept for a week, to tell repeats by."""
    for shop_id in _installed(context):
        with context.transaction() as session:
            intake.purge(session, shop_id, before=clock.machine_now() - KEPT_EVENTS)


def retain(context: Context) -> None:
    """What is kept for a while only goes when that while is over."""
    for shop_id in _installed(context):
        with context.transaction() as session:
            privacy.retain(session, shop_id, clock.now())


def _installed(context: Context) -> list[ShopId]:
    with context.transaction() as session:
        return [shop.id for shop in shops.installed(session)]


SCHEDULE: tuple[Recurring, ...] = (
    Recurring("sweep", None, sweep),
    Recurring("backfill", None, backfill),
    Recurring("reconcile", 15 * MINUTE, reconcile),
    Recurring("reconcile_week", DAY, reconcile_week),
    Recurring("tend_pools", MINUTE, tend_pools),
    Recurring("purge_inbox", DAY, purge_inbox),
    Recurring("retain", DAY, retain),
)

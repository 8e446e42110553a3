"""All recurring work, in one table: name, period, flow. Each flow is safe to repeat and to lose."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from jobs.history import backfill, describe, read_disputes, reconcile, reconcile_week
from jobs.mining import mine
from jobs.sweeping import sweep
from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.intake import flows as intake
from plugin.ledger import flows as ledger
from plugin.offers.upkeep import draw_companions, freshen_offers, list_collections, tend_marks
from plugin.privacy import flows as privacy
from plugin.referrals.upkeep import tend_goals, tend_pools
from plugin.rewards.upkeep import end_credit, end_goodwill
from plugin.shops import tables as shops
from plugin.shops.tables import Shop

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
KEPT_DONE, KEPT_DEAD = timedelta(days=7), timedelta(days=90)
OVERDUE = timedelta(days=60)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Recurring:
    """``seconds`` None: as often as the setting SWEEP_SECONDS says."""

    name: str
    seconds: float | None
    flow: Callable[[Context], None]


def purge_inbox(context: Context) -> None:
    """Events that are done are kept for a week, to tell repeats by; dead ones for a quarter, for somebody to read them."""
    now = clock.machine_now()
    for shop_id in _all(context):
        with context.transaction() as session:
            intake.purge(session, shop_id, done=now - KEPT_DONE, dead=now - KEPT_DEAD)


def retain(context: Context) -> None:
    """What is kept for a while only goes when that while is over, also of shops that have left."""
    now = clock.now()
    for shop_id in _all(context):
        with context.transaction() as session:
            privacy.retain(session, shop_id, now)
    with context.transaction() as session:
        for shop in shops.uninstalled(session, before=now - OVERDUE):
            _redact(session, shop)


def _redact(session: Session, shop: Shop) -> None:
    """Shopify says shop/redact 48 hours after an uninstall. Should that have been lost, we say it ourselves, once."""
    intake.keep_read(session, ShopId(shop.id), source="reconcile", topic="shop/redact", body={"shop_domain": shop.domain},
                     now=clock.machine_now())


def audit_books(context: Context) -> None:
    """Every balance again from the postings alone. A difference is an alarm in the log; nothing is mended by itself."""
    for shop_id in _installed(context):
        with context.transaction() as session:
            found = ledger.audit(session, shop_id)
        if not found.holds:
            log.error("books_do_not_hold", shop_id=str(shop_id), sums=dict(found.sums), wrong=list(found.wrong))


def _all(context: Context) -> list[ShopId]:
    with context.reading() as session:
        return list(shops.ever_seen(session))


def _installed(context: Context) -> list[ShopId]:
    with context.reading() as session:
        return [shop.id for shop in shops.installed(session)]


SCHEDULE: tuple[Recurring, ...] = (
    Recurring("sweep", None, sweep),
    Recurring("backfill", None, backfill),
    Recurring("reconcile", 15 * MINUTE, reconcile),
    Recurring("reconcile_week", DAY, reconcile_week),
    Recurring("mine", 5 * MINUTE, mine),
    Recurring("read_disputes", HOUR, read_disputes),
    Recurring("tend_pools", MINUTE, tend_pools),
    Recurring("tend_goals", DAY, tend_goals),
    Recurring("tend_marks", 10 * MINUTE, tend_marks),
    Recurring("freshen_offers", HOUR, freshen_offers),
    Recurring("draw_companions", 5 * MINUTE, draw_companions),
    Recurring("list_collections", DAY, list_collections),
    Recurring("audit_books", 15 * MINUTE, audit_books),
    Recurring("purge_inbox", DAY, purge_inbox),
    Recurring("retain", DAY, retain),
    Recurring("describe", DAY, describe),
    Recurring("end_credit", DAY, end_credit),
    Recurring("end_goodwill", HOUR, end_goodwill),
)

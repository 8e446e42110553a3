"""The sweep: finds every shop with something to do and rings for it; where nobody can hear, it does the work itself."""

from jobs import bell
from jobs.deliveries import LOCAL
from jobs.entry import work_deliveries, work_events
from plugin import clock
from plugin.context import Context
from plugin.db import database_now
from plugin.intake import tables as inbox
from plugin.mirror import tables as mirror
from plugin.outbox import tables as outbox


def sweep(context: Context) -> None:
    """Events, orders to settle, deliveries. Needs the database only."""
    with context.reading() as session:
        now = database_now(session)
        busy = {*inbox.shops_with_pending(session, now), *mirror.shops_with_unsettled(session, clock.now(), now)}
        ready = outbox.shops_with_ready(session, now, local=LOCAL)
    unheard = [shop_id for shop_id in sorted(busy) if not bell.ring(context, "events", shop_id)]
    for shop_id in unheard:
        work_events(context, shop_id)
    heard = [bell.ring(context, "deliveries", shop_id) for shop_id in ready]
    if unheard or not all(heard):
        work_deliveries(context)

"""What the customer programme has to say by itself: that its terms change. Nothing leaves here; each mail is a delivery of its own."""

from collections.abc import Sequence

from plugin import clock
from plugin.context import Context
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.referrals.flows import announcing


def announce_terms(context: Context, leases: Sequence[Lease]) -> None:
    """Subjects: versions. A page of advocates a transaction; killed in between, it goes on behind the last one that was written to."""
    for lease in leases:
        with context.transaction() as session:
            outbox.hold_on(session, lease)
            if announcing.announce(session, lease.shop_id, lease.subject_id, now=clock.now()):
                outbox.finish(session, lease)
            else:
                outbox.postpone(session, lease, seconds=0, failed=False)

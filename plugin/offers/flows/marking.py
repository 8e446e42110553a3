"""What Shopify is to know of customers, for offers that ask for a segment, a cap or an arm, and of the codes that are theirs to give away:
worked out anew when an order is settled, its buyer's and its advocates', when a customer's tags, offers, segments or codes change, or what
goods are called (a few customers at a time), and when time alone changes it. What differs from what Shopify was told leaves.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.attribution import owning
from plugin.db import ShopId, new_id
from plugin.experiments import flows as experiments
from plugin.intake import flows as intake
from plugin.mirror.rules import Product
from plugin.offers import tables
from plugin.offers.rules.marking import Asked, Facts, Marked, asked, marked
from plugin.offers.rules.segments import Customer
from plugin.offers.tables import segments
from plugin.offers.tables.segments import CustomerMarks
from plugin.outbox import flows as outbox
from plugin.people import tables as people
from plugin.people.rules import folded

STEP, TELL, LANE, KIND = "marks/step", "marks/tell", "marks", "marks_set"
BATCH = 200


def asks(session: Session, shop_id: ShopId) -> Asked:
    """What the live offers of the shop ask of customers."""
    live = [version.offer() for version in tables.in_force(session, shop_id).values()]
    wanted = {one for offer in live for one in offer.audience.segments}
    known = {str(one.id): (one.number, one.asks()) for one in segments.segments(session, shop_id)} if wanted else {}
    return asked(live, known)


def mark(session: Session, shop_id: ShopId, customer_ids: Collection[str], now: datetime) -> None:
    """Work out these customers' marks, but not of who is forgotten; what is new of them leaves."""
    wanted = asks(session, shop_id)
    if not wanted.everybody and not wanted.codes and not segments.has_marks(session, shop_id):
        return
    customer_ids = set(customer_ids) - people.forgotten(session, shop_id, customer_ids)
    known = {one: Customer(one) for one in customer_ids}
    known |= segments.customers(session, shop_id, customer_ids, wanted.needs) if wanted.segments else {}
    held = experiments.held_customers(session, shop_id, wanted.held, customer_ids)
    own = owning.own_codes(session, shop_id, customer_ids) if wanted.codes else {}
    since = now - timedelta(days=max((cap.days for cap in wanted.caps.values()), default=0))
    for one in sorted(customer_ids):
        used = segments.uses(session, shop_id, one, since=since) if wanted.caps else {}
        _keep(session, shop_id, one, marked(wanted, Facts(known[one], used, held[one], own.get(one, ())), now), now)
    session.flush()


def settled(session: Session, shop_id: ShopId, customer_id: str | None, advocates: Collection[UUID | None], now: datetime) -> None:
    """An order was settled. ``advocates``: who had brought it and who has now. Theirs follow in a transaction of their own, since another
    of their orders may be settled at this moment."""
    if customer_id is not None:
        mark(session, shop_id, [customer_id], now)
    if any(advocates) and asks(session, shop_id).needs.friends:
        owning.changed(session, shop_id, advocates, now)


def again(session: Session, shop_id: ShopId, now: datetime) -> None:
    """Offers or segments are others now: everybody is looked at, a few at a time. Nothing where nobody needs marks nor has any."""
    wanted = asks(session, shop_id)
    if wanted.everybody or wanted.codes or segments.has_marks(session, shop_id):
        intake.tell(session, shop_id, STEP, "", now)


def product_changed(session: Session, shop_id: ShopId, before: Product | None, after: Product | None, now: datetime) -> None:
    """Where a segment names goods by a word that this product has gained or lost, everybody is looked at."""
    if (_words(before) ^ _words(after)) & segments.bought_words(session, shop_id):
        again(session, shop_id, now)


def _words(product: Product | None) -> frozenset[str]:
    told = (product.title, product.vendor, product.kind, *product.tags) if product else ()
    return frozenset(folded(word) for word in told if word)


def step(session: Session, shop_id: ShopId, after: str, now: datetime) -> None:
    """The next customers behind this one; it tells by itself that there are more."""
    ids = _next(session, shop_id, after)
    mark(session, shop_id, ids, now)
    if len(ids) == BATCH:
        intake.tell(session, shop_id, STEP, ids[-1], now)


def _next(session: Session, shop_id: ShopId, after: str) -> Sequence[str]:
    """Who may have marks now or had some: everybody who has ordered, where offers ask for what anybody may be; else those with a link."""
    wanted = asks(session, shop_id)
    found = set(segments.marked_ids(session, shop_id, after=after, limit=BATCH))
    found |= set(segments.customer_ids(session, shop_id, after=after, limit=BATCH)) if wanted.everybody else set()
    found |= set(owning.owners(session, shop_id, after=after, limit=BATCH)) if wanted.codes else set()
    return sorted(found)[:BATCH]


def own_codes_changed(session: Session, shop_id: ShopId, advocate_id: UUID, now: datetime) -> None:
    """A code of this advocate was taken, used or has lapsed, they share no longer, or what they brought counts otherwise."""
    customer_id = owning.owner(session, shop_id, advocate_id)
    if customer_id is not None:
        mark(session, shop_id, [customer_id], now)


def tend(session: Session, shop_id: ShopId, now: datetime) -> int:
    """Those whose marks time has changed. Returns how many were looked at, at most a batch."""
    ids = segments.to_look_at(session, shop_id, now, limit=BATCH)
    mark(session, shop_id, ids, now)
    return len(ids)


def told(session: Session, shop_id: ShopId, rows: Sequence[CustomerMarks], sent: Sequence[Sequence[int | str]]) -> None:
    """Shopify has these marks of these customers now. A newer wish stays one."""
    for row, marks in zip(rows, sent, strict=True):
        row.told = list(marks)
    session.flush()


def _keep(session: Session, shop_id: ShopId, customer_id: str, found: Marked, now: datetime) -> None:
    row = segments.marks(session, shop_id, customer_id)
    if row is None:
        if not found.marks and found.until is None:
            return
        row = CustomerMarks(shop_id=shop_id, customer_id=customer_id, marks=[], told=None, revision_id=new_id())
        session.add(row)
    row.look_at = found.until
    if row.marks != list(found.marks):
        row.marks = list(found.marks)
        _tell(session, row, now)


def tell_again(session: Session, shop_id: ShopId, now: datetime) -> None:
    """The app was installed anew: what it had said of customers is not at Shopify any more, and is said again, a few at a time."""
    segments.forget_told(session, shop_id)
    if segments.has_marks(session, shop_id):
        intake.tell(session, shop_id, TELL, "", now)


def tell_step(session: Session, shop_id: ShopId, after: str, now: datetime) -> None:
    """The next customers behind this one; it tells by itself that there are more."""
    rows = segments.marked(session, shop_id, after=after, limit=BATCH)
    for row in rows:
        _tell(session, row, now)
    if len(rows) == BATCH:
        intake.tell(session, shop_id, TELL, rows[-1].customer_id, now)


def _tell(session: Session, row: CustomerMarks, now: datetime) -> None:
    row.revision_id = new_id()
    session.flush()
    outbox.put(session, ShopId(row.shop_id), KIND, row.revision_id, now=now, lane=LANE)

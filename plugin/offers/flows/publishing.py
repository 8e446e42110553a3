"""Switching offers on and off, and undoing it. What is published is a version for good; Shopify follows the newest wish of the shop.

All live offers are carried by one discount. Each wish is whole, so any number of them may be followed as one.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.margin.rules.published import Dated
from plugin.offers import tables
from plugin.offers.flows import marking, offers
from plugin.offers.flows.configuring import Whole, configure, moments
from plugin.offers.flows.guarding import SOURCE
from plugin.offers.rules import model, plain
from plugin.offers.rules.checks import check_ready
from plugin.offers.rules.standing import Kind, Undo, undo
from plugin.offers.tables import Configuration, Offer, OfferVersion
from plugin.offers.tables.coded import coded_by_external
from plugin.outbox import flows as outbox
from plugin.shops import tables as shops

LANE = "offers"


def publish_offer(session: Session, shop_id: ShopId, offer_id: UUID, *, currency: str, now: datetime, by: str | None = None,
                  revision: int | None = None) -> tuple[Offer, Whole]:
    """Switch the draft on as a new version; a paused offer without a draft comes back as it was. Returns what Shopify will be told.

    Raises NotFound, Stale, Refused("nothing_new"), Refused("offer") where it contradicts itself, has no carrier or the offers of the
    shop would not fit any more (with what to drop), and Refused("margin").
    """
    row = offers.seen(session, shop_id, offer_id, revision)
    if row.state == "archived" or (row.draft is None and row.state != "paused"):
        raise Refused("nothing_new", "There is no change to publish.", key="offers.refused_nothing_new")
    back = row.draft is None
    wish_now = offers.newest(session, shop_id, row)
    return row, _switch_on(session, row, wish_now, "resumed" if back else "published", currency=currency, now=now, by=by)


def pause_offer(session: Session, shop_id: ShopId, offer_id: UUID, *, now: datetime, by: str | None = None,
                revision: int | None = None) -> Offer:
    """Nobody gets it any more; carts lose it as soon as Shopify has heard. Raises NotFound, Stale, or Refused("not_live")."""
    row = offers.seen(session, shop_id, offer_id, revision)
    running = tables.in_force(session, shop_id).get(offer_id)
    if running is None:
        raise Refused("not_live", "This offer is not switched on.", key="offers.refused_not_live")
    running.until = now
    offers.note(session, row, "paused", now, by=by, state="paused", number=running.number)
    wish(session, shop_id, now)
    marking.again(session, shop_id, now)
    return row


def undoing(session: Session, shop_id: ShopId, offer_id: UUID) -> Undo | None:
    """What undoing the newest change would do; None where nothing can be undone."""
    done = [change.kind for change in tables.changes(session, shop_id, offer_id)]
    return undo(done, len(tables.versions(session, shop_id, offer_id)))


def undo_offer(session: Session, shop_id: ShopId, offer_id: UUID, *, currency: str, now: datetime, by: str | None = None,
               revision: int | None = None) -> Undo:
    """Take the newest change back; what was published is followed by a new version that says what the one before said.

    Raises NotFound, Stale, Refused("nothing_to_undo"), and what publishing raises.
    """
    row, what = offers.seen(session, shop_id, offer_id, revision), undoing(session, shop_id, offer_id)
    if what is None:
        raise Refused("nothing_to_undo", "Nothing can be undone.", key="offers.refused_nothing_to_undo")
    if what == "pause":
        pause_offer(session, shop_id, offer_id, now=now, by=by)
    elif what == "reopen":
        offers.reopen(session, shop_id, offer_id, now=now, by=by)
    elif what == "bring_back":
        offers.bring_back(session, shop_id, offer_id, now=now, by=by)
    else:
        published, draft = tables.versions(session, shop_id, offer_id), row.draft
        if what == "before":
            _switch_on(session, row, published[1].offer(), "published", currency=currency, now=now, by=by)
        else:
            _switch_on(session, row, published[0].offer(), "resumed", currency=currency, now=now, by=by)
        row.draft = draft
        session.flush()
    return what


def live(session: Session, shop_id: ShopId) -> list[model.Offer]:
    """What is switched on, by number; schedules are part of what each says."""
    return [version.offer() for version in tables.in_force(session, shop_id).values()]


def wish(session: Session, shop_id: ShopId, now: datetime, *, wait: timedelta = timedelta()) -> Configuration:
    """Shopify must be told anew what the shop's offers are, after a ``wait`` in which more may change."""
    row = tables.configuration(session, shop_id, lock=True)
    if row is None:
        row = Configuration(shop_id=shop_id, external_id=None, sent=False, reason={}, shown=[])
        session.add(row)
    row.revision_id, row.state, row.reason, row.changed_at = new_id(), "publishing", {}, now
    session.flush()
    outbox.put(session, shop_id, "offers_publish", row.revision_id, now=now, lane=LANE, not_before=now + wait)
    return row


def guard_again(session: Session, shop_id: ShopId, now: datetime, *, wait: timedelta = timedelta()) -> None:
    """The floor, what goods cost, what stands beside the offers, a product's address or the installation has changed: what offers may
    take and what the shop's pages show is worked out anew, if any offers are at Shopify. Within ``wait`` many changes are one."""
    row = tables.configuration(session, shop_id)
    if row is None or not (row.external_id or row.sent or row.shown or tables.left_out(session, shop_id)):
        return
    if not wait or not outbox.is_coming(session, shop_id, "offers_publish", LANE, within=wait.total_seconds()):
        wish(session, shop_id, now, wait=wait)


def installed(session: Session, shop_id: ShopId, now: datetime) -> None:
    """Discounts of Shopify's own that carry offers outlive the app: they are looked for first, then all offers are told anew."""
    outbox.put(session, shop_id, "natives_adopt", new_id(), now=now, lane=LANE)


def sending_offers(session: Session, row: Configuration) -> None:
    """A call is about to leave: Shopify may have a discount of ours from now on, whether we hear its answer or not."""
    row.sent = True
    session.flush()


def followed(session: Session, shop_id: ShopId, revision_id: UUID, external_id: str | None, *, told: Whole, shown: Sequence[str],
             now: datetime) -> None:
    """Shopify has the discount with this id (None: has none any more) and the pages show these versions. A newer wish stays one. At
    the next moment at which a schedule opens or closes the configuration is told anew."""
    row = tables.configuration(session, shop_id, lock=True)
    if row is None:
        return
    row.external_id, row.sent, row.shown = external_id, external_id is not None, list(shown)
    if row.revision_id == revision_id:
        row.state, row.reason, row.changed_at = "live" if external_id or told.natives or shown else "none", {}, now
        margin.publish(session, shop_id, SOURCE, map(Dated, told.weighed.takes), now=now)
        _again_at_switch(session, shop_id, told, now)
    session.flush()


def refused_by_shopify(session: Session, shop_id: ShopId, revision_id: UUID, reason: dict[str, object], *, now: datetime) -> None:
    """Shopify will not have this wish; the merchant reads why."""
    row = tables.configuration(session, shop_id, lock=True)
    if row is not None and row.revision_id == revision_id:
        row.state, row.reason, row.changed_at = "failed", reason, now
        session.flush()


def configuration_gone(session: Session, shop_id: ShopId, external_id: str, now: datetime) -> bool:
    """The merchant deleted a discount of ours at Shopify: what it carried applies no more until an offer is published, or all again."""
    row, reason = tables.configuration(session, shop_id, lock=True), {"key": "offers.why_deleted"}
    own = tables.native_by_external(session, shop_id, external_id) or coded_by_external(session, shop_id, external_id)
    if row is None or (row.external_id != external_id and own is None):
        return False
    if own is not None:  # another may have been made in its place, so what was sent is kept, to be looked for
        own.external_id = None
        reason = {"key": "offers.why_one_deleted", "title": tables.offer(session, shop_id, own.offer_id).title}
    else:
        row.external_id, row.sent = None, False
    row.changed_at = now
    if row.state == "live":
        row.state, row.reason = "failed", reason
    session.flush()
    return True


def _switch_on(session: Session, row: Offer, terms: model.Offer, kind: Kind, *, currency: str, now: datetime, by: str | None) -> Whole:
    shop_id = ShopId(row.shop_id)
    terms = check_ready(replace(terms, id=row.id, number=row.number), currency)
    others = [offer for offer in live(session, shop_id) if offer.id != row.id]
    whole = configure(session, shop_id, [*others, terms], now=now)
    running = tables.in_force(session, shop_id).get(row.id)
    if running is not None:
        running.until = now
    last = tables.last_version(session, shop_id, row.id)
    version = OfferVersion(shop_id=shop_id, id=new_id(), offer_id=row.id, number=last.number + 1 if last else 1, terms=plain.dump(terms),
                           since=now, until=None)
    session.add(version)
    row.title, row.draft = terms.title, None
    offers.note(session, row, kind, now, by=by, state="live", number=version.number, terms=version.terms)
    wish(session, shop_id, now)
    marking.again(session, shop_id, now)
    return whole


def _again_at_switch(session: Session, shop_id: ShopId, told: Whole, now: datetime) -> None:
    """Switches beyond those that a configuration carries come in then, and those that have passed go."""
    for moment in moments(told.compiled)[:1]:
        at = moment.replace(tzinfo=clock.zone(shops.get(session, shop_id).timezone))
        outbox.put(session, shop_id, "offers_publish", new_id(), now=now, lane=LANE, not_before=at)

"""Collections that offers or segments name: when what is in them is read again, and what follows from it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.margin import tables as margins
from plugin.mirror import collecting
from plugin.mirror import tables as mirror
from plugin.offers import tables
from plugin.offers.flows import marking, publishing
from plugin.offers.rules.model import Offer
from plugin.offers.tables import segments
from plugin.outbox import flows as outbox
from plugin.shopify.payloads import CollectionTold

LIST, READ, LANE = "collections_list", "collections_read", "collections"
GATHERED = timedelta(seconds=30)
"""So long many changes are one."""


def named(offers: Iterable[Offer]) -> frozenset[str]:
    """Collections that these offers depend on."""
    return frozenset().union(*(offer.collections for offer in offers))


def used(session: Session, shop_id: ShopId) -> frozenset[str]:
    """Those that live offers depend on, or that have a margin floor of their own."""
    floors = {row.name for row in margins.own_floors(session, shop_id) if row.scope == "collection"}
    return named(version.offer() for version in tables.in_force(session, shop_id).values()) | floors


def asked(session: Session, shop_id: ShopId) -> frozenset[str]:
    """Those whose title a segment names among what was bought."""
    return frozenset(mirror.titled(session, shop_id, segments.bought_words(session, shop_id)))


def told(session: Session, shop_id: ShopId, collection: CollectionTold, now: datetime) -> None:
    """A collection was made, renamed, or filled by hand."""
    before = asked(session, shop_id)
    if collecting.apply_collection(session, shop_id, collection):
        read_soon(session, shop_id, now)
        if asked(session, shop_id) != before:
            marking.again(session, shop_id, now)


def deleted(session: Session, shop_id: ShopId, collection_id: str, now: datetime) -> None:
    was_asked = collection_id in asked(session, shop_id)
    collecting.delete_collection(session, shop_id, collection_id, now)
    if collection_id in used(session, shop_id):
        publishing.guard_again(session, shop_id, now, wait=GATHERED)
    if was_asked:
        marking.again(session, shop_id, now)


def segment_saved(session: Session, shop_id: ShopId, now: datetime) -> None:
    """It may name collections that nothing has asked about for long."""
    wanted = asked(session, shop_id)
    if wanted:
        collecting.read_again(session, shop_id, wanted)
        read_soon(session, shop_id, now)


def product_changed(session: Session, shop_id: ShopId, now: datetime) -> None:
    """Rules of a collection may have gathered a product or let it go; nobody tells that."""
    wanted = used(session, shop_id) | asked(session, shop_id)
    if wanted:
        collecting.read_again(session, shop_id, wanted)
        read_soon(session, shop_id, now)


def read_soon(session: Session, shop_id: ShopId, now: datetime) -> None:
    if not outbox.is_coming(session, shop_id, READ, LANE, within=GATHERED.total_seconds()):
        outbox.put(session, shop_id, READ, new_id(), now=now, lane=LANE, not_before=now + GATHERED)


def list_all(session: Session, shop_id: ShopId, now: datetime) -> None:
    """Ask Shopify for all collections: what no webhook told, and what live offers name, comes in with it."""
    outbox.put(session, shop_id, LIST, new_id(), now=now, lane=LANE)


def listed(session: Session, shop_id: ShopId, found: Collection[CollectionTold], now: datetime) -> None:
    """All that the shop has, as Shopify said."""
    for one in found:
        collecting.apply_collection(session, shop_id, one)
    known = {one.id for one in mirror.collections(session, shop_id, limit=100_000)}
    for gone in sorted(known - {one.id for one in found}):
        deleted(session, shop_id, gone, now)
    collecting.read_again(session, shop_id, used(session, shop_id) | asked(session, shop_id))


def keep_members(session: Session, shop_id: ShopId, collection_id: str, product_ids: Collection[str], now: datetime) -> None:
    """What is in a collection now; the offers that name it are told anew, and customers looked at again where segments do."""
    if not collecting.keep_members(session, shop_id, collection_id, product_ids, now):
        return
    if collection_id in used(session, shop_id):
        publishing.guard_again(session, shop_id, now, wait=GATHERED)
    if collection_id in asked(session, shop_id):
        marking.again(session, shop_id, now)

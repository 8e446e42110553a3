"""What a shop's pages show, kept by each process: worked out once for each revision of the shop's offers, however many ask at once.

A revision changes with whatever the pages depend on (offers, floors, a product's handle, vendor, tags or price), so what is kept is
never older than what Shopify was told.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.offers import tables
from plugin.offers.flows import drawing
from plugin.offers.flows.arms import salts
from plugin.offers.flows.bundles import handles
from plugin.offers.flows.configuring import as_said, concrete, known_products, shelf, sparing, wall
from plugin.offers.flows.guarding import weigh
from plugin.offers.flows.locating import located
from plugin.offers.rules.model import Offer
from plugin.offers.rules.placing import placed
from plugin.offers.rules.reserving import perks, reserved
from plugin.offers.rules.rivals import concrete as concrete_sets
from plugin.offers.rules.suggesting import SETS, UPGRADE, WELCOME, Bundle, bundles
from plugin.offers.tables.choosing import is_best
from plugin.offers.tables.drawings import drawings

SHOPS = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """``pages``: the metafields of the shop's pages, by key; empty where no offer was ever published. ``reserved`` and ``perks``: what
    campaigns' landing pages show, by the campaign's id. ``live``: all that is open, what is drawn as its sets."""

    pages: Mapping[str, Any] = field(default_factory=dict)
    bundles: Sequence[Bundle] = ()
    welcomes: Sequence[Bundle] = ()
    upgrades: Sequence[Bundle] = ()
    reserved: Mapping[str, Sequence[Bundle]] = field(default_factory=dict)
    perks: Mapping[str, Sequence[Offer]] = field(default_factory=dict)
    live: Sequence[Offer] = ()


class Kept:
    """Of the shops that were asked for last."""

    def __init__(self, most: int = SHOPS) -> None:
        self._most, self._lock = most, Lock()
        self._known: OrderedDict[ShopId, tuple[str, Shown]] = OrderedDict()
        self._making: dict[ShopId, Lock] = {}

    def of(self, session: Session, shop_id: ShopId) -> Shown:
        """One of those who ask works it out; meanwhile the others have what was shown before it changed, or wait if nothing was."""
        revision = _revision(session, shop_id)
        if revision is None:
            return Shown()
        with self._lock:
            before, making = self._known.get(shop_id), self._making.setdefault(shop_id, Lock())
        if before is not None and before[0] == revision:
            return self._used(shop_id, before[1])
        if not making.acquire(blocking=before is None):
            return before[1] if before else Shown()
        try:
            done = self._known.get(shop_id)
            return done[1] if done and done[0] == revision else self._keep(shop_id, revision, make(session, shop_id))
        finally:
            making.release()

    def _used(self, shop_id: ShopId, found: Shown) -> Shown:
        with self._lock:
            if shop_id in self._known:
                self._known.move_to_end(shop_id)
        return found

    def _keep(self, shop_id: ShopId, revision: str, made: Shown) -> Shown:
        with self._lock:
            self._known[shop_id] = revision, made
            self._known.move_to_end(shop_id)
            while len(self._known) > self._most:
                self._making.pop(self._known.popitem(last=False)[0], None)
        return made


def make(session: Session, shop_id: ShopId) -> Shown:
    """Worked out anew: the versions that stand at Shopify, as the pages have them."""
    row = tables.configuration(session, shop_id)
    offers = [version.offer() for version in tables.in_force(session, shop_id).values() if row and str(version.id) in row.shown]
    products = known_products(session, shop_id) if offers else []
    offers = list(located(session, shop_id, sparing(session, shop_id, offers)).offers)
    drawn = {offer_id: one.drawn for offer_id, one in drawings(session, shop_id).items()}
    weighed = weigh(session, shop_id, concrete(offers, drawn), products, now=clock.now())
    known = replace(shelf(products, weighed.room, best=is_best(session, shop_id)), salts=salts(session, shop_id, offers),
                    drawn=drawing.told(session, shop_id, offers), bundles=handles(session, shop_id))
    told = [offer for offer in as_said(offers, weighed.offers) if not offer.code]  # a code is not told to everybody
    now = wall(session, shop_id, clock.now())
    live = concrete_sets([one for one in told if one.schedule.is_open(now)], known)
    sets, welcomes, upgrades = (bundles(told, known, kinds, live) for kinds in (SETS, WELCOME, UPGRADE))
    return Shown(placed(told, known), sets, welcomes, upgrades, reserved(told, known), perks(told), live)


def _revision(session: Session, shop_id: ShopId) -> str | None:
    """Another one whenever what the pages show may be another: a newer wish, or Shopify has followed it. None where no offer was ever
    published."""
    row = tables.configuration(session, shop_id)
    return ",".join([row.revision_id.hex, *row.shown]) if row else None


_kept = Kept()


def shown(session: Session, shop_id: ShopId) -> Shown:
    """What this shop's pages show now."""
    return _kept.of(session, shop_id)

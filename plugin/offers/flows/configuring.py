"""All offers of a shop as one configuration: what the Function reads, what the guard allows, and beside what it may stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import campaigns
from plugin.attribution.keys import Keys
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin.rules.guard import Room
from plugin.messaging.texts import say
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers.flows import drawing
from plugin.offers.flows.guarding import Weighed, weigh
from plugin.offers.flows.guarding import named as named
from plugin.offers.flows.guarding import reached as reached
from plugin.offers.flows.locating import located
from plugin.offers.flows.strangers import strangers
from plugin.offers.rules import drawing as drawing_rules
from plugin.offers.rules import pages
from plugin.offers.rules.bundling import spared
from plugin.offers.rules.compiled import Compiled
from plugin.offers.rules.compiling import MOST_RULES, compile_offers
from plugin.offers.rules.compiling import Shop as Facts
from plugin.offers.rules.conditions import CLASS_OF
from plugin.offers.rules.drawing import Drawn
from plugin.offers.rules.kinds import Fault
from plugin.offers.rules.model import OF_SETS, Offer
from plugin.offers.rules.native import Around, Why, why_not
from plugin.offers.rules.reaching import Catalogue, tagged
from plugin.offers.rules.specs import Shelf
from plugin.offers.tables import segments as tables
from plugin.offers.tables.bundles import bundle_ids
from plugin.offers.tables.choosing import is_best
from plugin.shops import tables as shops

NO_KEYS = Keys()


@dataclass(frozen=True, slots=True)
class Coded:
    """An offer that is given as a code: a discount of its own, whose Function reads it alone."""

    offer: Offer
    pages: tuple[str, ...]
    variables: dict[str, object]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """``pages`` and ``variables`` are what the Function reads; ``classes`` and ``combines`` what the discount says at Shopify. ``weighed``:
    what the margin guard says of the offers, of which some may be left out. ``strangers``: the merchant's discounts that nobody counts,
    beside which the offers therefore do not stand. ``drawn``: of offers whose companions the orders choose, the pages and
    what stands there. ``natives``: offers that Shopify's own discounts carry, not the Function;
    ``unsaid``: why those that the merchant would have there are carried by the Function. ``coded``: those that are given as a code."""

    compiled: Compiled
    room: Room
    pages: tuple[str, ...] = ()
    variables: dict[str, object] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    combines: tuple[str, ...] = ()
    weighed: Weighed = Weighed(())
    strangers: tuple[str, ...] = ()
    natives: tuple[Offer, ...] = ()
    unsaid: Mapping[UUID, Why] = field(default_factory=dict)
    coded: tuple[Coded, ...] = ()
    drawn: Mapping[UUID, Drawn] = field(default_factory=dict)


def zone(session: Session, shop_id: ShopId) -> tzinfo:
    return clock.zone(shops.get(session, shop_id).timezone)


def wall(session: Session, shop_id: ShopId, now: datetime) -> datetime:
    """What a clock on the shop's wall shows."""
    return now.astimezone(zone(session, shop_id)).replace(tzinfo=None)


def configure(session: Session, shop_id: ShopId, offers: Sequence[Offer], *, now: datetime, leaving_out: bool = False,
              keys: Keys = NO_KEYS, anew: bool = False) -> Whole:
    """These offers together, the one that is asked about last. Raises Refused("offer") for what would not fit, has no carrier or no market
    that holds anybody, Refused("margin") where one breaks the floor even alone; ``leaving_out``: such a one is left out instead. ``keys``:
    what signs for a shopper, where Shopify is to be told."""
    products = known_products(session, shop_id) if offers else []
    placed = located(session, shop_id, sparing(session, shop_id, offers), asked=offers[-1] if offers and not leaving_out else None)
    drawn = drawing.drawn(session, shop_id, placed.offers, products, now=now, anew=anew)
    weighed = weigh(session, shop_id, concrete(placed.offers, drawn), products, now=now)
    if weighed.out and not leaving_out:
        raise weighed.out[0][1]
    room, offers, local = weighed.room, weighed.offers, wall(session, shop_id, now)
    weighed = replace(weighed, offers=as_said(placed.offers, offers), out=(*placed.out, *weighed.out))
    facts = replace(shop_facts(session, shop_id, offers, products, local), cap=room.cap,
                    caps={int(one): most for one, most in room.caps.items()})
    if leaving_out:
        weighed, offers = _fitting(weighed, offers, facts)
    apart = strangers(session, shop_id, {offer.own_class for offer in offers})
    offers = tuple(replace(offer, combines=offer.combines - apart.barred - ({"order"} if room.alone else set())) for offer in offers)
    unsaid = unsaid_natively(offers, products, room)
    natives = tuple(offer for offer in offers if offer.native and not offer.code and offer.id not in unsaid)
    ours = [offer for offer in offers if offer not in natives and not offer.code]
    made, ours = _compiled(ours, facts)
    if not leaving_out:
        _insist(placed.offers[-1:], drawn, ours)
    coded = _coded([offer for offer in offers if offer.code], facts, keys)
    classes = {CLASS_OF[rule.mechanic] for rule in made.rules}
    combines = frozenset({"product", "order", "shipping"}).intersection(*(offer.combines for offer in ours))
    return Whole(made, room, _pages(made, facts, keys),
                 pages.variables(made),
                 tuple(sorted(classes)), tuple(sorted(combines)), weighed, apart.titles, natives, unsaid, coded,
                 {offer.id: carried(drawn[offer.id], offer, ours) for offer in placed.offers if offer.drawn})


def _fitting(weighed: Weighed, offers: Sequence[Offer], facts: Facts) -> tuple[Weighed, tuple[Offer, ...]]:
    """Without those that could not even be told alone any more, such as one for a tag that too many products have by now: they would
    keep all others from being told."""
    out = tuple((offer, why) for offer in offers if (why := _unfit(offer, facts)) is not None)
    gone = {offer.id for offer, _ in out}
    kept = tuple(offer for offer in offers if offer.id not in gone)
    return replace(weighed, offers=tuple(one for one in weighed.offers if one.id not in gone), out=(*weighed.out, *out)), kept


def _unfit(offer: Offer, facts: Facts) -> Refused | None:
    try:
        compile_offers([offer], facts)
    except Refused as refused:
        return refused
    return None


def sparing(session: Session, shop_id: ShopId, offers: Iterable[Offer]) -> list[Offer]:
    """These offers, which leave alone what is sold as a bundle: its price is an offer's already."""
    ours = bundle_ids(session, shop_id)
    return [spared(offer, ours) for offer in offers]


def concrete(offers: Iterable[Offer], drawn: Mapping[UUID, Drawn]) -> list[Offer]:
    """What takes something off: the sets of those that are drawn in their place."""
    return [one for offer in offers for one in (drawing_rules.sets(offer, drawn.get(offer.id, {})) if offer.drawn else [offer])]


def as_said(offers: Sequence[Offer], weighed: Sequence[Offer]) -> tuple[Offer, ...]:
    """The offers as the merchant said them, without those that the guard has left out."""
    kept = {one.id for one in weighed}
    return tuple(offer for offer in offers if offer.id in kept or offer.drawn)


def _compiled(offers: Sequence[Offer], facts: Facts) -> tuple[Compiled, list[Offer]]:
    """With as many drawn sets as there is room for beside what the merchant named. Raises Refused("offer")."""
    named, sets = [one for one in offers if one.number < OF_SETS], _in_turn(one for one in offers if one.number > OF_SETS)
    for count in range(min(len(sets), max(0, MOST_RULES - len(named))), 0, -1):
        ours = [*named, *sets[:count]]
        try:
            made = compile_offers(ours, facts)
            _pages(made, facts, NO_KEYS)
        except Refused:
            continue
        return made, ours
    return compile_offers(named, facts), named


def _in_turn(sets: Iterable[Offer]) -> list[Offer]:
    """The first set of each offer, then the second of each."""
    return sorted(sets, key=lambda one: (one.number // OF_SETS, one.number))


def _insist(asked: Sequence[Offer], drawn: Mapping[UUID, Drawn], ours: Sequence[Offer]) -> None:
    """Raises Refused("offer") where something is drawn for the offer that is asked about, and none of it fits beside the others."""
    for offer in asked:
        if offer.whole and drawn.get(offer.id) and offer.id not in {one.id for one in ours}:
            raise Fault("", "too_many", {"most": MOST_RULES, "count": 1}).refused()


def carried(drawn: Drawn, offer: Offer, ours: Iterable[Offer]) -> Drawn:
    """The pages that may show it: without a discount all, else those whose set the checkout knows."""
    if offer.recommends:
        return drawn
    kept = {frozenset(one for part in made.parts for one in part.goods.products) for made in ours if made.id == offer.id}
    return drawing_rules.carried(drawn, kept)


def _coded(offers: Sequence[Offer], facts: Facts, keys: Keys) -> tuple[Coded, ...]:
    """Each has a configuration, and so two pages, four collections and four customer tags, of its own. Raises Refused("offer")."""
    found = []
    for offer in offers:
        if sum(one.code == offer.code for one in offers) > 1:
            raise Fault("code", "code_taken", {"names": [offer.code]}).refused()
        made = compile_offers([offer], facts)
        found.append(Coded(offer, _pages(made, facts, keys), pages.variables(made),
                           tuple(sorted({CLASS_OF[rule.mechanic] for rule in made.rules}))))
    return tuple(found)


def _pages(made: Compiled, facts: Facts, keys: Keys) -> tuple[str, ...]:
    """What the Function reads: it does without words of its own. Raises Refused("offer") for more than fits."""
    made_at = int(facts.now.strftime("%Y%m%d%H%M"))
    return tuple(pages.pages(made, key=keys.signing, code_key=keys.codes, made=made_at, refusal=facts.refusal))


def unsaid_natively(offers: Sequence[Offer], products: Sequence[Product], room: Room) -> dict[UUID, Why]:
    """Of these offers, beside each other, those that the merchant would have as Shopify's own discounts but that say something else there,
    each with why."""
    if not any(offer.native for offer in offers):
        return {}
    catalogue, prices = Catalogue(products), {one.id: [variant.price.amount for variant in one.variants] for one in products}
    whys = ((offer.id, why_not(offer, Around([other for other in offers if other.id != offer.id], catalogue, prices, room)))
            for offer in offers if offer.native)
    return {id_: why for id_, why in whys if why}


def shop_facts(session: Session, shop_id: ShopId, offers: Iterable[Offer], products: Sequence[Product], local: datetime) -> Facts:
    """What compiling must know of the shop beside its margin. ``local``: its wall clock."""
    asked = {one for offer in offers for one in offer.audience.campaigns}
    shop = shops.get(session, shop_id)
    return Facts(shop.currency, local, best=is_best(session, shop_id), refusal=say(shop.locale, "offers.own_code"),
                 vendors=_ids((one.vendor, one.id) for one in products if one.vendor),
                 tags=_ids(tagged(products)), collections=_ids(_gathered(products)),
                 codes=campaigns.codes(session, shop_id, asked),
                 marks=campaigns.numbers(session, shop_id) | {str(one.id): one.number for one in tables.segments(session, shop_id)})


def known_products(session: Session, shop_id: ShopId) -> list[Product]:
    """Everything that the mirror has of this shop, without costs and stock; but no kit that is one product too: it is no goods of an offer,
    but an offer's goods."""
    ours = bundle_ids(session, shop_id)
    return [one for one in mirror.catalogue(session, shop_id) if one.id not in ours]


def shelf(products: Iterable[Product], room: Room, *, best: bool) -> Shelf:
    """What placing must know of the shop's goods: those on sale. ``best``: offers compete for the most, else by priority."""
    products = [one for one in products if one.status == "active"]
    return Shelf({one.id: one.handle for one in products}, {variant.id: one.id for one in products for variant in one.variants},
                 vendors=_lists((one.vendor, one.id) for one in products if one.vendor),
                 tags=_lists(tagged(products)),
                 collections=_lists(_gathered(products)), cap=room.cap, caps=dict(room.caps), best=best)


def _gathered(products: Iterable[Product]) -> Iterable[tuple[str, str]]:
    return ((inside, one.id) for one in products for inside in one.collections)


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, product_id in pairs:
        found.setdefault(name, []).append(product_id)
    return found


def _ids(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(ids) for name, ids in _lists(pairs).items()}


def moments(made: Compiled) -> list[datetime]:
    """When the configuration must be made anew: at each switch that it carries."""
    return [datetime.strptime(str(one), "%Y%m%d%H%M") for one in made.switches]  # noqa: DTZ007 - the shop's wall clock has no zone

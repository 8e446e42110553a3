"""From what the merchant said to what both engines read. Raises Refused("offer") for what would not fit, with what to drop."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from babel.core import get_global

from plugin.attribution.rules.proofs import REFERRED
from plugin.money import Money, exponent
from plugin.offers.rules import budget, compiled
from plugin.offers.rules.compiled import CAPPED, HELD_OUT, Amounts, Compiled, Gain, Needs, Rule, Set, Slot, Step, packed
from plugin.offers.rules.kinds import Fault
from plugin.offers.rules.model import OF_SETS, Audience, Benefit, Goods, Offer, Part
from plugin.offers.rules.reaching import folded

MOST_RULES, MOST_SETS, MOST_PRODUCTS = 25, 60, 2_000
MOST_NAMED = 3
"""So many tags and vendors are named where a set is too wide."""
KINDS = {"percent": compiled.PERCENT, "free": compiled.PERCENT, "amount": compiled.AMOUNT, "price": compiled.PRICE}
PICKS = {"cheapest": compiled.CHEAPEST, "dearest": compiled.DEAREST, "chosen": compiled.CHOSEN}
SCOPES = {"all": compiled.ALL, "product": compiled.PRODUCT, "line": compiled.LINE}


@dataclass(frozen=True, slots=True)
class Shop:
    """What compiling must know of a shop. ``now``: its wall clock. ``vendors``, ``collections``, ``tags`` (folded): product ids of each.

    ``marks``: numbers of segments and campaigns, by their ids. ``cap`` and ``caps``: from the margin guard.
    ``refusal``: what a customer reads whose own code is refused.
    """

    currency: str
    now: datetime
    vendors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    collections: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    codes: tuple[tuple[str, int], ...] = ()
    best: bool = True
    cap: int = 10_000
    caps: Mapping[int, int] = field(default_factory=dict)
    refusal: str = ""


def compile_offers(offers: Sequence[Offer], shop: Shop) -> Compiled:
    """Sound offers (``checks.check``) that are switched on. Raises Refused("offer")."""
    if len(offers) > MOST_RULES:
        raise Fault("", "too_many", {"most": MOST_RULES, "count": len(offers) - MOST_RULES}).refused()
    for fault in uncarried(offers, shop):
        raise fault.refused()
    made = _Compiler(offers, shop)
    rules = tuple(made.rule(offer) for offer in sorted(offers, key=lambda offer: offer.number))
    if len(made.sets) > MOST_SETS:
        raise Fault("goods", "too_many_sets", {"most": MOST_SETS}).refused()
    whole = Compiled(packed(shop.currency), EXPONENTS, tuple(made.sets), rules, shop.best, shop.cap, shop.caps,
                     tuple(_digits(one) for one in made.switches), shop.codes, tuple(int(one) for one in made.collections),
                     tuple(made.customer_tags))
    budget.check(whole)
    return whole


def uncarried(offers: Iterable[Offer], shop: Shop) -> Iterator[Fault]:
    """What the Function could not know of at checkout; such an offer can only be given as a code."""
    tags = Counter(tag for offer in offers for tag in _customer_tags(offer))
    if len(tags) > compiled.CUSTOMER_TAGS:
        yield Fault("audience.customer_tags", "customer_tags", {"most": compiled.CUSTOMER_TAGS, "names": sorted(tags)})
    for offer in offers:
        told = offer.audience
        unknown = sorted(one for one in told.segments | told.campaigns | told.markets if one not in shop.marks)
        if unknown:
            yield Fault("audience.segments", "no_carrier", {"names": unknown})


def _digits(moment: datetime) -> int:
    return int(moment.strftime("%Y%m%d%H%M"))


def _exponents() -> Mapping[int, int]:
    """Of all currencies of ISO 4217 that do not have two digits."""
    ordinary = 2
    return {packed(code): exponent(code) for code in sorted(get_global("all_currencies"))
            if code in _TENDER and exponent(code) != ordinary}


def _tender() -> frozenset[str]:
    """Currencies that some country uses today; CLDR's rows are (code, from, until, is tender)."""
    return frozenset(row[0] for rows in get_global("territory_currencies").values() for row in rows if row[2] is None and row[3])


_TENDER = _tender()
EXPONENTS = _exponents()


class _Compiler:
    """Gathers the sets that the rules share. Set 0 is everything but gift cards."""

    def __init__(self, offers: Sequence[Offer], shop: Shop) -> None:
        self.shop = shop
        goods = [one for offer in offers for one in _all_goods(offer)]
        self.collections = _commonest((one for each in goods for one in (*each.collections, *each.not_collections)), compiled.COLLECTIONS)
        self.customer_tags = _commonest((tag for offer in offers for tag in _customer_tags(offer)), compiled.CUSTOMER_TAGS)
        moments = {moment for offer in offers for moment in (offer.schedule.starts, offer.schedule.ends) if moment and moment > shop.now}
        self.switches = sorted(moments)[: compiled.SWITCHES]
        self.sets: list[Set] = [Set(everything=True)]

    def rule(self, offer: Offer) -> Rule:
        base = Rule(offer.number, compiled.GROUP, offer.title, offer.priority, offer.stacks, self._needs(offer))
        if offer.kind == "tiers":
            steps = tuple(Step(step.least, gain(step.benefit)) for step in offer.steps)
            return replace(base, mechanic=compiled.TIER, set=self.set(offer.goods), scope=SCOPES[offer.scope], steps=steps)
        if offer.parts:
            return self._group(offer, base)
        mechanic = compiled.SHIPPING if offer.kind == "shipping" else compiled.ORDER
        return replace(base, mechanic=mechanic, set=self.set(offer.goods), gain=gain(offer.benefit))

    def _group(self, offer: Offer, base: Rule) -> Rule:
        whole = gain(offer.whole)
        shared = whole if whole.kind == compiled.PERCENT else Gain()
        slots = tuple(Slot(self.set(part.goods), part.count, gain(part.benefit) if part.benefit else shared) for part in in_turn(offer))
        once = offer.kind in ("gift", "upgrade")
        return replace(base, mechanic=compiled.GIFT if offer.kind == "gift" else compiled.GROUP, slots=slots,
                     limit=1 if once else offer.limit, marked=offer.marked or offer.kind == "upgrade",
                     whole=Gain() if shared.kind else whole, pick=picked(offer))

    def set(self, goods: Goods) -> int:
        """The number of the set; equal goods share one."""
        made = self._set(goods)
        if made not in self.sets:
            self.sets.append(made)
        return self.sets.index(made)

    def _set(self, goods: Goods) -> Set:
        with_marks, products = self._marks(goods.collections)
        without, excluded = self._marks(goods.not_collections)
        products |= goods.products | _of(self.shop.vendors, goods.vendors) | _of(self.shop.tags, folded(goods.tags))
        excluded |= goods.not_products | _of(self.shop.tags, folded(goods.not_tags))
        if not (goods.everything or with_marks or goods.variants):
            products, excluded = products - excluded, frozenset()  # shorter, and the same
        without |= compiled.GIFT_CARD | (0 if goods.subscriptions else compiled.SUBSCRIPTION)
        found = Set(goods.everything, with_marks, without, *(_ids(ids) for ids in (
            products, goods.variants, excluded, goods.not_variants)))
        size = sum(len(ids) for ids in (found.products, found.variants, found.not_products, found.not_variants))
        if size > MOST_PRODUCTS:
            raise self._too_wide(goods, size).refused()
        return found

    def _too_wide(self, goods: Goods, size: int) -> Fault:
        """By what it is mended: what a set names through a group cannot be taken out one by one."""
        known = self.shop.collections
        beyond = sum(len(known[one]) for one in (*goods.collections, *goods.not_collections) if one not in self.collections)
        if 2 * beyond > size:
            return Fault("goods", "too_wide_collections", {"most": MOST_PRODUCTS, "count": size, "places": compiled.COLLECTIONS})
        if goods.tags or goods.not_tags or goods.vendors:
            groups = {tag: self.shop.tags.get(tag.casefold(), ()) for tag in goods.tags | goods.not_tags}
            groups |= {vendor: self.shop.vendors.get(vendor, ()) for vendor in goods.vendors}
            largest = sorted(groups, key=lambda name: (-len(groups[name]), name))[:MOST_NAMED]
            return Fault("goods", "too_wide", {"most": MOST_PRODUCTS, "count": size, "names": largest})
        return Fault("goods", "too_many_products", {"most": MOST_PRODUCTS, "count": size - MOST_PRODUCTS})

    def _marks(self, collections: Iterable[str]) -> tuple[int, frozenset[str]]:
        """Bits of the collections that Shopify is asked about; products of those beyond them."""
        bits, products = 0, frozenset[str]()
        for name in collections:
            if name in self.collections:
                bits |= 1 << self.collections.index(name)
            elif name in self.shop.collections:
                products |= self.shop.collections[name]
            else:
                raise Fault("goods", "unknown_group", {"names": [name]}).refused()
        return bits, products

    def _needs(self, offer: Offer) -> Needs:
        basket, told = offer.basket, offer.audience
        return Needs(self._opens(offer), self.set(basket.goods), basket.quantity, amounts(basket.amounts),
                     tuple(sorted(packed(code) for code in told.countries)), tuple(sorted(packed(code) for code in told.currencies)),
                     self._clauses(offer), self._bars(offer))

    def _opens(self, offer: Offer) -> int:
        """Bit n: open from switch n on (0: from now on) until the next one."""
        starts, ends = offer.schedule.starts, offer.schedule.ends
        return sum(1 << at for at, moment in enumerate([self.shop.now, *self.switches])
                   if (starts is None or starts <= moment) and (ends is None or moment < ends))

    def _clauses(self, offer: Offer) -> tuple[tuple[int, ...], ...]:
        told = offer.audience
        clauses = [[1 + self.customer_tags.index(tag) for tag in told.customer_tags], [self.shop.marks[one] for one in told.segments],
                   [self.shop.marks[one] for one in told.campaigns], [REFERRED] if told.referred or offer.kind == "welcome" else []]
        return tuple(tuple(sorted(clause)) for clause in clauses if clause)

    def _bars(self, offer: Offer) -> tuple[int, ...]:
        told: Audience = offer.audience
        bars = [1 + self.customer_tags.index(tag) for tag in told.not_customer_tags]
        bars += [REFERRED] if told.referred is False else []
        number = offer.number % OF_SETS
        bars += [CAPPED + number] if told.cap else []
        bars += [HELD_OUT + number] if told.holdout_bp else []
        return tuple(sorted(bars))


def in_turn(offer: Offer) -> list[Part]:
    """As they are filled: parts that gain come first, and the choosier before the easier, so that those leave goods for these."""
    return sorted(offer.parts, key=lambda part: (part.benefit is None and offer.whole is None, _breadth(part)))


def picked(offer: Offer) -> int:
    """Which goods gain. Of a gift's goods the one that the shopper took from the offer, since that is what the page promised; for a
    bundle's price the dearest."""
    if offer.kind == "gift":
        return compiled.CHOSEN
    return compiled.DEAREST if offer.whole and offer.whole.worth == "price" else PICKS[offer.pick]


def gain(benefit: Benefit | None) -> Gain:
    """Nothing for None."""
    if benefit is None:
        return Gain()
    rate = 10_000 if benefit.worth == "free" else benefit.basis_points
    return Gain(KINDS[benefit.worth], rate, amounts(benefit.amounts))


def amounts(told: Sequence[Money]) -> Amounts:
    """The first is in the shop's currency."""
    return Amounts(told[0].amount, {packed(one.currency): one.amount for one in told[1:]}) if told else Amounts(0)


def _all_goods(offer: Offer) -> Iterator[Goods]:
    yield from (part.goods for part in offer.parts)
    yield offer.goods
    yield offer.basket.goods


def _customer_tags(offer: Offer) -> frozenset[str]:
    return offer.audience.customer_tags | offer.audience.not_customer_tags


def _commonest(names: Iterable[str], most: int) -> list[str]:
    """The names used most often, the smaller first among equals."""
    return [name for name, _ in sorted(Counter(names).items(), key=lambda one: (-one[1], one[0]))[:most]]


def _breadth(part: Part) -> tuple[bool, bool, int]:
    """Narrow goods before wide ones."""
    goods = part.goods
    return goods.everything, bool(goods.collections or goods.tags or goods.vendors), len(goods.products) + len(goods.variants)


def _of(known: Mapping[str, frozenset[str]], names: Iterable[str]) -> frozenset[str]:
    """The products of these groups; a name that nothing has any more is nobody's."""
    return frozenset().union(*(known.get(name, ()) for name in names))


def _ids(ids: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted(int(one) for one in ids))



"""What an order says of the shop's offers: units that an offer added, what is left of their price, what it took off. Pure.

*Added* are the units of lines that were put into the cart from the offer (line attribute ``_offer``), less one unit where it was the
product on whose own page the offer stood: that one the shopper was looking at anyway. After the purchase Shopify adds lines without
attributes: those are known by the discount of the offer's title that the app asked for, which is no automatic one. An offer that is given
as a code is known by its code; goods that a landing page put into the cart, by what the cart says of that. *Caused* is what is left of the
price of the added units after all discounts and refunds; never anything of the rest of the cart. *Discount* is what the offer took off, on
whichever goods, of the units that are kept; of a kit that was bought as one product, what its parts cost less in it than by themselves.
``beside`` is the part of it that came off goods which the offer did not add; the rest is in *caused* already.

An order counts once it was paid, unless it is a test, cancelled or voided. What was refunded beyond lines is shared out over the lines by
what is left of them (largest remainder), so all lines together come to what is left of the order.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from plugin.attribution.rules.codes import code_key
from plugin.experiments.rules import LANDED, OWN, PLACEMENTS, landed_on
from plugin.mirror.rules import Line, LineDiscount, Order
from plugin.money import Money, half_up
from plugin.offers.rules.refunds import discount_kept

SHIPPING, AFTERWARDS = "shipping", "post_purchase"
JOINT = " + "
"""Between the titles of several offers that took something off one line; see the Function's message."""


@dataclass(frozen=True, slots=True)
class Sale:
    """What one line of an order (or its shipping) is to one offer. Amounts in minor units of the order's currency.

    ``bought``: units that the offer added; ``kept``: those of them that the buyer still has. ``placement`` "": not known.
    """

    line_id: str
    offer: int
    placement: str
    variant_id: str | None = None
    bought: int = 0
    kept: int = 0
    caused: int = 0
    discount: int = 0
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """The shop's offers: all their numbers, and whose title is whose at the time of the order (several may share one). ``codes``: the
    offer that each code gives, by ``code_key``; ``bundles``: the kit that each product is, which is one product too. ``parts``: line →
    offer → what our own calculation says it took there, of orders in which several offers share a line's discount. ``listed``: of such a
    product, what a unit of each of its parts cost by itself when the order was placed, by variant."""

    numbers: Collection[int]
    titles: Mapping[str, Sequence[int]] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    bundles: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    listed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def counts(order: Order) -> bool:
    return order.paid_once and not order.test and order.cancelled_at is None and order.financial != "voided"


def concerns(order: Order) -> bool:
    """Could an offer have to do with it at all?"""
    return (LANDED in order.attributes or bool(order.shipping_discounts)
            or any(line.offer or line.bundle_id or line.discounts for line in order.lines))


def shared(order: Order, known: Known) -> frozenset[int]:
    """All offers that took something off an order, if Shopify tells one sum for several of them on any line; else nothing."""
    told = [_numbers(one, known, line.offer) for line in order.lines for one in line.discounts]
    return frozenset(number for numbers in told for number in numbers) if any(len(numbers) > 1 for numbers in told) else frozenset()


def sales(order: Order, known: Known) -> list[Sale]:
    """In the order of the lines; nothing of an order that does not count."""
    if not counts(order):
        return []
    order = _bundled(_landed(order), known)
    placements = _placements(order, known)
    found = [sale for line, left in zip(order.lines, _shares(order), strict=True) for sale in _of_line(order, line, left, known)]
    found += [Sale(SHIPPING, number, "", discount=amount, beside=amount)
              for number, amount in _taken(order.shipping_discounts, known).items() if not order.is_dead]
    return [sale if sale.placement else _placed(sale, placements) for sale in found]


def _landed(order: Order) -> Order:
    """A cart's link cannot mark lines; which goods a landing page put into it, the cart says itself."""
    told = landed_on(order.attributes)
    if told is None:
        return order
    number, variants = told
    return replace(order, lines=tuple(replace(line, offer=number, placement="landing") if not line.offer and line.variant_id in variants
                                      else line for line in order.lines))


def _bundled(order: Order, known: Known) -> Order:
    """A kit that was bought as one product, from wherever: without the offer there would be no such product."""
    return replace(order, lines=tuple(line if line.offer else replace(line, offer=known.bundles.get(line.bundle_id or "", 0))
                                      for line in order.lines))


def _placed(sale: Sale, placements: Mapping[int, str]) -> Sale:
    """What the offer took off other goods belongs to the place from which the order had it."""
    return replace(sale, placement=placements.get(sale.offer, ""))


def _placements(order: Order, known: Known) -> dict[int, str]:
    """Of each offer the first place from which goods were added."""
    found: dict[int, str] = {}
    for line in order.lines:
        at = _placement(line)
        if line.offer in known.numbers and at:
            found.setdefault(line.offer, at)
        elif number := _afterwards(line, known):
            found.setdefault(number, AFTERWARDS)
    return found


def _placement(line: Line) -> str:
    """The product's own page is a placement on product pages like any other."""
    return "product" if line.placement == OWN else line.placement if line.placement in PLACEMENTS else ""


def _shares(order: Order) -> list[int]:
    """What is left of each line; all of them together are what is left of the order."""
    if order.is_dead or not order.net.amount:
        return [0] * len(order.lines)
    left = [line.left.amount for line in order.lines]
    return [part.amount for part in order.net.split(left)] if order.net.amount != sum(left) else left


def _of_line(order: Order, line: Line, left: int, known: Known) -> Iterator[Sale]:
    units = 0 if order.is_dead else min(line.current_quantity, line.quantity)
    taken = _taken(line.discounts, known, line)
    number = line.offer if line.offer in known.numbers else _afterwards(line, known)
    if number:
        spared = 1 if line.placement == OWN else 0
        bought, kept = max(0, line.quantity - spared), max(0, units - spared)
        discount = _kept_of(taken.pop(number, 0) + _saved(line, known), line.quantity, units)
        mine = half_up(Fraction(discount * kept, units)) if units else 0
        yield Sale(line.id, number, _placement(line) if line.offer else AFTERWARDS, line.variant_id, bought, kept,
                   half_up(Fraction(left * kept, units)) if units else 0, discount, discount - mine)
    for other, amount in taken.items():
        discount = _kept_of(amount, line.quantity, units)
        yield Sale(line.id, other, "", line.variant_id, discount=discount, beside=discount)


def _saved(line: Line, known: Known) -> int:
    """What a part of a bundle that is one product costs less in it than by itself: no discount of Shopify's, its price says so."""
    listed = known.listed.get(line.bundle_id or "", {}).get(line.variant_id or "")
    return max(0, listed - line.price.amount) * line.quantity if listed is not None else 0


def _kept_of(discount: int, quantity: int, kept: int) -> int:
    return discount_kept(discount, quantity=quantity, kept=kept) if quantity else 0


def _taken(discounts: Iterable[LineDiscount], known: Known, line: Line | None = None) -> dict[int, int]:
    """Offer → what it took off. Where several took something off one line, Shopify tells one sum: it is shared out as our own calculation
    says (largest remainder), and in equal parts where that does not find all of them there."""
    own, parts = (line.offer, known.parts.get(line.id, {})) if line else (0, {})
    found: dict[int, int] = {}
    for discount in discounts:
        numbers = _numbers(discount, known, own)
        weights = [parts.get(number, 0) for number in numbers]
        for number, part in zip(numbers, _split(discount.amount, weights if all(weights) else [1] * len(numbers)), strict=True):
            found[number] = found.get(number, 0) + part
    return found


def _numbers(discount: LineDiscount, known: Known, own: int) -> list[int]:
    """Whose discount it is, by its code or its title. Of offers with the same title it is the one that the line was added from, else the
    first."""
    if discount.kind == "code":
        given = known.codes.get(code_key(discount.code or ""))
        return [given] if given else []
    titles = [discount.title] if discount.title in known.titles else discount.title.split(JOINT)
    return [own if own in known.titles[title] else min(known.titles[title]) for title in titles if known.titles.get(title)]


def _split(amount: Money, weights: Sequence[int]) -> list[int]:
    return [part.amount for part in amount.split(weights)] if weights else []


def _afterwards(line: Line, known: Known) -> int:
    """The offer from which a line was added to an order that was paid already; 0 if it was not."""
    titles = [one.title for one in line.discounts if one.kind == "manual" and known.titles.get(one.title)]
    return min(known.titles[titles[0]]) if titles and not line.offer else 0

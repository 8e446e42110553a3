"""Does an offer contradict itself? All faults at once, each with the field it belongs to, so that a form can show them."""

import re
from collections.abc import Iterator

from babel.core import get_global

from plugin.errors import Refused
from plugin.money import exponent
from plugin.offers.rules.kinds import MOST_COUNT, MOST_QUANTITY, OF_KIND, WHOLE, Fault
from plugin.offers.rules.model import USES, Benefit, Goods, Offer, Part
from plugin.offers.rules.reaching import folded

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{3,31}", re.ASCII)
MOST_LIMIT, MOST_NUMBER, MOST_DAYS, MOST_HELD = 10_000, 9_999, 365, 9_000


def check(offer: Offer, currency: str) -> Offer:
    """The offer, if it is sound for a shop with this currency. Raises Refused("offer") with the first fault."""
    for fault in faults(offer, currency):
        raise fault.refused()
    return offer


def check_ready(offer: Offer, currency: str) -> Offer:
    """Sound, and fit to be switched on: it names what it is measured by. Raises Refused("offer")."""
    check(offer, currency)
    if offer.outcome is None:
        raise Fault("outcome", "outcome").refused()
    return offer


def faults(offer: Offer, currency: str) -> Iterator[Fault]:
    """Every fault, the simple ones first."""
    yield from _named(offer)
    yield from _unused(offer)
    for path, benefit in _benefits(offer):
        yield from _benefit(path, benefit, currency)
    for path, goods in _goods(offer):
        yield from _listed(path, goods)
    for at, part in enumerate(offer.parts):
        if not 1 <= part.count <= MOST_COUNT:
            yield Fault(f"parts.{at}.count", "count", {"most": MOST_COUNT})
    yield from OF_KIND[offer.kind](offer)
    yield from _basket(offer, currency)
    yield from _audience(offer)
    if offer.schedule.starts and offer.schedule.ends and offer.schedule.ends <= offer.schedule.starts:
        yield Fault("schedule.ends", "schedule")


def _named(offer: Offer) -> Iterator[Fault]:
    if not offer.title.strip():
        yield Fault("title", "title")
    if not 1 <= offer.number <= MOST_NUMBER:
        yield Fault("number", "number", {"most": MOST_NUMBER})
    if offer.code and not _CODE.fullmatch(offer.code):
        yield Fault("code", "code")
    if not 0 <= offer.limit <= MOST_LIMIT:
        yield Fault("limit", "limit", {"most": MOST_LIMIT})
    if abs(offer.priority) > MOST_LIMIT:
        yield Fault("priority", "limit", {"most": MOST_LIMIT})


def _unused(offer: Offer) -> Iterator[Fault]:
    """What this kind does not know says something that would not happen."""
    plain = Offer(offer.id, offer.number, offer.kind, offer.title)
    for name in ("parts", "whole", "goods", "steps", "scope", "benefit", "replaces", "limit", "pick"):
        if name not in USES[offer.kind] and getattr(offer, name) != getattr(plain, name):
            yield Fault(name, "field")
    if offer.marked and not offer.parts:
        yield Fault("marked", "field")


def _benefits(offer: Offer) -> Iterator[tuple[str, Benefit]]:
    yield from ((f"parts.{at}.benefit", part.benefit) for at, part in enumerate(offer.parts) if part.benefit)
    yield from ((f"steps.{at}.benefit", step.benefit) for at, step in enumerate(offer.steps))
    yield from ((name, benefit) for name, benefit in (("whole", offer.whole), ("benefit", offer.benefit)) if benefit)


def _benefit(path: str, benefit: Benefit, currency: str) -> Iterator[Fault]:
    if benefit.worth in ("percent", "free"):
        rate = benefit.basis_points if benefit.worth == "percent" else WHOLE
        if not 1 <= rate <= WHOLE or benefit.amounts or (benefit.worth == "free" and benefit.basis_points):
            yield Fault(path, "rate")
        return
    currencies = [amount.currency for amount in benefit.amounts]
    if not currencies or currencies[0] != currency or len(set(currencies)) != len(currencies):
        yield Fault(path, "currencies", {"currency": currency})
    if any(amount.amount <= 0 for amount in benefit.amounts) or benefit.basis_points:
        yield Fault(path, "worth")


def _goods(offer: Offer) -> Iterator[tuple[str, Goods]]:
    yield from ((f"parts.{at}.goods", part.goods) for at, part in enumerate(offer.parts))
    yield "goods", offer.goods
    yield "basket.goods", offer.basket.goods


def _listed(path: str, goods: Goods) -> Iterator[Fault]:
    """Goods must be named, by ids of digits, and not all be excluded again."""
    ids = (*goods.products, *goods.variants, *goods.collections, *goods.not_products, *goods.not_variants, *goods.not_collections)
    if not goods.named:
        yield Fault(path, "goods")
    elif not all(one.isascii() and one.isdigit() and len(one) < 19 for one in ids):
        yield Fault(path, "id")
    elif goods.everything and (goods.products or goods.variants or goods.collections or goods.tags or goods.vendors):
        yield Fault(path, "everything")
    elif not goods.everything and _nothing_left(goods):
        yield Fault(path, "excluded")


def _nothing_left(goods: Goods) -> bool:
    return (goods.products <= goods.not_products and goods.variants <= goods.not_variants and not goods.vendors
            and goods.collections <= goods.not_collections and folded(goods.tags) <= folded(goods.not_tags))


def _basket(offer: Offer, currency: str) -> Iterator[Fault]:
    if not 0 <= offer.basket.quantity <= MOST_QUANTITY:
        yield Fault("basket.quantity", "least", {"most": MOST_QUANTITY})
    if offer.basket.amounts:
        yield from _benefit("basket.amounts", Benefit("amount", amounts=offer.basket.amounts), currency)


def _audience(offer: Offer) -> Iterator[Fault]:
    told = offer.audience
    if not told.countries <= frozenset(get_global("territory_currencies")):
        yield Fault("audience.countries", "country")
    if not all(one.isascii() and one.isdigit() for one in told.markets):
        yield Fault("audience.markets", "choice")
    if not all(_known(code) for code in told.currencies):
        yield Fault("audience.currencies", "currency")
    if told.customer_tags & told.not_customer_tags:
        yield Fault("audience.not_customer_tags", "tag_twice")
    if told.referred is False and told.campaigns:
        yield Fault("audience.campaigns", "campaign")
    if told.cap and not (1 <= told.cap.times <= MOST_COUNT and 1 <= told.cap.days <= MOST_DAYS):
        yield Fault("audience.cap", "cap", {"times": MOST_COUNT, "days": MOST_DAYS})
    if not 0 <= told.holdout_bp <= MOST_HELD:
        yield Fault("audience.holdout_bp", "holdout", {"most_bp": MOST_HELD})


def _known(code: str) -> bool:
    try:
        exponent(code)
    except Refused:
        return False
    return True


def gaining(offer: Offer) -> tuple[Part, ...]:
    """The parts whose units get something."""
    return offer.parts if offer.whole else tuple(part for part in offer.parts if part.benefit)

"""Suggesting beside what is in a cart, and keeping what the merchant wants beside it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers.mining import rules, tables
from plugin.offers.mining.rules import Candidate, Companion, Looks
from plugin.offers.mining.tables import SuggestionWish

ANY = ""
"""Beside every product."""
MOST_WISHES = 50
_ASKED = 20
_ALIKE = 20
_SPARE = 3
_Known = dict[str, list[tuple[str, Companion]]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product to show, and why: the catalogue's text ``key`` with its ``facts``. ``score`` orders one answer; pins have 0."""

    product_id: str
    score: int
    key: str
    facts: Mapping[str, int | str]


def suggest(session: Session, shop_id: ShopId, product_ids: Sequence[str], *, market: str | None, limit: int,
            segment: str | None = None) -> list[Suggestion]:
    """What goes with these products (of a page, or of a cart), closest first, from what is on sale and in stock.

    ``market``: the shopper's country, as two letters; ``segment``: new, returning or referred, where known. First the merchant's
    pins, then what is bought together, then, where that is too little, what goes with products like these, then best sellers.
    """
    cart = list(dict.fromkeys(product_ids))[:_ASKED]
    pinned, banned = _wishes(session, shop_id, cart)
    known = _known(session, shop_id, cart, market=market or "", segment=segment or "")
    found = rules.combine(known)
    ready = _on_sale(session, shop_id, rules.arrange(found, pinned, banned, cart), limit)
    if len(ready) < limit:
        found += _borrowed(session, shop_id, [id for id in cart if not any(one.sure for _, one in known[id])], market or "")
        found += _sellers(session, shop_id, cart, market or "")
        ready = _on_sale(session, shop_id, rules.arrange(found, pinned, banned, cart), limit)
    return _told(session, shop_id, ready)


def suggest_each(session: Session, shop_id: ShopId, pages: Sequence[Product], *, market: str | None, limit: int,
                 segment: str | None = None) -> dict[str, list[Suggestion]]:
    """What ``suggest`` says beside each of these products alone, by its id: in as many queries as there are types of products, at most.
    One that many pages could share is looked up once."""
    ids = [one.id for one in pages]
    known = _known(session, shop_id, ids, market=market or "", segment=segment or "")
    wishes, wider = _by_product(tables.wishes(session, shop_id, ids)), _Wider(session, shop_id, market or "")
    arranged = {}
    for page in pages:
        pinned, banned = _sorted([*wishes.get(page.id, ()), *wishes.get(ANY, ())])
        found = rules.combine({page.id: known[page.id]})
        if len(found) < limit + _SPARE:
            found += [] if any(one.sure for _, one in known[page.id]) else wider.borrowed(page)
            found += wider.sellers(page)
        arranged[page.id] = rules.arrange(found, pinned, banned, [page.id])[:limit + _SPARE]
    asked = sorted({one.product_id for found in arranged.values() for one in found})
    ready = {one.id for one in mirror.products(session, shop_id, asked) if can_be_bought(one)}
    titles = {one.id: one.title for one in pages}
    return {page: [Suggestion(one.product_id, one.score, one.key, {**one.facts, "product": titles.get(one.beside or "", "")})
                   for one in found if one.product_id in ready][:limit] for page, found in arranged.items()}


def pin(session: Session, shop_id: ShopId, product_id: str, other_id: str, *, by: str | None, now: datetime) -> None:
    """Always suggest the other beside this product, or (``ANY``) beside all. Raises Refused("suggestion") or Refused("too_many")."""
    _wish(session, shop_id, product_id, other_id, wish="pin", by=by, now=now)


def ban(session: Session, shop_id: ShopId, product_id: str, other_id: str, *, by: str | None, now: datetime) -> None:
    """Never suggest the other beside this product, or (``ANY``) beside any. Raises as ``pin`` does."""
    _wish(session, shop_id, product_id, other_id, wish="ban", by=by, now=now)


def clear(session: Session, shop_id: ShopId, product_id: str, other_id: str) -> None:
    """Leave it to the orders again."""
    row = session.get(SuggestionWish, (shop_id, product_id, other_id))
    if row is not None:
        session.delete(row)
        session.flush()


def banned(session: Session, shop_id: ShopId, product_ids: Sequence[str]) -> set[str]:
    """What the merchant never wants beside these products, whoever suggests it."""
    return _wishes(session, shop_id, product_ids)[1]


def forget_shop(session: Session, shop_id: ShopId) -> None:
    """The shop is gone: so is what its orders told."""
    tables.forget(session, shop_id)


# -- within -----------------------------------------------------------------------------------------------------------


def _wish(session: Session, shop_id: ShopId, product_id: str, other_id: str, **told: Any) -> None:  # noqa: ANN401
    if product_id == other_id:
        raise Refused("suggestion", "A product is not suggested beside itself.", key="recommendations.self")
    asked = {other_id, product_id} - {ANY}
    if len(mirror.products(session, shop_id, sorted(asked))) < len(asked):
        raise Refused("suggestion", "Both products must exist in this shop.", key="errors.pair_missing")
    row = session.get(SuggestionWish, (shop_id, product_id, other_id))
    if row is None:
        if sum(one.product_id == product_id for one in tables.wishes(session, shop_id, [product_id])) >= MOST_WISHES:
            raise Refused("too_many", "There are as many wishes for this product as there may be.",
                          key="recommendations.too_many", most=MOST_WISHES)
        row = SuggestionWish(shop_id=shop_id, product_id=product_id, other_id=other_id)
        session.add(row)
    row.wish, row.by, row.made_at = told["wish"], told["by"], told["now"]
    session.flush()


def _wishes(session: Session, shop_id: ShopId, cart: Sequence[str]) -> tuple[list[str], set[str]]:
    return _sorted(tables.wishes(session, shop_id, cart))


def _by_product(wishes: Iterable[SuggestionWish]) -> dict[str, list[SuggestionWish]]:
    found: dict[str, list[SuggestionWish]] = {}
    for one in wishes:
        found.setdefault(one.product_id, []).append(one)
    return found


def _sorted(wishes: Iterable[SuggestionWish]) -> tuple[list[str], set[str]]:
    """Pinned and banned. A pin beside one product outweighs a ban everywhere; a ban beside one, a pin elsewhere."""
    pinned: list[str] = []
    banned: set[str] = set()
    for one in wishes:
        if one.wish == "ban" and (one.product_id != ANY or one.other_id not in pinned):
            banned.add(one.other_id)
        elif one.wish == "pin":
            pinned.append(one.other_id)
    return pinned, banned


def _known(session: Session, shop_id: ShopId, cart: Collection[str], *, market: str, segment: str) -> _Known:
    stored = tables.companions(session, shop_id, cart)
    return {id: rules.chosen(_lists(stored.get(id, {})), market, segment) for id in cart}


def _lists(stored: Mapping[str, Any]) -> dict[str, list[Companion]]:
    return {scope: [Companion(*told) for told in inside] for scope, inside in stored.items()}


def _borrowed(session: Session, shop_id: ShopId, new: Sequence[str], market: str) -> list[Candidate]:
    """What goes with products like those that nobody's orders say much about."""
    found: list[Candidate] = []
    for product in mirror.products(session, shop_id, new):
        ids = tables.of_kind(session, shop_id, product.kind, but=product.id, limit=_ALIKE)
        known = _known(session, shop_id, ids, market=market, segment="")
        alike = [(_looks(one), known[one.id]) for one in mirror.products(session, shop_id, ids)]
        found += rules.borrow(_looks(product), alike)
    return sorted(found, key=lambda one: (-one.score, one.product_id))


class _Wider:
    """What pages have in common that their own orders say too little about: each type's companions, and the best sellers, read once."""

    def __init__(self, session: Session, shop_id: ShopId, market: str) -> None:
        self._session, self._shop_id, self._market = session, shop_id, market
        self._kinds: dict[str, list[tuple[Looks, list[tuple[str, Companion]]]]] = {}
        self._best: list[tuple[Looks, int]] | None = None

    def borrowed(self, page: Product) -> list[Candidate]:
        if page.kind not in self._kinds:
            self._kinds[page.kind] = self._alike(page.kind)
        found = rules.borrow(_looks(page), [one for one in self._kinds[page.kind] if one[0].id != page.id])
        return sorted(found, key=lambda one: (-one.score, one.product_id))

    def _alike(self, kind: str) -> list[tuple[Looks, list[tuple[str, Companion]]]]:
        ids = tables.of_kind(self._session, self._shop_id, kind, but="", limit=_ALIKE)
        known = _known(self._session, self._shop_id, ids, market=self._market, segment="")
        return [(_looks(one), known[one.id]) for one in mirror.products(self._session, self._shop_id, ids)]

    def sellers(self, page: Product) -> list[Candidate]:
        if self._best is None:
            self._best = _best(self._session, self._shop_id, self._market)
        return rules.popular([_looks(page)], self._best)


def _sellers(session: Session, shop_id: ShopId, cart: Sequence[str], market: str) -> list[Candidate]:
    """What sells best, in this market if enough does: of the cart's vendors and about its price first."""
    return rules.popular([_looks(one) for one in mirror.products(session, shop_id, cart)], _best(session, shop_id, market))


def _best(session: Session, shop_id: ShopId, market: str) -> list[tuple[Looks, int]]:
    row = tables.mined_shop(session, shop_id)
    if row is None:
        return []
    told = {id: orders for id, orders in (*row.sellers.get(market, ()), *row.sellers.get("", ()))}
    return [(_looks(one), told[one.id]) for one in mirror.products(session, shop_id, list(told))]


def _looks(product: Product) -> Looks:
    return Looks(product.id, product.kind, product.vendor, min((one.price.amount for one in product.variants), default=0))


def _on_sale(session: Session, shop_id: ShopId, found: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The first ``limit`` that can be bought; no more products are read than it takes."""
    ready: list[Candidate] = []
    step = limit + _SPARE
    for start in range(0, len(found), step):
        some = found[start:start + step]
        on_sale = {one.id for one in mirror.products(session, shop_id, [one.product_id for one in some]) if can_be_bought(one)}
        ready += [one for one in some if one.product_id in on_sale]
        if len(ready) >= limit:
            break
    return ready[:limit]


def can_be_bought(product: Product) -> bool:
    """On sale, with a unit of something left."""
    return product.status == "active" and any(one.stock is None or one.stock > 0 for one in product.variants)


def _told(session: Session, shop_id: ShopId, found: Sequence[Candidate]) -> list[Suggestion]:
    beside = sorted({one.beside for one in found if one.beside})
    titles = {product.id: product.title for product in mirror.products(session, shop_id, beside)}
    return [Suggestion(one.product_id, one.score, one.key, {**one.facts, "product": titles.get(one.beside or "", "")}) for one in found]

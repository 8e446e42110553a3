"""Choosing a product: six at a time from the mirror, found by title or SKU. The chosen one stays on top whatever is searched."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, request
from sqlalchemy.orm import Session

from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers.rules.filling import LONGEST_TITLE
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import fragment, translator

PRODUCTS = "/app/pairs/products"
A_PAGE = 6
LONGEST = 100
SIDES = ("first", "second")


@dataclass(frozen=True, slots=True)
class Picker:
    """One field. ``found``: this page's products, the chosen one first; ``after``: where the next page begins, None on the last."""

    side: str
    words: str
    chosen: Product | None
    found: list[Product]
    after: str | None

    def value(self) -> str:
        return self.chosen.id if self.chosen else ""


def add_to(blueprint: Blueprint) -> None:
    blueprint.post(PRODUCTS)(found)


@embedded
def found(shop: Shop, session: Session) -> str:
    """The choices for what was typed, to be put in place of those that stand. A POST, since only then a whole form is sent along."""
    asked = request.args.get("side")
    side = asked if asked in SIDES else "first"
    chosen = picker(session, shop, side, request.form, request.args.get("after", ""))
    return fragment("offers/choices.html", shop=shop, errors={}, picker=chosen)


def picker(session: Session, shop: Shop, side: str, typed: Mapping[str, str], after: str = "") -> Picker:
    """``typed`` has the chosen id under the side's name and the words as ``words_<side>``; ``after``: on later pages."""
    words, id_ = (typed.get(name, "").strip()[:LONGEST] for name in (f"words_{side}", side))
    rows = mirror.search(session, shop.id, words, limit=A_PAGE + 1, after=after if after.isascii() and after.isdigit() else None)
    chosen = mirror.product(session, shop.id, id_) if id_.isascii() and id_.isdigit() else None
    shown = rows[:A_PAGE]
    others = [product for product in shown if chosen is None or product.id != chosen.id]
    return Picker(side, words, chosen, [chosen, *others] if chosen else others, shown[-1].id if len(rows) > A_PAGE else None)


def bundle_title(session: Session, shop: Shop, first: str, second: str) -> str:
    """What shoppers read beside the discount: both products' names, each cut so that they fit."""
    titles = {one.id: one.title[:LONGEST_TITLE // 2 - 5] for one in mirror.products(session, shop.id, [first, second])}
    return translator(shop)("proposals.bundle_title", first=titles.get(first, ""), second=titles.get(second, ""))

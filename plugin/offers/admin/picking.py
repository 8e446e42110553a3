"""Choosing a product: ten at a time from the mirror, found by title or SKU. The chosen one stays on top whatever is searched."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, request
from sqlalchemy.orm import Session

from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.inputs import is_text
from plugin.web.shell import fragment

PRODUCTS = "/app/pairs/products"
A_PAGE = 10
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
    blueprint.get(PRODUCTS)(found)


@embedded
def found(shop: Shop, session: Session) -> str:
    """The choices for what was typed, to be put in place of those that stand."""
    asked = request.args.get("side")
    side = asked if asked in SIDES else "first"
    return fragment("offers/choices.html", shop=shop, errors={}, picker=picker(session, shop, side, request.args))


def picker(session: Session, shop: Shop, side: str, typed: Mapping[str, str]) -> Picker:
    """``typed`` has the chosen id under the side's name, the words as ``words_<side>``, and on later pages ``after``."""
    words, id_, after = (typed.get(name, "").strip()[:LONGEST] for name in (f"words_{side}", side, "after"))
    rows = mirror.search(session, shop.id, words if is_text(words) else "", limit=A_PAGE + 1, after=after if after.isdigit() else None)
    chosen = mirror.product(session, shop.id, id_) if id_.isascii() and id_.isdigit() else None
    shown = rows[:A_PAGE]
    others = [product for product in shown if chosen is None or product.id != chosen.id]
    return Picker(side, words, chosen, [chosen, *others] if chosen else others, shown[-1].id if len(rows) > A_PAGE else None)

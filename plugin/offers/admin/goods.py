"""Choosing goods: products from the mirror (by title or SKU), tags and vendors, several at a time. What is chosen stays on top
whatever is searched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, request
from sqlalchemy.orm import Session

from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers import tables
from plugin.offers.admin.typed import offer_values
from plugin.offers.rules.filling import LETTERS, Values
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.inputs import is_text
from plugin.web.shell import fragment

CHOICES = "/app/offers/choices"
A_PAGE, GROUPS, LONGEST = 6, 3, 100


@dataclass(frozen=True, slots=True)
class Choice:
    """``value`` as ``rules.filling`` reads it. ``product``: for "p:…"; ``name``: of a tag or vendor."""

    value: str
    kind: str
    name: str
    product: Product | None = None


@dataclass(frozen=True, slots=True)
class Picker:
    """One place for goods. ``found``: the chosen ones first; ``after``: where the next page of products begins, None on the last."""

    letter: str
    words: str
    chosen: tuple[str, ...]
    found: tuple[Choice, ...]
    after: str | None

    @property
    def field(self) -> str:
        return f"goods_{self.letter}"


def add_to(blueprint: Blueprint) -> None:
    blueprint.post(CHOICES, endpoint="offer_choices")(found)


@embedded
def found(shop: Shop, session: Session) -> str:
    """The choices for what was typed, to be put in place of those that stand. A POST, since only then a whole form is sent along."""
    asked = request.args.get("letter", "")
    letter = asked if asked in LETTERS and asked else LETTERS[0]
    words = {f"words_{letter}": request.form.get(f"words_{letter}", "")}
    chosen = picker(session, shop, letter, offer_values(), words=words, after=request.args.get("after", ""))
    return fragment("offers/goods.html", shop=shop, errors={}, picker=chosen)


def picker(session: Session, shop: Shop, letter: str, values: Values, *, words: Mapping[str, str], after: str = "") -> Picker:
    told = words.get(f"words_{letter}", "").strip()[:LONGEST]
    told = told if is_text(told) else ""
    rows = mirror.search(session, shop.id, told, limit=A_PAGE + 1, after=after if after.isascii() and after.isdigit() else None)
    chosen = _strings(values.get(f"goods_{letter}", []))
    tags, vendors = tables.groups(session, shop.id, told, limit=GROUPS) if told else ([], [])
    offered = [Choice(f"p:{one.id}", "product", one.title, one) for one in rows[:A_PAGE]]
    offered += [Choice(f"t:{name}", "tag", name) for name in tags] + [Choice(f"v:{name}", "vendor", name) for name in vendors]
    mine = chosen_ones(session, shop, chosen)
    others = [one for one in offered if one.value not in chosen]
    every = [] if "everything" in chosen or told else [Choice("everything", "everything", "")]
    return Picker(letter, told, tuple(chosen), (*mine, *every, *others), rows[A_PAGE - 1].id if len(rows) > A_PAGE else None)


def chosen_ones(session: Session, shop: Shop, chosen: Sequence[str]) -> list[Choice]:
    """With what they are called; a product that is gone by now is left out."""
    ids = [one[2:] for one in chosen if one.startswith("p:")]
    products = {one.id: one for one in mirror.products(session, shop.id, ids)}
    made = []
    for one in chosen:
        kind = {"p": "product", "t": "tag", "v": "vendor"}.get(one[:1], "everything")
        if one == "everything":
            made.append(Choice(one, "everything", ""))
        elif kind == "product" and one[2:] in products:
            made.append(Choice(one, kind, products[one[2:]].title, products[one[2:]]))
        elif kind in ("tag", "vendor"):
            made.append(Choice(one, kind, one[2:]))
    return made


def _strings(told: str | list[str]) -> list[str]:
    return [told] if isinstance(told, str) and told else list(told)

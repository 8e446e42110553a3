"""Choosing goods: products from the mirror (by title or SKU), their variants, collections, tags and vendors, several at a time. What is
chosen stays on top whatever is searched."""

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
from plugin.web.guards import embedded, looks
from plugin.web.inputs import is_text
from plugin.web.shell import fragment

CHOICES = "/app/offers/choices"
A_PAGE, GROUPS, VARIANTS, LONGEST = 6, 3, 12, 100
NOT, GOAL = "not", "goal"
"""The places for what the offer is never about, and for what counts towards its least amount."""


@dataclass(frozen=True, slots=True)
class Choice:
    """``value`` as ``rules.filling`` reads it. ``product``: for "p:…"; ``name``: of a variant, collection, tag or vendor."""

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
@looks
def found(shop: Shop, session: Session) -> str:
    """The choices for what was typed, to be put in place of those that stand. A POST, since only then a whole form is sent along."""
    asked = request.args.get("letter", "")
    letter = asked if asked in (NOT, GOAL) or (asked in LETTERS and asked) else LETTERS[0]
    words = {f"words_{letter}": request.form.get(f"words_{letter}", "")}
    place = Place(letter, words, request.args.get("after", ""), variants=bool(request.form.get("kind")) and letter != GOAL)
    chosen = picker(session, shop, place, offer_values())
    return fragment("offers/goods.html", shop=shop, errors={}, picker=chosen)


@dataclass(frozen=True, slots=True)
class Place:
    """Which place for goods, what was typed into its search (``words`` by field), behind which product the page begins, and whether
    single variants may be chosen."""

    letter: str
    words: Mapping[str, str]
    after: str = ""
    variants: bool = True

    @property
    def typed(self) -> str:
        told = self.words.get(f"words_{self.letter}", "").strip()[:LONGEST]
        return told if is_text(told) else ""


def picker(session: Session, shop: Shop, place: Place, values: Values) -> Picker:
    told, kits = place.typed, tables.bundle_ids(session, shop.id)
    after = place.after if place.after.isascii() and place.after.isdigit() else None
    rows = mirror.search(session, shop.id, told, limit=A_PAGE + 1, after=after)
    chosen = _strings(values.get(f"goods_{place.letter}", []))
    shown = [one for one in rows[:A_PAGE] if one.id not in kits]
    offered = [Choice(f"p:{one.id}", "product", one.title, one) for one in shown]
    if told:
        offered += [*(_variants(shown) if place.variants else ()), *_groups(session, shop, told, vendors=place.letter != NOT)]
    mine = chosen_ones(session, shop, chosen)
    others = [one for one in offered if one.value not in chosen]
    every = [] if "everything" in chosen or told or place.letter in (NOT, GOAL) else [Choice("everything", "everything", "")]
    return Picker(place.letter, told, tuple(chosen), (*mine, *every, *others), rows[A_PAGE - 1].id if len(rows) > A_PAGE else None)


def _variants(products: Sequence[Product]) -> list[Choice]:
    """Of products that have several, the first few."""
    return [Choice(f"x:{variant.id}", "variant", f"{one.title} – {variant.title}")
            for one in products if len(one.variants) > 1 for variant in one.variants][:VARIANTS]


def _groups(session: Session, shop: Shop, told: str, *, vendors: bool) -> list[Choice]:
    tags, makers = tables.groups(session, shop.id, told, limit=GROUPS)
    inside = mirror.collections(session, shop.id, told, limit=GROUPS)
    found = [Choice(f"c:{one.id}", "collection", one.title) for one in inside] + [Choice(f"t:{name}", "tag", name) for name in tags]
    return found + [Choice(f"v:{name}", "vendor", name) for name in makers if vendors]


def chosen_ones(session: Session, shop: Shop, chosen: Sequence[str]) -> list[Choice]:
    """With what they are called; a product that is gone by now is left out."""
    ids = [one[2:] for one in chosen if one.startswith("p:")]
    products = {one.id: one for one in mirror.products(session, shop.id, ids)}
    titles = mirror.collection_titles(session, shop.id, [one[2:] for one in chosen if one.startswith("c:")])
    variants = mirror.variant_titles(session, shop.id, [one[2:] for one in chosen if one.startswith("x:")])
    known = {f"p:{one}": Choice(f"p:{one}", "product", product.title, product) for one, product in products.items()}
    known |= {f"c:{one}": Choice(f"c:{one}", "collection", title) for one, title in titles.items()}
    known |= {f"x:{one}": Choice(f"x:{one}", "variant", title) for one, title in variants.items()}
    known |= {one: Choice(one, "tag" if one[0] == "t" else "vendor", one[2:]) for one in chosen if one[:2] in ("t:", "v:")}
    known["everything"] = Choice("everything", "everything", "")
    return [known[one] for one in chosen if one in known]


def _strings(told: str | list[str]) -> list[str]:
    return [told] if isinstance(told, str) and told else list(told)

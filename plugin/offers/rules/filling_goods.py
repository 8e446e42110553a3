"""The part of the builder's form that says which goods. Pure.

Goods are told as a list of "everything", "p:<product id>", "x:<variant id>", "c:<collection id>", "t:<tag>" and "v:<vendor>".
"""

from dataclasses import replace

from plugin.offers.rules.filling_whom import Typed
from plugin.offers.rules.model import EVERYTHING, Goods

WITHOUT = "goods_not"
"""The field of what an offer is never about: products, variants, collections and tags."""
COUNTING = "goods_goal"
"""The field of what counts towards a least amount or number: what a page of the shop can recognise, so no single variants."""
MOST_GOODS = 250
_MARKS = {"p": "products", "x": "variants", "c": "collections", "t": "tags", "v": "vendors"}
_EXCLUDED = {"p": "not_products", "x": "not_variants", "c": "not_collections", "t": "not_tags"}


def goods(typed: Typed, name: str) -> Goods:
    """What one place holds, without what the offer is never about. Faults are kept beside their fields."""
    told, recurring = _told(typed, name), typed.text("subscriptions") == "yes"
    if not told:
        typed.fault(name, "goods")
    if "everything" in told:
        return without(typed, Goods(everything=True, subscriptions=recurring))
    return without(typed, Goods(products=_ids(told, "p"), variants=_ids(told, "x"), collections=_ids(told, "c"), tags=_ids(told, "t"),
                                vendors=_ids(told, "v"), subscriptions=recurring))


def counting(typed: Typed, *, asked: bool) -> Goods:
    """What counts towards the goal, however it is bought; everything where nothing is named. ``asked``: there is a goal."""
    told = _told(typed, COUNTING)
    if told and not asked:
        typed.fault(COUNTING, "no_goal")
    if any(one.startswith("x:") for one in told):
        typed.fault(COUNTING, "choice")
    found = Goods(products=_ids(told, "p"), collections=_ids(told, "c"), tags=_ids(told, "t"), vendors=_ids(told, "v"), subscriptions=True)
    return EVERYTHING if not told or "everything" in told else found


def _told(typed: Typed, name: str) -> list[str]:
    told = sorted(typed.several(name))
    if len(told) > MOST_GOODS:
        typed.fault(name, "too_many_products", most=MOST_GOODS, count=len(told) - MOST_GOODS)
    return told


def without(typed: Typed, found: Goods) -> Goods:
    told = _told(typed, WITHOUT)
    if any(one[:1] not in _EXCLUDED or one[1:2] != ":" for one in told):
        typed.fault(WITHOUT, "choice")
    return replace(found, not_products=_ids(told, "p"), not_variants=_ids(told, "x"), not_collections=_ids(told, "c"),
                   not_tags=_ids(told, "t"))


def written(found: Goods) -> list[str]:
    """As ``goods`` reads it, exclusions apart."""
    if found.everything:
        return ["everything"]
    return [f"{mark}:{one}" for mark, field in _MARKS.items() for one in sorted(getattr(found, field))]


def excluded(found: Goods) -> list[str]:
    """As ``without`` reads it."""
    return [f"{mark}:{one}" for mark, field in _EXCLUDED.items() for one in sorted(getattr(found, field))]


def _ids(told: list[str], mark: str) -> frozenset[str]:
    return frozenset(one[2:] for one in told if one.startswith(f"{mark}:"))

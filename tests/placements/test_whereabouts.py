"""Where an offer shows, and the reason it does not."""

from dataclasses import replace
from typing import get_args

import pytest

from plugin.locales import LOCALES
from plugin.messaging.texts import say
from plugin.money import Money
from plugin.offers.rules.model import KINDS, Audience, Basket, Benefit, Cap, Goods, Offer, Part
from plugin.offers.rules.suggesting import bundles
from plugin.offers.rules.whereabouts import Place, whereabouts
from tests.placements.cast import GET, KIT, MIX, SHELF, TIERS, goods, offer, percent

SPEND, THREE = Basket(amounts=(Money(4000, "GBP"),)), Basket(quantity=3)


def shown(told: Offer) -> dict[str, str | None]:
    return {one.place: one.why for one in whereabouts(told)}


@pytest.mark.parametrize(("told", "places"), [
    (KIT, "product cart checkout after thanks"), (TIERS, "product"), (MIX, "product"),
    (offer("gift", Part(goods(1), benefit=Benefit("free")), basket=SPEND), "cart"), (offer("shipping", benefit=Benefit("free")), ""),
    (offer("basket", benefit=percent(1000), basket=SPEND), "cart"), (offer("shipping", benefit=Benefit("free"), basket=THREE), "cart"),
    (replace(KIT, code="WARM"), ""), (offer("shipping", benefit=Benefit("free"), basket=SPEND, code="WARM"), ""),
    (offer("welcome", Part(goods(1)), Part(goods(2)), whole=percent(1000)), "product cart landing"),
    (offer("welcome", benefit=percent(1000)), ""),
    (offer("upgrade", Part(goods(1), benefit=percent(1000)), replaces=frozenset({"2"})), "product cart checkout")])
def test_where_each_kind_shows(told: Offer, places: str) -> None:
    assert [place for place, why in shown(told).items() if not why] == places.split()


@pytest.mark.parametrize(("changes", "page", "cart", "asked"), [
    ({"audience": Audience(segments=frozenset({"1"}))}, "segment", "segment", "audience"),
    ({"audience": Audience(cap=Cap(1, 30))}, "cap", "cap", "audience"),
    ({"audience": Audience(countries=frozenset({"GB"}))}, None, None, "audience"),
    ({"basket": SPEND}, None, None, "basket"), ({"basket": THREE}, "basket", "basket", "basket"),
    ({"parts": (Part(goods(1)), Part(goods(2, 3)))}, None, "choice", "choice"),
    ({"parts": (Part(goods(1)), Part(Goods(tags=frozenset({"new"}))))}, None, "choice", "choice"),
    ({"parts": (Part(goods(1)), Part(Goods(variants=frozenset({"21"}))))}, None, None, "choice"),
    ({"parts": (Part(goods(1)), Part(goods(1)))}, None, "same", "same")])
def test_why_not(changes: dict[str, object], page: str | None, cart: str | None, asked: str) -> None:
    found = shown(replace(KIT, **changes))  # type: ignore[arg-type]
    assert [found[place] for place in ("product", "cart", "checkout", "after", "thanks")] == [page, cart, asked, asked, asked]


@pytest.mark.parametrize("told", [
    KIT, MIX, TIERS, GET, replace(KIT, basket=THREE), replace(KIT, parts=(Part(goods(101)), Part(goods(102, 103))))])
def test_what_is_suggested_is_what_it_says(told: Offer) -> None:
    """The checkout's own rule gives the same answer."""
    assert bool(bundles([told], SHELF)) is (shown(told)["checkout"] is None)


def test_a_held_out_share_keeps_it_from_where_nobody_knows_who_is_held_out() -> None:
    found = shown(replace(KIT, audience=Audience(holdout_bp=1000)))
    assert found == {"product": None, "cart": None, "checkout": None, "after": "arm", "thanks": None, "landing": "kind"}
    welcome = offer("welcome", Part(goods(1)), whole=percent(1000), audience=Audience(holdout_bp=1000))
    assert shown(welcome)["landing"] == "arm"


def test_every_place_and_reason_has_words() -> None:
    offers = [offer(kind, audience=Audience(holdout_bp=1)) for kind in KINDS]
    offers += [replace(KIT, code="WARM"), replace(KIT, basket=THREE), replace(KIT, parts=(Part(goods(1)), Part(goods(1)))), MIX]
    told = [one for each in offers for one in whereabouts(each)]
    for locale in LOCALES:
        assert all(say(locale, f"where.{place}") for place in get_args(Place))
        assert all(say(locale, f"where.why_{one.why}") for one in told if one.why)

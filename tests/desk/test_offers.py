"""The builder's pages: every kind is made, shown, switched on, paused and put away; what is wrong is said at its field."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from plugin import clock
from plugin.context import Context
from plugin.margin import flows as margin
from plugin.offers import flows, tables
from plugin.offers.admin.offers import KINDS
from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import FIELDS, SEVERAL, STEPS, Values, blank, read, suggested
from plugin.shops.tables import Shop
from tests.desk.conftest import CANDLE, VASE, Desk, World, everything, goods, on_one

TYPED: dict[str, dict[str, Any]] = {
    "tiers": {"goods_a": [f"p:{VASE}"]},
    "buy_get": {"goods_a": [f"p:{VASE}"], "goods_b": [f"p:{CANDLE}"]},
    "kit": {"goods_a": [f"p:{VASE}"], "goods_b": [f"p:{CANDLE}"]},
    "gift": {"goods_a": [f"p:{CANDLE}"], "least_amount": "50.00"},
    "shipping": {"least_amount": "50"},
    "basket": {"least_amount": "80,00"},
    "mix": {"goods_a": ["everything"]},
    "together": {"goods_a": [f"p:{VASE}"], "goods_b": [f"p:{CANDLE}"]},
    "upgrade": {"goods_a": [f"p:{VASE}"], "goods_b": [f"p:{CANDLE}"]},
    "complete": {"goods_a": [f"p:{VASE}"], "goods_b": [f"p:{CANDLE}"]},
    "welcome": {}}
"""What a merchant must add to the suggested form of each kind."""


@pytest.fixture
def merchant(context: Context, desk: Desk) -> Iterator[Desk]:
    with context.transaction() as session:
        goods(session, desk.shop.id)
    yield desk
    clock.use(None)


def form(kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {**suggested(kind, f"My {kind}"), "kind": kind, **TYPED[kind], **more}  # type: ignore[arg-type]


def made(context: Context, shop: Shop) -> UUID:
    with context.transaction() as session:
        return session.scalars(select(tables.Offer.id).where(tables.Offer.shop_id == shop.id)
                               .order_by(tables.Offer.number.desc()).limit(1)).one()


def saving(html: str) -> str:
    """What the example in the preview says."""
    return unescape(unescape(html))


@on_one
def test_the_empty_list_leads_to_the_kinds(merchant: Desk) -> None:
    page = merchant.get("/app/offers").text
    assert "No offers yet" in page and "/app/offers/new" in page
    kinds = merchant.get("/app/offers/new").text
    assert all(f"/app/offers/new/{kind}" in kinds for kind in KINDS)


@on_one
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_from_the_form_to_the_shop(context: Context, merchant: Desk, kind: str) -> None:
    assert merchant.get(f"/app/offers/new/{kind}").status_code == 200
    page = merchant.done("/app/offers", form(kind))
    assert "Draft saved" in page and "<iframe" in page
    offer_id = made(context, merchant.shop)
    with context.transaction() as session:
        row = tables.offer(session, merchant.shop.id, offer_id)
        again = read(filled(flows.newest(session, merchant.shop.id, row)), row.kind, "GBP")  # type: ignore[arg-type]
        assert not again.faults and again.offer is not None
        assert again.offer.parts == flows.newest(session, merchant.shop.id, row).parts
    assert "The offer is on" in merchant.done(f"/app/offers/{offer_id}/publication", {"revision": "1"})
    listed = merchant.get("/app/offers").text
    assert f"My {kind}" in listed and ">On<" in listed
    assert "paused" in merchant.done(f"/app/offers/{offer_id}/pause")
    assert "as it was before" in merchant.done(f"/app/offers/{offer_id}/undoing")


@on_one
def test_the_preview_shows_the_engine_s_numbers(merchant: Desk) -> None:
    """A vase of 40.00 and a candle of 10.00 with a tenth off both."""
    page = saving(merchant.post("/app/offers/preview", form("kit")).text)
    assert "£45.00" in page and "Saves £5.00" in page
    tiers = saving(merchant.post("/app/offers/preview", form("tiers")).text)
    assert "£108.00" in tiers and "£170.00" in tiers


@on_one
def test_what_an_offer_is_never_about_is_chosen_and_told(context: Context, merchant: Desk) -> None:
    found = merchant.post("/app/offers/choices?letter=not", {"kind": "tiers", "words_not": "candle"}).text
    assert f'value="p:{CANDLE}"' in found and "everything" not in found and 'name="goods_not"' in found
    page = merchant.done("/app/offers", form("tiers", goods_a=["everything"], goods_not=[f"p:{CANDLE}"], currencies="GBP"))
    assert "Never for: Candle." in page and "Only for carts in GBP." in page
    assert f'value="p:{CANDLE}" selected' in merchant.get(f"/app/offers/{made(context, merchant.shop)}").text


@on_one
def test_the_preview_says_what_is_missing_and_loses_nothing(merchant: Desk) -> None:
    page = merchant.post("/app/offers/preview", form("kit", goods_a=[], goods_b=[])).text
    assert "Still needed" in page and "Choose at least one product" in page


@on_one
def test_rivals_and_the_floor_are_told_while_typing(context: Context, merchant: Desk) -> None:
    merchant.done("/app/offers", form("tiers"))
    offer_id = made(context, merchant.shop)
    merchant.done(f"/app/offers/{offer_id}/publication")
    rivals = "These compete with it: My tiers. With the goods of the preview, shoppers get this offer in their place."
    assert rivals in merchant.post("/app/offers/preview", form("kit")).text
    with context.transaction() as session:
        margin.set_floor(session, merchant.shop.id, floor_bp=2000, cost_bp=7000, now=clock.now())
    page = unescape(merchant.post("/app/offers/preview", form("basket", value="30")).text)
    assert "could not be switched on" in page and "bears at most" in page
    assert "Your margin floor allows at most" in unescape(merchant.post("/app/offers/preview", form("tiers", value_b="40")).text)


@on_one
def test_what_stands_in_the_way_is_said_at_its_field(context: Context, merchant: Desk) -> None:
    merchant.done("/app/offers", form("basket", outcome=""))
    offer_id = made(context, merchant.shop)
    answer = merchant.post(f"/app/offers/{offer_id}/publication")
    assert answer.status_code == 422 and 'name="outcome"' in answer.text
    assert re.search(r'name="outcome"[^>]*error="Say what it is for\."', answer.text)


@on_one
def test_somebody_else_was_faster(context: Context, merchant: Desk) -> None:
    merchant.done("/app/offers", form("kit"))
    offer_id = made(context, merchant.shop)
    merchant.done(f"/app/offers/{offer_id}", form("kit", title="Theirs"))
    answer = merchant.post(f"/app/offers/{offer_id}", form("kit", title="Mine", revision="1"))
    assert answer.status_code == 409 and 'value="Mine"' in answer.text


@on_one
def test_a_copy_and_the_archive(context: Context, merchant: Desk) -> None:
    merchant.done("/app/offers", form("kit"))
    offer_id = made(context, merchant.shop)
    assert "Copied" in merchant.done(f"/app/offers/{offer_id}/copy")
    merchant.done(f"/app/offers/{offer_id}/archiving")
    assert "My kit" in merchant.get("/app/offers", state="archived").text
    assert "Offers put away: 1" in merchant.get("/app/offers").text


@on_one
def test_choices_follow_what_is_searched(merchant: Desk) -> None:
    answer = merchant.post("/app/offers/choices?letter=a", {"words_a": "cand", "goods_a": [f"p:{VASE}"]})
    values = re.findall(r'<s-choice value="([^"]+)"( selected)?', answer.text)
    assert values == [(f"p:{VASE}", " selected"), (f"p:{CANDLE}", "")]


@on_one
def test_another_shop_finds_nothing(context: Context, merchant: Desk, rival: Desk) -> None:
    merchant.done("/app/offers", form("kit"))
    offer_id = made(context, merchant.shop)
    assert rival.get(f"/app/offers/{offer_id}").status_code == 404
    assert all(rival.post(f"/app/offers/{offer_id}/{act}").status_code == 404
               for act in ("publication", "pause", "undoing", "copy", "archiving", "discarding"))
    assert merchant.get("/app/offers/new/riddle").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_reads_nonsense_as_faults(kind: str) -> None:
    """Whatever is typed into every field: faults at known fields, never an exception."""
    for rubbish in ("", "x", "-1", "1e9", "٣", "9" * 400, "<b>", "50%", "2027-02-31", "p:1,t:2"):
        values: Values = blank()
        values |= {name: [rubbish] if name in SEVERAL else rubbish for name in FIELDS}
        found = read(values, kind, "GBP")  # type: ignore[arg-type]
        assert found.faults and set(found.faults) <= set(FIELDS)


def test_steps_left_empty_do_not_count() -> None:
    values = suggested("tiers", "More")
    found = read(values | {"least_d": "9", "value_d": "30"}, "tiers", "GBP")
    assert not found.faults and found.offer is not None and [step.least for step in found.offer.steps] == [3, 5, 9]
    assert len(STEPS) >= len(found.offer.steps)


@on_one
def test_last_month_s_orders_are_tried_and_nothing_is_written(context: Context, desk: Desk, world: World) -> None:
    """Bob's order is the only one; a tenth off everything applies to it."""
    wish = form("tiers", goods_a=["everything"], least_a="1", value_a="10", least_b="", value_b="")
    before = everything(context)
    page = unescape(desk.post("/app/offers/simulation", wish).text)
    assert "It would have applied to 1 of 1 orders." in page and "simulated_" not in page
    assert everything(context) == before
    assert "Mend the form first" in desk.post("/app/offers/simulation", {**wish, "title": ""}).text
    carried = unescape(desk.post("/app/offers/simulation", {
        **wish, "simulated_applied": "4", "simulated_seen": "99", "simulated_cost": "500", "simulated_after": "5001"}).text)
    assert "It would have applied to 4 of 99 orders." in carried

"""Every form of the admin: a fault is said at its field, and what else was typed is still there.

A new POST route of the admin must be placed. Somebody types or chooses something in it: a line in FORMS for each field that can be wrong.
Nothing can be typed: a line in BUTTONS that says what is pressed.
"""

import re
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from plugin.context import Context
from plugin.insights.rules import plan
from plugin.offers.rules.filling import suggested as suggested_offer
from plugin.referrals.rules.filling import suggested
from tests.desk.conftest import CANDLE, VASE, Desk, World, everything, on_one

ROUTES = Path(__file__).parents[1] / "house" / "routes.txt"
LONG, NUL = "x" * 501, "a\0b"
PLAN = dict.fromkeys(plan.FIELDS, "1")
PROGRAMME: dict[str, Any] = suggested("Friends", "GBP")
REPORT = {"team": "sales", "day": "", "bought": "", "order": "", "nonce": "018f0000-0000-7000-8000-000000000001"}
VOICE = {"asked": "10", "missing": "4", "reviews": "12", "stars": "4.5"}
OFFERS = ("/app/offers", "/app/offers/{offer}")
OFFER = suggested_offer("tiers", "More vases") | {"kind": "tiers"}
GIFT = {"act": "give", "items": "{advocate}", "amount": "5.00", "minimum": "", "days": "30", "reason": "Sorry."}
SEGMENT = {"name": "Often here", "test_0": "orders_least", "value_0": "3", "test_1": "country_any", "value_1": "GB"}
PAIR = {"first": VASE, "second": CANDLE, "percent": "15"}


class Wrong(NamedTuple):
    """``route`` is an address in which {advocate}, {order} … stand for what World has. ``form``: a good form; ``bad`` is typed into
    ``field`` instead."""

    route: str
    field: str
    bad: str
    form: dict[str, Any] = {}


FORMS = [
    Wrong("/app/advocates", "email", "alice", {"programme": "{programme}"}),
    Wrong("/app/advocates", "programme", "none", {"email": "a@b.example"}),
    *(Wrong("/app/advocates/{advocate}/notes", "text", bad) for bad in ("", " \n", LONG, NUL)),
    *(Wrong("/app/advocates/{advocate}/peace", "reason", bad) for bad in (LONG, NUL)),
    *(Wrong("/app/audiences/campaigns", name, bad, {"name": "Podcast", "code": "POD-"}) for name, bad in (
        ("name", ""), ("name", "x" * 81), ("code", "!"), ("code", "x" * 40), ("public_name", "x" * 81))),
    *(Wrong("/app/audiences/campaigns/{campaign}", name, bad, {"name": "Podcast", "public_name": "The Hour", "opens": "shop"})
      for name, bad in (("name", " "), ("public_name", "x" * 81), ("opens", "moon"), ("opens", NUL))),
    *(Wrong("/app/audiences/segments", name, bad, SEGMENT) for name, bad in (
        ("test_0", ""), ("test_2", "moons"), ("name", ""), ("name", "x" * 81), ("value_0", ""), ("value_0", "many"),
        ("value_1", "Atlantis"))),
    Wrong("/app/audiences/segments/{segment}", "value_0", "-1", SEGMENT),
    Wrong("/app/baseline", "order", "#999999", {**REPORT, "bought": "yes"}),
    Wrong("/app/baseline", "day", "yesterday", REPORT),
    Wrong("/app/baseline", "team", "choir", REPORT),
    *(Wrong("/app/baseline/tokens", "name", bad) for bad in ("", "  ", "x" * 61)),
    *(Wrong("/app/bulks", "reason", bad, {"act": "release", "items": "{order}"}) for bad in (LONG, NUL)),
    *(Wrong("/app/bulks", name, bad, GIFT) for name, bad in (
        ("amount", ""), ("amount", "-5"), ("amount", "five"), ("amount", "0.001"), ("amount", "9" * 30), ("minimum", "lots"), ("days", "0"),
        ("days", "366"), ("days", "1.5"), ("reason", ""), ("reason", LONG), ("reason", NUL))),
    Wrong("/app/kit/form", "name", ""),
    *(Wrong("/app/lists/cases/views", "name", bad) for bad in ("", " ", "x" * 61, NUL)),
    Wrong("/app/lists/cases/acts", "which", "chosen", {"act": "refuse"}),
    Wrong("/app/margin-floor", "floor", "a third", {"cost": "40"}),
    Wrong("/app/margin-floor", "cost", "101", {"floor": "10"}),
    *(Wrong("/app/margin/own", "own", bad, {"goods_a": f"p:{VASE}"}) for bad in ("", "a third", "100")),
    *(Wrong("/app/margin/own", "goods_a", bad, {"own": "10"}) for bad in ("", "p:404", "t:nobody has it", "x:1")),
    *(Wrong(route, name, bad, OFFER) for route in OFFERS for name, bad in (
        ("title", ""), ("title", "x" * 81), ("goods_a", ""), ("least_a", "many"), ("value_a", "101"), ("value_b", "5"), ("least_b", "2"),
        ("worth", "gold"), ("scope", "moon"), ("priority", "high"), ("least_amount", "-1"), ("least_quantity", "0.5"), ("who", "them"),
        ("countries", "Narnia"), ("starts", "soon"), ("ends", "1999-12-31"), ("customer_tags", LONG),
        *((name, NUL) for name in ("title", "worth", "code", "countries", "customer_tags", "least_amount", "cap_times", "holdout")))),
    *(Wrong("/app/pairs", side, bad, PAIR) for side in ("first", "second") for bad in ("", "404")),
    *(Wrong("/app/pairs", "percent", bad, PAIR) for bad in ("", "0", "91", "half")),
    *(Wrong("/app/planner", name, "much", PLAN) for name in PLAN),
    *(Wrong("/app/programmes/{programme}/pause", "reason", bad) for bad in (LONG, NUL)),
    *(Wrong(route, name, bad, PROGRAMME) for route in ("/app/programmes", "/app/programmes/{programme}")
      for name, bad in (("name", ""), ("friend_value", "lots"), ("window_days", "0"), ("hold_days", "-1"), ("countries", "Narnia"),
                         ("basket", "lots"), ("basket", "-1"), ("minimum", "0.001"), ("worth_a", "lots"), ("from_b", "0"))),
    Wrong("/app/readiness/override", "reason", "because"),
    *(Wrong("/app/readiness/voice", name, bad, VOICE)
      for name, bad in (("asked", "ten"), ("asked", ""), ("missing", "11"), ("reviews", "-1"), ("stars", "6"))),
    *(Wrong("/app/proposals", name, bad, {"floor": "", "bundle": "15", "friends": "10"})
      for name, bad in (("floor", "a third"), ("bundle", "100"), ("friends", ""))),
    *(Wrong("/app/suggestions", "first", bad) for bad in ("", "404", "x")),
    *(Wrong("/app/suggestions/wishes", "second", bad, {"wish": "pin", "beside": VASE}) for bad in ("", "404", VASE)),
    Wrong("/app/referrals/{order}/advocate", "code", "NOBODY-HAS-THIS"),
    *(Wrong("/app/referrals/{order}/peace", "reason", bad) for bad in (LONG, NUL)),
]

BUTTONS = {
    "/app/advocates/<uuid:advocate_id>/peace/end": "may be asked again",
    "/app/advocates/<uuid:advocate_id>/resumption": "resume",
    "/app/advocates/<uuid:advocate_id>/stop": "stop",
    "/app/audiences/campaigns/<uuid:campaign_id>/resumption": "go on",
    "/app/audiences/campaigns/<uuid:campaign_id>/stop": "stop",
    "/app/audiences/links/distrust": "distrust",
    "/app/audiences/segments/<uuid:segment_id>/removal": "remove",
    "/app/audiences/segments/look": "nobody: who belongs, while it is typed",
    "/app/baseline/removal": "remove a report",
    "/app/baseline/tokens/revocation": "revoke a token",
    "/app/bulks/<uuid:bulk_id>/cancellation": "stop here",
    "/app/bulks/<uuid:bulk_id>/resumption": "go on",
    "/app/bulks/<uuid:bulk_id>/undoing": "undo",
    "/app/bulks/total": "nobody: a sum that follows what is typed",
    "/app/cases/<order_id>/refusal": "refuse",
    "/app/cases/<order_id>/release": "release",
    "/app/cases/<order_id>/reopening": "undo",
    "/app/deliveries/<uuid:delivery_id>/retry": "try again",
    "/app/events/<uuid:event_id>/retry": "try again",
    "/app/guide/dismissal": "put the guide away",
    "/app/guide/places": "nobody: home.js tells what App Bridge says",
    "/app/guide/proposal": "take the proposal",
    "/app/guide/return": "bring the guide back",
    "/app/guide/test": "begin a test",
    "/app/history/<kind>/resumption": "go on",
    "/app/history/<kind>/stop": "stop",
    "/app/margin/discounts/<discount_id>/counting": "mark as combinable",
    "/app/margin/discounts/<discount_id>/leaving": "do not combine",
    "/app/margin/discounts/reading": "read from Shopify",
    "/app/margin/meaning": "nobody: what the floors that are typed would mean",
    "/app/margin/own/removal": "remove",
    "/app/offers/<uuid:offer_id>/archiving": "put away",
    "/app/offers/<uuid:offer_id>/bundle": "tell Shopify of its product again",
    "/app/offers/<uuid:offer_id>/copy": "copy",
    "/app/offers/<uuid:offer_id>/discarding": "discard the changes",
    "/app/offers/<uuid:offer_id>/pause": "pause",
    "/app/offers/<uuid:offer_id>/publication": "switch on; what is refused stands above the form and at its field",
    "/app/offers/<uuid:offer_id>/undoing": "undo",
    "/app/offers/choices": "nobody: choices that follow what is typed",
    "/app/offers/choosing": "one of two ways; one is always chosen",
    "/app/offers/choosing/undoing": "undo",
    "/app/offers/preview": "nobody: a preview that follows what is typed",
    "/app/offers/simulation": "nobody: what is typed, tried on past orders",
    "/app/offers/telling": "tell Shopify again",
    "/app/pairs/products": "nobody: choices that follow what is typed",
    "/app/programmes/<uuid:programme_id>/archiving": "put away",
    "/app/programmes/<uuid:programme_id>/copy": "copy",
    "/app/programmes/<uuid:programme_id>/discarding": "discard the draft",
    "/app/programmes/<uuid:programme_id>/history/<uuid:change_id>": "open again",
    "/app/programmes/<uuid:programme_id>/publication": "publish; what is refused stands above the form",
    "/app/programmes/<uuid:programme_id>/undoing": "undo",
    "/app/programmes/<uuid:programme_id>/withdrawal": "take back what is scheduled",
    "/app/programmes/preview": "nobody: a preview that follows what is typed",
    "/app/proposals/bundle": "draft the offer",
    "/app/proposals/discount": "draft the friends' discount",
    "/app/referrals/<order_id>/peace/end": "may be asked again",
    "/app/requests/<uuid:data_request_id>/answer": "passed on",
    "/app/views/<uuid:view_id>/removal": "delete a view",
    "/app/views/<uuid:view_id>/return": "undo",
}


def _posts() -> set[str]:
    lines = (line.split() for line in ROUTES.read_text(encoding="utf-8").splitlines())
    return {parts[1] for parts in lines if parts[0] == "POST" and parts[1].startswith("/app")}


def _matches(route: str, address: str) -> bool:
    """Does a route of Flask's lead to this address?"""
    return re.fullmatch(re.sub(r"<[^>]+>", "[^/]+", route), address) is not None


def test_every_form_of_the_admin_is_here() -> None:
    typed = {one.route for one in FORMS}
    placed = {route: [address for address in typed if _matches(route, address)] for route in _posts()}
    missing = [route for route, addresses in placed.items() if not addresses and route not in BUTTONS]
    assert not missing, f"Place these in FORMS or BUTTONS: {sorted(missing)}"
    assert set(BUTTONS) <= _posts() and {address for found in placed.values() for address in found} == typed


def _filled(text: Any, world: World) -> Any:  # noqa: ANN401 - what a form may hold
    if not isinstance(text, str):
        return text
    for name in ("programme", "advocate", "order", "offer", "segment", "campaign"):
        text = text.replace(f"{{{name}}}", str(getattr(world, name)))
    return text


def _tags(html: str) -> dict[str, str]:
    """Field → its tag as text."""
    return {found[1]: unescape(found[0]) for found in re.finditer(r'<s-[a-z-]+ name="([a-z_0-9]+)"[^>]*>', html)}


@on_one
@pytest.mark.parametrize("wrong", FORMS, ids=lambda one: f"{one.route}:{one.field}={one.bad[:12]!r}")
def test_a_fault_stands_at_its_field_and_nothing_is_lost(context: Context, desk: Desk, world: World, wrong: Wrong) -> None:
    form = {name: _filled(value, world) for name, value in wrong.form.items()} | {wrong.field: wrong.bad}
    before = everything(context)
    answer = desk.post(_filled(wrong.route, world), form)
    assert answer.status_code == 422, answer.text
    tags = _tags(answer.text)
    assert re.search(r'error="[^"]+"', tags[wrong.field]), answer.text
    for name, value in form.items():
        if isinstance(value, str) and value.strip() and (tag := tags.get(name, "")).startswith(("<s-text-field", "<s-number", "<s-money")):
            assert f'value="{value.strip()}"' in tag, name
    assert everything(context) == before

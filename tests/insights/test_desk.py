"""What a merchant does on these pages, and what a till may do with its token."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from jobs.events import EVENTS
from plugin import clock
from plugin.context import Context
from plugin.db import new_id
from plugin.insights.api import ADDRESS
from plugin.insights.tables import Override, Plan, StaffReport, StaffToken, Voice
from plugin.intake.rules import Event
from plugin.mirror.tables import Order
from plugin.people.tables import Person
from plugin.referrals.tables import Programme
from plugin.shops.tables import Shop
from tests.desk.conftest import Desk, World, everything, on_one

PLAN = {"hours": "10", "hour_cost": "25", "fees": "44", "margin": "20", "reward": "7", "discount": "5"}
REPORT = {"team": "store", "bought": True, "order": "#5001"}


def test_the_plan_is_said_in_sentences(desk: Desk) -> None:
    told = desk.get("/app/planner/outlook", **PLAN).text
    assert [text for text in ("You break even with 37 referred customers a month.", "that takes 370 invitations", "124 advocates", "2,480",
                              "10% is a rule of thumb", "0 of 30 friends", "740") if text not in told] == []


def test_a_loss_is_said_to_never_break_even(desk: Desk) -> None:
    told = desk.get("/app/planner/outlook", **{**PLAN, "margin": "11.99"}).text
    assert "This never breaks even." in told
    assert "costs £0.01 more than they bring" in told
    assert "370" not in told


@on_one
def test_what_is_typed_is_kept_and_saved(context: Context, desk: Desk, rival: Desk) -> None:
    assert 'value="10"' in desk.done("/app/planner", PLAN)
    answer = desk.post("/app/planner", {**PLAN, "fees": "many"})
    assert (answer.status_code, 'value="many"' in answer.text, "Write an amount" in answer.text) == (422, True, True)
    with context.transaction() as session:
        assert session.scalars(select(Plan)).one().typed["fees"] == "44"
    assert 'value="44"' not in rival.get("/app/planner").text


@on_one
def test_the_books_and_the_page_agree(desk: Desk, world: World) -> None:
    told = desk.get("/app/planner/profit").text
    assert "The books agree" in told
    assert "kind=discount" in told


# -- readiness ---------------------------------------------------------------------------------------------------------


def orders(context: Context, shop: Shop, count: int, *, refunded: int) -> None:
    """Orders of as many customers, of which some went back wholly."""
    now = clock.now()
    with context.transaction() as session:
        for number in range(count):
            person = Person(shop_id=shop.id, customer_id=str(8000 + number), met_at=now)
            session.add(person)
            session.flush()
            session.add(Order(
                shop_id=shop.id, id=str(6000 + number), name=f"#{6000 + number}", currency=shop.currency, created_at=now, updated_at=now,
                digest="", told_cancelled=False, financial="paid", paid_once=True, test=False, person_id=person.id, shipping=0,
                shipping_discounts=[], codes=[], attributes={}, gateways=[], settled=True, settled_revision=1, subtotal=5000,
                net=0 if number < refunded else 5000))


def draft(desk: Desk, context: Context) -> str:
    form = {"name": "Friends", "advocate_kind": "fixed", "advocate_value": "5", "friend_kind": "percentage", "friend_value": "10"}
    desk.done("/app/programmes", form)
    with context.transaction() as session:
        return f"/app/programmes/{session.scalars(select(Programme.id).where(Programme.shop_id == desk.shop.id)).one()}/publication"


@on_one
def test_sixty_per_cent_refunds_block_the_launch_until_somebody_says_why(context: Context, desk: Desk, north: Shop) -> None:
    orders(context, north, 50, refunded=30)
    publication = draft(desk, context)
    assert "Not yet" in desk.get("/app/readiness").text
    refused = desk.post(publication)
    assert (refused.status_code, "speak against starting" in refused.text) == (422, True)
    assert desk.post("/app/readiness/override", {"reason": "  short   "}).status_code == 422
    told = desk.done("/app/readiness/override", {"reason": "One faulty batch, <b>replaced</b> since."})
    assert "&lt;b&gt;replaced" in told
    with context.transaction() as session:
        kept = session.scalars(select(Override)).one()
        assert (kept.against, kept.staff is not None) == (["refunds"], True)
    assert desk.post(publication).status_code == 303


@on_one
def test_a_shop_without_data_may_start(context: Context, desk: Desk) -> None:
    assert "No data" in desk.get("/app/readiness").text
    assert desk.post(draft(desk, context)).status_code == 303


@on_one
@pytest.mark.parametrize(("typed", "fault"), [
    ({"asked": "many"}, "whole number"), ({"asked": "50"}, "Both of the pair"), ({"asked": "50", "missing": "51"}, "more than were asked"),
    ({"stars": "6", "reviews": "5"}, "from 1 to 5"), ({"stars": "5.01", "reviews": "5"}, "from 1 to 5"), ({"reviews": "9" * 9}, "whole")])
def test_what_customers_say_is_checked(desk: Desk, typed: dict[str, str], fault: str) -> None:
    answer = desk.post("/app/readiness/voice", typed)
    assert (answer.status_code, fault in answer.text) == (422, True)


@on_one
def test_what_customers_say_counts(desk: Desk) -> None:
    told = desk.done("/app/readiness/voice", {"asked": "100", "missing": "20", "stars": "4,65", "reviews": "12"})
    assert [text for text in ("4.65 of 5 stars", "20% of 100", "Speaks against it") if text not in told] == []


# -- reports by form and by token --------------------------------------------------------------------------------------


def made(desk: Desk, name: str = "Till 2") -> str:
    answer = desk.post("/app/baseline/tokens", {"name": name})
    found = re.search(r"tandem_[\w-]+", answer.text)
    assert answer.status_code == 200 and found
    return found[0]


def sent(app: Flask, token: str, body: Any = REPORT, key: str = "a-1") -> TestResponse:  # noqa: ANN401
    data = body if isinstance(body, str) else json.dumps(body)
    return app.test_client().post(ADDRESS, data=data, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key})


def test_a_till_reports_a_referral_once(app: Flask, context: Context, desk: Desk, world: World) -> None:
    token = made(desk)
    first, again = sent(app, token), sent(app, token)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json is not None and first.json["report"]["order_id"] == "5001"
    clash = sent(app, token, {"team": "store", "bought": False})
    assert (clash.status_code, clash.json and clash.json["error"]["reason"]) == (409, "repeated")
    with context.transaction() as session:
        assert len(session.scalars(select(StaffReport)).all()) == 1
    assert "#5001" in desk.get("/app/baseline").text


@on_one
@pytest.mark.parametrize(("body", "status", "said"), [
    ("{", 400, ""), ("[1]", 400, ""), ({}, 422, "team must be one of"), ({**REPORT, "order": "#9"}, 422, "no order #9"),
    ({**REPORT, "name": "Bob"}, 422, "name is not a field"), ({**REPORT, "bought": 1}, 422, "true or false"),
    ({**REPORT, "heard_at": "today"}, 422, "a time with its zone")])
def test_a_bad_report_gets_a_clear_answer(app: Flask, desk: Desk, world: World, body: Any, status: int, said: str) -> None:  # noqa: ANN401
    answer = sent(app, made(desk), body)
    assert answer.status_code == status, answer.text
    assert answer.json is not None and said in answer.json["error"]["message"]


@on_one
def test_a_key_is_needed(app: Flask, desk: Desk, world: World) -> None:
    answer = sent(app, made(desk), key="")
    assert (answer.status_code, "Idempotency-Key" in answer.text) == (422, True)


@on_one
def test_a_token_is_shown_once_kept_as_a_digest_and_revoked(app: Flask, context: Context, desk: Desk, world: World) -> None:
    token = made(desk)
    page = desk.get("/app/baseline").text
    assert token not in page
    assert "Till 2" in page
    assert token not in str(everything(context))
    with context.transaction() as session:
        id = session.scalars(select(StaffToken.id)).one()
    assert desk.post(f"/app/baseline/tokens/revocation?id={id}").status_code == 303
    refused = sent(app, token)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


@on_one
@pytest.mark.parametrize("wrong", ["", "tandem_", "tandem_!!", "tandem_" + "A" * 75, "x", "tandem_é"])
def test_a_wrong_token_opens_nothing(app: Flask, desk: Desk, wrong: str) -> None:
    assert sent(app, wrong.encode().decode("latin-1")).status_code == 401


@on_one
def test_a_secret_opens_its_own_row_only(app: Flask, desk: Desk, rival: Desk, world: World) -> None:
    """The address of one token with the secret of another."""
    ours, theirs = made(desk), made(rival)
    assert sent(app, ours[:43] + theirs[43:]).status_code == 401


@on_one
def test_a_shop_that_left_is_not_served(app: Flask, context: Context, desk: Desk, north: Shop) -> None:
    token = made(desk)
    with context.transaction() as session:
        session.get_one(Shop, north.id).state = "uninstalled"
    assert sent(app, token).status_code == 401


@on_one
def test_sixty_a_minute(app: Flask, desk: Desk, world: World) -> None:
    token = made(desk)
    answers = [sent(app, token, {"team": "store", "bought": False}, key=f"k{number}").status_code for number in range(61)]
    assert answers == [201] * 60 + [429]
    assert sent(app, token, key="later").headers["Retry-After"] == "60"
    assert sent(app, made(desk, "Till 3"), key="other").status_code == 201


@on_one
def test_a_form_sent_twice_is_one_report(context: Context, desk: Desk, world: World) -> None:
    form = {"team": "support", "order": "5001", "nonce": "5f0c5a0e-7a52-4a43-9f0b-0c5d0e4d6c11", "day": clock.now().date().isoformat()}
    told = desk.done("/app/baseline", form)
    desk.post("/app/baseline", form)
    with context.transaction() as session:
        kept = session.scalars(select(StaffReport)).one()
    assert (kept.bought, kept.order_id, kept.token_id) == (True, "5001", None)
    assert "#5001" in told
    assert "Removed" in desk.done(f"/app/baseline/removal?id={kept.id}")


@on_one
@pytest.mark.parametrize(("field", "value", "said"), [
    ("team", "boss", "Choose who"), ("order", "#77", "no such order"), ("day", "2020-01-01", "last twelve"),
    ("day", "yesterday", "last twelve")])
def test_a_form_with_a_fault_keeps_what_was_typed(desk: Desk, world: World, field: str, value: str, said: str) -> None:
    form = {"team": "support", "bought": "yes", "order": "", "day": "", "nonce": "5f0c5a0e-7a52-4a43-9f0b-0c5d0e4d6c11", field: value}
    answer = desk.post("/app/baseline", form)
    assert (answer.status_code, said in answer.text) == (422, True)


@on_one
def test_another_shop_cannot_revoke_or_remove(context: Context, app: Flask, desk: Desk, rival: Desk, world: World) -> None:
    sent(app, made(desk))
    with context.transaction() as session:
        ids = {"tokens/revocation": session.scalars(select(StaffToken.id)).one(), "removal": session.scalars(select(StaffReport.id)).one()}
    before = everything(context)
    assert [rival.post(f"/app/baseline/{path}?id={id}").status_code for path, id in ids.items()] == [404, 404]
    assert everything(context) == before


@on_one
def test_a_shop_that_is_forgotten_leaves_nothing_of_its_staff(context: Context, app: Flask, desk: Desk, rival: Desk, world: World) -> None:
    for one in (desk, rival):
        one.done("/app/planner", PLAN)
        one.done("/app/readiness/voice", {"stars": "4", "reviews": "12"})
        one.done("/app/readiness/override", {"reason": "We know what we are doing."})
        made(one)
    sent(app, made(desk))
    with context.transaction() as session:
        session.get_one(Shop, desk.shop.id).state = "uninstalled"
        body = json.dumps({"shop_id": 1, "shop_domain": desk.shop.domain}).encode()
        now = clock.now()
        EVENTS["shop/redact"](session, desk.shop.id, Event(new_id(), "webhook", "shop/redact", "1", None, now, body), now)
    with context.transaction() as session:
        for table in (Plan, Voice, Override, StaffToken, StaffReport):
            assert not session.scalars(select(table).where(table.shop_id == desk.shop.id)).all()
        assert session.scalars(select(Override)).one().shop_id == rival.shop.id

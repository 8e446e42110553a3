"""Gifts: many advocates get a code that no order earned, with a reason, guarded, counted, booked, and taken back while nobody used it."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from html import unescape
from uuid import UUID

import pytest
from sqlalchemy import select

from jobs.draining import drain
from plugin.attribution.rules import code_key
from plugin.attribution.tables import Code, Link
from plugin.context import Context
from plugin.db import new_id
from plugin.desk import flows
from plugin.desk.tables import Note
from plugin.insights import acts
from plugin.insights.profit import statement
from plugin.insights.rules.breakeven import Effort
from plugin.insights.rules.intervals import ENOUGH
from plugin.insights.rules.profit import Spending
from plugin.margin import flows as margin
from plugin.messaging.tables import Mail
from plugin.people import flows as people
from plugin.people.tables import Person
from plugin.referrals.tables import Advocate
from plugin.rewards.rules import GOODWILL, Favoured, why_no_goodwill
from plugin.rewards.tables import Discount, Reward
from plugin.rewards.upkeep import end_goodwill
from plugin.shopify.payloads import DiscountTold
from tests.books.stage import DAY, START, Stage
from tests.desk.conftest import Desk, World, on_one

NOTHING = Spending(Effort(Fraction(0), 0, 0), 1)
CODES = ("discount_create", "codes_add", "codes_poll", "codes_delete")
GIFT = {"act": "give", "amount": "5.00", "minimum": "", "days": "30", "reason": "Sorry for the late parcel."}


def _clear(context: Context, desk: Desk) -> None:
    """The one case is decided for the advocate, so that nothing stands against a gift."""
    desk.post("/app/bulks", {"act": "release", "items": "5001"})
    drain(context, desk.shop.id)


def _advocates(context: Context, desk: Desk, stage: Stage, count: int) -> list[UUID]:
    """More people who share, each with an address."""
    made = []
    with context.transaction() as session:
        programme = session.scalars(select(Advocate.programme_id)).first()
        for n in range(count):
            person = people.meet(session, desk.shop.id, customer_id=str(900 + n), email=f"kim{n}@example.com", first_name="Kim",
                                 now=stage.now)
            id = new_id()
            session.add(Advocate(shop_id=desk.shop.id, id=id, person_id=person.id, programme_id=programme, how="order", state="active",
                                 enrolled_at=stage.now))
            session.add(Link(shop_id=desk.shop.id, id=id, programme_id=programme, person_id=person.id, slug=f"kim-{n}", code=f"KIM{n}",
                             code_key=code_key(f"KIM{n}"), state="active", made_at=stage.now))
            made.append(id)
    return made


def _give(context: Context, desk: Desk, items: list[UUID], **typed: str) -> str:
    """Confirm, and let it work. Returns the path of the act."""
    answer = desk.post("/app/bulks", GIFT | {"items": ",".join(map(str, items))} | typed)
    assert answer.status_code == 303, answer.text
    drain(context, desk.shop.id)
    return str(answer.headers["Location"])


def _gifts(context: Context) -> list[Reward]:
    with context.transaction() as session:
        return list(session.scalars(select(Reward).where(Reward.role == GOODWILL).order_by(Reward.id)))


def _gift(context: Context) -> Reward:
    [only] = _gifts(context)
    return only


@pytest.mark.parametrize(("known", "why"), [
    (Favoured(True, True, False), None),
    (Favoured(False, True, False), "stopped"),
    (Favoured(True, False, False), "no_mail"),
    (Favoured(True, True, True), "in_review"),
    (Favoured(True, True, False, START - timedelta(days=29)), "lately"),
    (Favoured(True, True, False, START - timedelta(days=30)), None),
])
def test_who_gets_none(known: Favoured, why: str | None) -> None:
    assert why_no_goodwill(known, START) == why


def test_gifts_are_issued_with_counts_and_a_stop(context: Context, desk: Desk, world: World, stage: Stage,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 1)
    _clear(context, desk)
    before = stage.accounts()
    items = [world.advocate, *_advocates(context, desk, stage, 2)]
    shown = desk.post("/app/lists/advocates/acts", {"act": "give", "which": "all"}).text
    assert "Give 3 advocates a reward?" in shown and _gifts(context) == []
    path = desk.post("/app/bulks", GIFT | {"items": ",".join(map(str, items))}).headers["Location"]
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    assert "It stopped at 1 of 3." in desk.done(f"{path}/cancellation")
    drain(context, desk.shop.id)
    assert len(_gifts(context)) == 1
    desk.done(f"{path}/resumption")
    drain(context, desk.shop.id)
    shown = unescape(desk.get(path).text)
    assert "3 of 3" in shown and "3 rows were changed." in shown and "Sorry for the late parcel." in shown
    stage.deliver(*CODES)
    assert [reward.state for reward in _gifts(context)] == ["issued"] * 3
    after = stage.accounts()
    assert (after["expense"] - before["expense"], before.get("issued", 0) - after["issued"]) == (1500, 1500)
    with context.transaction() as session:
        about = [one.id for one in _gifts(context)]
        assert {mail.kind for mail in session.scalars(select(Mail).where(Mail.about.in_(about)))} == {"goodwill"}
        assert {note.text for note in session.scalars(select(Note).where(Note.kind == "given"))} == {"Sorry for the late parcel."}
        assert [row.combines for row in session.scalars(select(Discount).where(Discount.purpose == GOODWILL))] == [[]]


def test_the_same_list_again_gives_nothing(context: Context, desk: Desk, world: World) -> None:
    _clear(context, desk)
    _give(context, desk, [world.advocate])
    path = _give(context, desk, [world.advocate])
    assert len(_gifts(context)) == 1
    assert "1 was left: they got such a gift in the last 30 days." in unescape(desk.get(path).text)


@on_one
def test_whoever_is_under_review_gets_none(context: Context, desk: Desk, world: World) -> None:
    path = _give(context, desk, [world.advocate])
    assert _gifts(context) == [] and "1 was left: a case about their friends is open" in unescape(desk.get(path).text)


def test_what_nobody_used_is_taken_back(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    _clear(context, desk)
    before = stage.accounts()
    path = _give(context, desk, [world.advocate])
    stage.deliver(*CODES)
    desk.done(f"{path}/undoing")
    drain(context, desk.shop.id)
    stage.deliver(*CODES)
    gift = _gift(context)
    assert (gift.state, gift.why, stage.accounts()) == ("reversed", "taken_back", before)
    with context.transaction() as session:
        kinds = [mail.kind for mail in session.scalars(select(Mail).where(Mail.about == gift.id).order_by(Mail.written_at))]
        assert sorted(kinds) == ["goodwill", "goodwill_gone"]
    assert "You took this gift back." in desk.get("/app/rewards", role="goodwill").text
    _give(context, desk, [world.advocate])
    assert len(_gifts(context)) == 2  # what was taken back stands in nobody's way


@on_one
def test_what_has_not_left_yet_never_was(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    _clear(context, desk)
    before = stage.accounts()
    path = _give(context, desk, [world.advocate])
    desk.done(f"{path}/undoing")
    drain(context, desk.shop.id)
    stage.deliver(*CODES)
    with context.transaction() as session:
        assert session.scalars(select(Mail).where(Mail.about == _gift(context).id)).all() == []
    assert (_gift(context).state, stage.accounts()) == ("void", before)


def test_what_was_used_stays_used(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    _clear(context, desk)
    path = _give(context, desk, [world.advocate])
    stage.deliver(*CODES)
    code = stage.code_of(_gift(context)).code
    order = stage.order("5003", customer="100")
    line = replace(order.lines[0], discounts=(DiscountTold("code", code, code, stage.money(500)),))
    stage.tell(replace(order, codes=(code,), lines=(line,)))
    stage.settle("5003")
    assert _gift(context).state == "spent"
    undone = desk.post(f"{path}/undoing").headers["Location"]
    drain(context, desk.shop.id)
    assert "1 was left: it was used, taken back, or its time is over." in unescape(desk.get(undone).text)
    held = stage.accounts()
    assert (_gift(context).state, _gift(context).spent, held.get("debt", 0)) == ("spent", 500, 0)


@on_one
def test_one_gift_is_taken_back_from_the_list_of_rewards(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    _clear(context, desk)
    _give(context, desk, [world.advocate])
    stage.deliver(*CODES)
    earned = next(reward for reward in stage.rewards() if reward.role == "advocate")
    stage.move(3 * DAY)  # long after the act could be undone
    path = desk.post("/app/bulks", {"act": "withdraw", "items": f"{_gift(context).id},{earned.id}"}).headers["Location"]
    drain(context, desk.shop.id)
    shown = unescape(desk.get(path).text)
    assert "1 row was changed." in shown and "1 was left: an order earned it." in shown
    assert _gift(context).state == "reversed"


@on_one
def test_a_gift_ends_when_its_time_is_over(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    _clear(context, desk)
    before = stage.accounts()
    _give(context, desk, [world.advocate])
    stage.deliver(*CODES)
    end_goodwill(context)
    assert _gift(context).state == "issued"
    stage.move(31 * DAY)
    end_goodwill(context)
    stage.deliver(*CODES)
    now = stage.accounts()
    assert _gift(context).state == "expired" and stage.code_of(_gift(context)).state == "deleted"
    assert now["breakage"] == -500 and now["expense"] == before["expense"] + 500


@on_one
def test_the_margin_guard_is_asked_first(context: Context, desk: Desk, world: World) -> None:
    _clear(context, desk)
    with context.transaction() as session:
        margin.set_floor(session, desk.shop.id, floor_bp=2000, cost_bp=5000, now=START)
    answer = desk.post("/app/bulks", GIFT | {"items": str(world.advocate)})
    assert answer.status_code == 422 and "Give less, or ask for a larger order." in answer.text and "Candle" in answer.text
    _give(context, desk, [world.advocate], minimum="20.00")
    with context.transaction() as session:
        assert [row.minimum for row in session.scalars(select(Discount).where(Discount.purpose == GOODWILL))] == [2000]


@on_one
def test_a_digit_too_many_is_noticed(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    for n in range(ENOUGH):
        stage.tell(stage.order(f"80{n:02}", customer=str(500 + n)))
        stage.settle(f"80{n:02}")
    assert "more than ten average orders" in desk.post("/app/bulks", GIFT | {"items": str(world.advocate), "amount": "5000"}).text


@on_one
def test_the_sum_is_told_while_typing(desk: Desk, world: World) -> None:
    assert "3 people: £15.00 at most." in desk.post("/app/bulks/total", {"count": "3", "amount": "5"}).text
    for count, amount in (("3", "x"), ("-1", "5"), ("", ""), ("9" * 40, "5")):
        answer = desk.post("/app/bulks/total", {"count": count, "amount": amount})
        assert answer.status_code == 200 and "at most" not in answer.text


def test_gifts_are_part_of_profit_and_loss(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    _clear(context, desk)
    with context.transaction() as session:
        before = statement(session, desk.shop.id, "GBP", since=START - DAY, spending=NOTHING, cost_bp=None)
    _give(context, desk, [world.advocate])
    stage.deliver(*CODES)
    with context.transaction() as session:
        since, whole = (statement(session, desk.shop.id, "GBP", since=at, spending=NOTHING, cost_bp=None)
                        for at in (START - DAY, None))
        later = statement(session, desk.shop.id, "GBP", since=stage.now + DAY, spending=NOTHING, cost_bp=None)
    assert since.posted.earn == before.posted.earn + 500 and later.posted.earn == 0 and whole.agrees


@on_one
def test_an_advocates_page_shows_the_gift_and_another_shop_gives_none(context: Context, desk: Desk, rival: Desk, world: World,
                                                                      stage: Stage) -> None:
    _clear(context, desk)
    _give(context, desk, [world.advocate])
    stage.deliver(*CODES)
    shown = unescape(desk.get(f"/app/advocates/{world.advocate}").text)
    assert "Gift" in shown and "A gift" in shown and "Give a reward" in shown
    before = [reward.id for reward in _gifts(context)]
    rival.post("/app/bulks", GIFT | {"items": str(world.advocate)})
    drain(context, rival.shop.id)
    assert [reward.id for reward in _gifts(context)] == before
    with context.transaction() as session:
        assert session.scalars(select(Code).where(Code.shop_id == rival.shop.id)).all() == []
        assert session.scalars(select(Person).where(Person.shop_id == rival.shop.id)).all() == []

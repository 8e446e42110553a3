"""Readiness, the proposal, profit and loss, the worth of customers and staff's reports, as pure rules."""

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from plugin.errors import Refused
from plugin.insights.rules import baseline
from plugin.insights.rules.breakeven import Effort
from plugin.insights.rules.intervals import Mean, Rate, rate
from plugin.insights.rules.profit import Posted, Sales, Spending, over_days, profit
from plugin.insights.rules.proposal import Facts as Known
from plugin.insights.rules.proposal import as_form, propose, round_down
from plugin.insights.rules.readiness import Facts, blocks, readiness
from plugin.insights.rules.value import Row, worths
from plugin.money import Money
from plugin.referrals.rules import read_form
from plugin.shopify.payloads.hearing import heard
from plugin.shopify.payloads.nodes import order_from_node
from plugin.shopify.payloads.orders import order

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NO = rate(0, 0)


def facts(refunds: Rate = NO, repeat: Rate = NO, survey: Rate | None = None, stars: int | None = None, reviews: int | None = None,
          asked: Rate = NO) -> Facts:
    return Facts(refunds, repeat, survey, stars, reviews, asked)


GOOD: dict[str, Any] = {"refunds": rate(10, 200), "repeat": rate(50, 200)}


@pytest.mark.parametrize(("given_facts", "verdict", "against"), [
    (facts(), "no_data", ()),
    (facts(refunds=rate(120, 200)), "not_yet", ("refunds",)),  # the store with 60 % refunds
    (facts(refunds=rate(18, 30)), "not_yet", ("refunds",)),
    (facts(refunds=rate(17, 29)), "no_data", ()),  # too few to say anything, even that
    (facts(**GOOD), "no_data", ()),  # nobody has said what customers think
    (facts(**GOOD, stars=460, reviews=50), "ready", ()),
    (facts(**GOOD, stars=460, reviews=9), "no_data", ()),
    (facts(**GOOD, stars=349, reviews=50), "not_yet", ("reviews",)),
    (facts(**GOOD, stars=390, reviews=50), "no_data", ()),
    (facts(**GOOD, survey=rate(20, 40)), "ready", ()),
    (facts(**GOOD, survey=rate(39, 39)), "no_data", ()),
    (facts(**GOOD, survey=rate(5, 100)), "not_yet", ("survey",)),
    (facts(**GOOD, asked=rate(10, 60)), "ready", ()),
    (facts(**GOOD, asked=rate(0, 500)), "no_data", ()),  # never speaks against
    (facts(refunds=rate(10, 200), repeat=rate(0, 200), stars=500, reviews=90), "not_yet", ("repeat",)),
    (facts(refunds=rate(0, 29), repeat=rate(29, 29), stars=500, reviews=90), "no_data", ()),
])
def test_readiness(given_facts: Facts, verdict: str, against: tuple[str, ...]) -> None:
    told = readiness(given_facts)
    assert (told.verdict, told.against) == (verdict, against)


@given(some.integers(0, 29), some.integers(0, 29), some.integers(0, 9))
def test_too_little_data_never_says_ready(orders: int, customers: int, reviews: int) -> None:
    told = readiness(facts(refunds=rate(0, orders), repeat=rate(customers, customers), stars=500, reviews=reviews))
    assert told.verdict == "no_data"


def test_an_override_holds_for_its_reasons_only() -> None:
    told = readiness(facts(refunds=rate(150, 200), repeat=rate(0, 200)))
    assert blocks(told, [])
    assert blocks(told, ["refunds"])
    assert not blocks(told, ["repeat", "refunds"])
    assert not blocks(readiness(facts()), [])


# -- the proposal ------------------------------------------------------------------------------------------------------


def known(order: int = 6000, n: int = 100, *, margin_bp: int | None = 4500, known_bp: int = 9000, repeat: Rate = NO,
          refunds: Rate = NO, currency: str = "EUR") -> Known:
    return Known(currency, Mean(n, order * n, order, order, order), margin_bp, known_bp, repeat, refunds)


@pytest.mark.parametrize(("told", "friend_bp", "advocate", "kind", "hold"), [
    # 60.00 at 45 %: a third is 15 %, half each is 7.5 %: friend 5 %, advocate 4.50 → 4.00.
    (known(), 500, 400, "fixed", 14),
    (known(margin_bp=None), 500, 400, "fixed", 14),
    (known(known_bp=4999), 500, 400, "fixed", 14),
    (known(margin_bp=9000), 1500, 800, "fixed", 14),  # 30 %, half is 15 %: 9.00 → 8.00
    (known(margin_bp=600), 500, 60, "fixed", 14),  # 2 %: thin
    (known(repeat=rate(30, 100), refunds=rate(20, 100)), 500, 400, "store_credit", 30),
    (known(repeat=rate(10, 100), refunds=rate(10, 100)), 500, 400, "fixed", 14),
    (known(order=9000, currency="JPY", margin_bp=6000), 1000, 800, "fixed", 14),
])
def test_the_proposal(told: Known, friend_bp: int, advocate: int, kind: str, hold: int) -> None:
    made = propose(told)
    assert (made.basis, made.friend_bp, made.advocate.amount) == ("orders", friend_bp, advocate)
    assert (made.advocate_kind, made.hold_days) == (kind, hold)
    assert made.friend_range_bp[0] <= made.friend_bp <= made.friend_range_bp[1]
    assert made.advocate_range[0].amount <= made.advocate.amount <= made.advocate_range[1].amount


def test_few_orders_propose_what_suits_most_shops_and_say_so() -> None:
    made = propose(known(n=29))
    assert (made.basis, made.friend_bp, [reason.name for reason in made.reasons]) == ("habit", 1000, ["few"])


def test_a_loss_proposes_nothing() -> None:
    made = propose(known(margin_bp=-100))
    assert (made.basis, made.friend_bp, made.advocate) == ("loss", 0, Money(0, "EUR"))


@given(some.integers(1, 10**8), some.integers(1, 10_000), some.sampled_from(["EUR", "JPY", "KWD"]))
def test_every_proposal_is_a_programme_that_can_be_saved(order: int, margin_bp: int, currency: str) -> None:
    made = propose(known(order=order, margin_bp=margin_bp, currency=currency))
    version = read_form(as_form(made, "Friends"), currency=currency, now=NOW)
    assert version.advocate.amount is None or version.advocate.amount.amount > 0


@given(some.integers(1, 10**10))
def test_a_round_amount_is_never_more(amount: int) -> None:
    told = round_down(Money(amount, "EUR")).amount
    assert 0 < told <= amount
    assert told * 2 >= amount


# -- profit and loss ---------------------------------------------------------------------------------------------------


def test_profit_by_hand() -> None:
    """900.00 net after 100.00 of friend codes (20.00 of it shipping); goods 400.00; 50.00 earned, 10.00 taken back, 5.00 lapsed."""
    sales = Sales(orders=10, net=90_000, cost=40_000)
    posted = Posted(earn=5000, take_back_close=1000, expire=500, debt=300, discount=10_000, shipping=2000)
    told = profit(sales, posted, Spending(Effort(Fraction(10), 2500, 4400), days=73, anyway_bp=1000))
    assert {line.name: line.amount for line in (*told.gained, *told.spent)} == {
        "goods": 98_000, "discounts": -10_000, "cost": -40_000, "unknown": 0, "anyway": -5800, "rewards": -5000, "taken_back": 1000,
        "expired": 500, "fees": -10_560, "work": -60_000}
    assert (told.margin, told.total) == (42_200, -31_860)
    assert posted.expense == 5000 + 10_000 - 1000 - 300


def test_a_year_is_twelve_months() -> None:
    assert (over_days(1000, 365), over_days(1000, 0), over_days(100, 1)) == (12_000, 0, 3)


AMOUNT = some.integers(0, 10**9)


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT, some.integers(0, 10_000))
def test_the_lines_add_up_to_the_profit(net: int, cost: int, earn: int, discount: int, anyway_bp: int) -> None:
    told = profit(Sales(1, net, cost), Posted(earn=earn, discount=discount), Spending(Effort(Fraction(0), 0, 0), 0, anyway_bp))
    taken = -next(line.amount for line in told.gained if line.name == "anyway")
    assert told.total == net - cost - earn - taken
    assert 0 <= taken <= max(0, net + discount - cost)


# -- the worth of a customer -------------------------------------------------------------------------------------------


def test_worths_by_hand() -> None:
    rows = [Row("other", "EUR", 0, 1000, 20), Row("other", "EUR", 0, 1600, 10), Row("other", "EUR", 0, None, 3),
            Row("friend", "EUR", 0, 500, 29), Row("other", "EUR", 30, 1200, 31)]
    told = {(one.source, one.days): one for one in worths(rows)}
    first = told["other", 0]
    assert (first.says, first.margin.n, first.margin.value, first.margin.total, first.unknown) == (True, 30, 1200, 36_000, 3)
    assert (told["friend", 0].says, told["friend", 0].margin.n) == (False, 29)
    assert (told["other", 30].margin.value, told["other", 365].margin.n) == (1200, 0)


# -- staff's reports ---------------------------------------------------------------------------------------------------


def test_a_report_is_read() -> None:
    told = baseline.read({"team": "store", "bought": True, "order": " #1001 ", "heard_at": "2026-10-30T10:00:00+01:00"}, NOW)
    assert (told.team, told.bought, told.order, told.heard_at.isoformat()) == ("store", True, "#1001", "2026-10-30T10:00:00+01:00")
    assert baseline.read({"team": "sales", "bought": False}, NOW).heard_at == NOW


BAD: list[dict[str, Any]] = [
    {}, {"team": "sales"}, {"team": "sales", "bought": "yes"}, {"team": "boss", "bought": True}, {"team": ["sales"], "bought": True},
    {"team": "sales", "bought": True, "name": "Bob"}, {"team": "sales", "bought": True, "order": "' or 1=1"},
    {"team": "sales", "bought": True, "order": 7}, {"team": "sales", "bought": False, "order": "#1"},
    {"team": "sales", "bought": True, "heard_at": "2026-10-30"}, {"team": "sales", "bought": True, "heard_at": 5},
    {"team": "sales", "bought": True, "heard_at": (NOW + timedelta(hours=1)).isoformat()},
    {"team": "sales", "bought": True, "heard_at": (NOW - timedelta(days=366)).isoformat()}]


@pytest.mark.parametrize("told", BAD)
def test_a_bad_report_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        baseline.read(told, NOW)


@pytest.mark.parametrize("text", ["", " ", "a b", "é", "x" * 65])
def test_a_bad_key_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        baseline.key(text)


QUESTION = "How did you hear about us?"


@pytest.mark.parametrize(("attributes", "note", "wanted"), [
    ([], "", None), ([], "Please leave it with the neighbour", None), ([], "For my best friend's birthday", None),
    ([(QUESTION, "A friend")], "", "friend"), ([(QUESTION, "Instagram")], "", "other"), ([(QUESTION, "  ")], "", None),
    ([(QUESTION, "Instagram")], "My friend told me about you", "other"), ([("gift", "for a friend")], "", None),
    ([("Wie bist du auf uns aufmerksam geworden?", "Empfehlung einer Freundin")], "", "friend"),
    ([("Comment nous avez-vous connus ?", "Bouche-à-oreille")], "", "friend"),
    ([("¿Cómo nos conociste?", "por una amiga")], "", "friend"), ([("Como ficou sabendo de nós?", "Google")], "", "other"),
    ([("当店をどこでお知りになりましたか", "友人の紹介")], "", "friend"), ([("كيف سمعت عنا؟", "من صديق")], "", "friend"),
    ([], "My sister recommended you, thanks!", "noted"), ([], "Recommended by a friend", "noted")])
def test_where_a_shopper_heard_of_the_shop(attributes: list[tuple[str, str]], note: str, wanted: str | None) -> None:
    assert heard(attributes, note) == wanted


def test_only_the_kind_of_answer_is_kept_of_an_order() -> None:
    """By webhook and by backfill alike; the words themselves go nowhere."""
    node = {"id": "gid://shopify/Order/1", "createdAt": "2026-11-01T12:00:00Z", "updatedAt": "2026-11-01T12:00:00Z", "currencyCode": "EUR",
            "customAttributes": [{"key": QUESTION, "value": "My friend Bob"}], "note": "Ring twice, ask for Bob"}
    told = order(json.dumps(order_from_node(node)).encode())
    assert told.heard == "friend"
    assert "Bob" not in repr(told)


@given(some.lists(some.tuples(some.text(), some.text()), max_size=3), some.text())
def test_no_text_breaks_it(attributes: list[tuple[str, str]], note: str) -> None:
    assert heard(attributes, note) in (None, "friend", "other", "noted")

"""The pure part of rewards: terms, worth, states, and what the books must say."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, strategies

from plugin.errors import Refused
from plugin.ledger.rules import POSTINGS
from plugin.money import Money
from plugin.rewards import rules
from plugin.rewards.rules import Bought, Due, RewardTerms, Standing, State

GBP = Money(1000, "GBP")


@pytest.mark.parametrize("given_", [("percentage", 1500), ("fixed", None, GBP), ("store_credit", 500), ("store_credit", None, GBP),
                                    ("free_shipping",), ("none",), ("percentage", 10_000), ("percentage", 1)])
def test_terms_that_are_some(given_: Any) -> None:  # noqa: ANN401
    assert RewardTerms(*given_).kind == given_[0]


@pytest.mark.parametrize("given_", [("percentage",), ("fixed",), ("fixed", 5, GBP), ("store_credit",), ("store_credit", 5, GBP),
                                    ("none", 5), ("free_shipping", None, GBP), ("percentage", 0), ("percentage", 10_001),
                                    ("percentage", None, GBP),
                                    ("fixed", None, Money(0, "GBP")), ("fixed", None, Money(-1, "GBP"))])
def test_terms_that_are_none(given_: Any) -> None:  # noqa: ANN401
    with pytest.raises(Refused):
        RewardTerms(*given_)


def bought(subtotal: int, net: int, shipping: int = 0, *, dead: bool = False) -> Bought:
    return Bought(Money(subtotal, "GBP"), Money(net, "GBP"), Money(shipping, "GBP"), dead)


@pytest.mark.parametrize(("terms", "order", "told"), [
    (RewardTerms("fixed", amount=GBP), bought(8500, 8500), 1000),
    (RewardTerms("fixed", amount=GBP), bought(8500, 4250), 500),
    (RewardTerms("fixed", amount=GBP), bought(3, 1), 333),
    (RewardTerms("fixed", amount=GBP), bought(0, 0), 1000),
    (RewardTerms("fixed", amount=GBP), bought(0, 0, dead=True), 0),
    (RewardTerms("fixed", amount=Money(1000, "EUR")), bought(100, 100), 0),
    (RewardTerms("percentage", 1000), bought(8500, 8500), 850),
    (RewardTerms("percentage", 1000), bought(8500, 4255), 426),
    (RewardTerms("store_credit", 500), bought(8500, 8500), 425),
    (RewardTerms("free_shipping"), bought(8500, 8500, 395), 395),
    (RewardTerms("free_shipping"), bought(8500, 4250, 395), 198),
    (RewardTerms("none"), bought(8500, 8500), 0),
])
def test_worth(terms: RewardTerms, order: Bought, told: int) -> None:
    assert rules.worth(terms, order) == Money(told, "GBP")


def accounts(reward: Standing) -> dict[str, int]:
    """What the accounts show if the books say what they must."""
    held: dict[str, int] = defaultdict(int)
    for kind, amount in rules.books(reward).items():
        debit, credit = POSTINGS[kind]
        held[debit] += amount
        held[credit] -= amount
    return {name: amount for name, amount in held.items() if amount}


@pytest.mark.parametrize(("reward", "told"), [
    (Standing("pending", True, 1000, 0), {}),
    (Standing("hold", True, 1000, 1000), {"expense": 1000, "held": -1000}),
    (Standing("void", True, 1000, 0), {}),
    (Standing("issuing", True, 1000, 1000), {"expense": 1000, "owed": -1000}),
    (Standing("frozen", True, 1000, 0), {"expense": 1000, "owed": -1000}),
    (Standing("issued", True, 1000, 1000), {"expense": 1000, "issued": -1000}),
    (Standing("issued", True, 1000, 700), {"expense": 700, "issued": -1000, "debt": 300}),
    (Standing("reversed", True, 1000, 0, taken=1000), {"expense": 1000, "taken_back": -1000}),
    (Standing("reversed", True, 1000, 0, taken=1000, closed=1000), {}),
    (Standing("spent", True, 1000, 1000, spent=1000), {"expense": 1000, "spent": -1000}),
    (Standing("spent", True, 1000, 1000, spent=1300), {"expense": 1300, "spent": -1300}),
    (Standing("spent", True, 1000, 500, spent=600), {"expense": 300, "spent": -600, "debt": 300}),
    (Standing("spent", True, 1000, 0, spent=1000), {"spent": -1000, "debt": 1000}),
    (Standing("spent", True, 0, 0, spent=395), {"expense": 395, "spent": -395}),
    (Standing("expired", True, 1000, 1000), {"expense": 1000, "breakage": -1000}),
    (Standing("issued", False, 1000, 700, taken=300), {"expense": 1000, "issued": -700, "taken_back": -300}),
    (Standing("issued", False, 1000, 700, taken=300, closed=300), {"expense": 700, "issued": -700}),
    (Standing("spent", False, 1000, 0, taken=400, closed=400, spent=600), {"spent": -600, "debt": 600}),
])
def test_what_the_accounts_show(reward: Standing, told: dict[str, int]) -> None:
    assert accounts(reward) == told


AMOUNTS = strategies.integers(0, 10**9)


@given(strategies.sampled_from(rules.STATES), strategies.booleans(), AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_books_of_any_reward_are_sound(state: State, is_code: bool, amount: int, due: int, spent: int) -> None:
    reward = Standing(state, is_code, amount, min(due, amount), spent=spent if state == "spent" else 0,
                      taken=amount if state == "reversed" else 0)
    assert all(value >= 0 for value in rules.books(reward).values())
    assert sum(accounts(reward).values()) == 0
    assert 0 <= rules.debt(reward) <= max(amount, spent)


@pytest.mark.parametrize(("state", "stage", "sent", "told"), [
    ("pending", "hold", False, "hold"), ("hold", "release", False, "issuing"), ("hold", "nothing", False, "void"),
    ("hold", "wait", False, "pending"), ("void", "hold", False, "hold"), ("issuing", "nothing", False, "void"),
    ("issuing", "nothing", True, "issuing"), ("unknown", "nothing", True, "unknown"), ("issued", "nothing", True, "issued"),
    ("issued", "release", True, "issued"), ("spent", "nothing", True, "spent"), ("reversed", "release", True, "reversed"),
])
def test_where_a_reward_goes(state: State, stage: rules.Stage, sent: bool, told: State) -> None:
    assert rules.next_state(state, Due(stage, GBP, "why"), sent=sent) == told


@pytest.mark.parametrize(("due", "spent", "taken", "told"), [
    (500, 0, 0, {"expire": 500}), (500, 300, 0, {"expire": 200, "spend": 300}),
    (0, 300, 200, {"spend": 300, "take_back": 200, "take_back_close": 200, "debt": 300}),
    (250, 400, 0, {"expire": 100, "spend": 400, "debt": 250})])
def test_the_books_of_store_credit_that_has_ended(due: int, spent: int, taken: int, told: dict[str, int]) -> None:
    """What had been spent is a debt only as far as the order no longer deserves it."""
    standing = Standing(state="expired", is_code=False, amount=500, due=due, spent=spent, taken=taken, closed=taken)
    assert {kind: amount for kind, amount in rules.books(standing).items() if amount} == {"earn": 500, "release": 500, "issue": 500} | told

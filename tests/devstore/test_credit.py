"""Store credit as the Admin API gives and takes it: twice is two credits, limits, currencies, an end by business time."""

from datetime import timedelta

import pytest

from tests.devstore.world import World, customer

CREDIT = """mutation($id: ID!, $c: StoreCreditAccountCreditInput!) { storeCreditAccountCredit(id: $id, creditInput: $c) {
  storeCreditAccountTransaction { id amount { amount currencyCode } account { id balance { amount } } } userErrors { field code } } }"""
DEBIT = """mutation($id: ID!, $d: StoreCreditAccountDebitInput!) { storeCreditAccountDebit(id: $id, debitInput: $d) {
  storeCreditAccountTransaction { id } userErrors { code } } }"""


def money(amount: str, currency: str = "GBP", **more: object) -> dict[str, object]:
    return {"creditAmount": {"amount": amount, "currencyCode": currency}, **more}


def test_credit_twice_is_two_credits(world: World) -> None:
    api, who = world.connect(), customer(world)
    api.call(CREDIT, id=who, c=money("5.00", expiresAt="2031-01-01T00:00:07Z"))
    made_ = api.call(CREDIT, id=who, c=money("5.00"))["storeCreditAccountCredit"]["storeCreditAccountTransaction"]
    assert made_["account"]["balance"]["amount"] == "10.0"
    assert [one["amount"] for one in world.effects("credit")] == [500, 500]


@pytest.mark.parametrize(
    ("credit", "code"),
    [
        (money("0"), "NEGATIVE_OR_ZERO_AMOUNT"),
        (money("5", expiresAt="2020-01-01T00:00:00Z"), "EXPIRES_AT_IN_PAST"),
        (money("9999999"), "CREDIT_LIMIT_EXCEEDED"),
    ],
)
def test_credit_has_user_errors(world: World, credit: dict[str, object], code: str) -> None:
    api, who = world.connect(), customer(world)
    assert api.call(CREDIT, id=who, c=credit)["storeCreditAccountCredit"]["userErrors"][0]["code"] == code


def test_an_account_has_one_currency(world: World) -> None:
    api, who = world.connect(), customer(world)
    made_ = api.call(CREDIT, id=who, c=money("5"))["storeCreditAccountCredit"]["storeCreditAccountTransaction"]
    account = made_["account"]["id"]
    assert api.call(CREDIT, id=account, c=money("5", "EUR"))["storeCreditAccountCredit"]["userErrors"][0]["code"] == "MISMATCHING_CURRENCY"
    debit = {"debitAmount": {"amount": "6", "currencyCode": "GBP"}}
    assert api.call(DEBIT, id=account, d=debit)["storeCreditAccountDebit"]["userErrors"][0]["code"] == "INSUFFICIENT_FUNDS"


def test_credit_expires_by_business_time(world: World) -> None:
    api, who = world.connect(), customer(world)
    soon = (world.running.services.store.clock.now() + timedelta(days=2)).isoformat()
    api.call(CREDIT, id=who, c=money("5", expiresAt=soon))
    world.ask("clock", advance=3 * 86_400)
    query = "query($id: ID!) { customer(id: $id) { storeCreditAccounts(first: 1) { nodes { balance { amount } } } } }"
    assert api.call(query, id=who)["customer"]["storeCreditAccounts"]["nodes"][0]["balance"]["amount"] == "0.0"
    assert world.effects("credit_expired")[0]["amount"] == 500

"""The ledger: what a posting does, that nothing else can be done to it, and that balances are always the sum of postings."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings, strategies
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.db import Base, ShopId, new_id
from plugin.errors import Broken, Refused
from plugin.ledger import flows, rules, tables
from plugin.money import Money
from plugin.shops.tables import Shop

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POUNDS = Money(1000, "GBP")


def balances(session: Session, shop_id: ShopId, currency: str = "GBP") -> dict[str, int]:
    return {name: held[currency] for name, held in tables.balances(session, shop_id).items() if held.get(currency)}


@pytest.mark.parametrize(("kinds", "told"), [
    (["earn"], {"expense": 1000, "held": -1000}),
    (["earn", "release"], {"expense": 1000, "owed": -1000}),
    (["earn", "release", "issue"], {"expense": 1000, "issued": -1000}),
    (["earn", "release", "issue", "spend"], {"expense": 1000, "spent": -1000}),
    (["earn", "release", "issue", "expire"], {"expense": 1000, "breakage": -1000}),
    (["earn", "release", "issue", "take_back"], {"expense": 1000, "taken_back": -1000}),
    (["earn", "release", "issue", "take_back", "take_back_close"], {}),
    (["earn", "release", "issue", "spend", "debt"], {"spent": -1000, "debt": 1000}),
    (["discount"], {"expense": 1000, "spent": -1000}),
    (["correct", "correct_down"], {}),
])
def test_what_the_accounts_say(session: Session, north: Shop, kinds: list[rules.Kind], told: dict[str, int]) -> None:
    for kind in kinds:
        flows.post(session, north.id, kind, POUNDS, key=kind, now=NOW)
    assert balances(session, north.id) == told
    assert flows.audit(session, north.id).holds


def test_the_same_key_posts_once(session: Session, north: Shop) -> None:
    first = flows.post(session, north.id, "earn", POUNDS, key="once", now=NOW)
    assert flows.post(session, north.id, "earn", POUNDS, key="once", now=NOW).id == first.id
    assert balances(session, north.id) == {"expense": 1000, "held": -1000}
    with pytest.raises(Broken):
        flows.post(session, north.id, "earn", Money(1, "GBP"), key="once", now=NOW)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_posting_is_more_than_zero(session: Session, north: Shop, amount: int) -> None:
    with pytest.raises(Refused):
        flows.post(session, north.id, "earn", Money(amount, "GBP"), key="none", now=NOW)


def test_a_reversal_happens_once(session: Session, north: Shop) -> None:
    posting = flows.post(session, north.id, "earn", POUNDS, key="a", now=NOW)
    first = flows.reverse(session, north.id, posting, now=NOW)
    assert flows.reverse(session, north.id, posting, now=NOW).id == first.id
    assert balances(session, north.id) == {}


def test_a_part_is_reversed_and_the_rest_stands(session: Session, north: Shop) -> None:
    posting = flows.post(session, north.id, "earn", POUNDS, key="a", now=NOW, reward_id=new_id())
    flows.reverse(session, north.id, posting, now=NOW, amount=Money(300, "GBP"))
    assert balances(session, north.id) == {"expense": 700, "held": -700}
    [rest] = tables.standing(session, north.id, reward_id=posting.reward_id)
    assert (rest.kind, rest.amount) == ("earn", 700)
    flows.reverse(session, north.id, session.get_one(tables.Posting, (north.id, rest.id)), now=NOW)
    assert balances(session, north.id) == {}


def test_more_than_was_posted_cannot_be_reversed(session: Session, north: Shop) -> None:
    posting = flows.post(session, north.id, "earn", POUNDS, key="a", now=NOW)
    for wrong in (Money(1001, "GBP"), Money(1, "EUR"), Money(-1, "GBP")):
        with pytest.raises(Refused):
            flows.reverse(session, north.id, posting, now=NOW, amount=wrong)


@pytest.mark.parametrize("sql", ["update postings set amount = 1", "delete from postings", "update postings set kind = 'spend'"])
def test_the_database_refuses_to_change_a_posting(context: Context, north: Shop, sql: str) -> None:
    with context.transaction() as session:
        flows.post(session, north.id, "earn", POUNDS, key="a", now=NOW)
    with pytest.raises(DBAPIError, match="append-only"), context.transaction() as session:
        session.execute(text(sql))
    with context.transaction() as session:
        assert balances(session, north.id) == {"expense": 1000, "held": -1000}


@pytest.mark.parametrize("columns", ["amount = -5", "amount = 0", "credit_id = debit_id"])
def test_the_database_refuses_a_posting_that_is_none(context: Context, north: Shop, columns: str) -> None:
    name, value = columns.split(" = ")
    with context.transaction() as session:
        flows.post(session, north.id, "earn", POUNDS, key="a", now=NOW)
    fields = ["shop_id", "id", "debit_id", "credit_id", "amount", "currency", "kind", "key", "posted_at"]
    chosen = ", ".join(value if field == name else f":{field}" if field in {"id", "key"} else field for field in fields)
    with pytest.raises(DBAPIError), context.transaction() as session:
        session.execute(text(f"insert into postings ({', '.join(fields)}) select {chosen} from postings"), {"id": uuid4().hex, "key": "b"})


def test_fifty_at_once_leave_the_right_balances(context: Context, north: Shop) -> None:
    def work(number: int) -> None:
        kinds: list[rules.Kind] = ["earn", "release"] if number % 2 else ["release", "earn"]
        with context.transaction() as session:
            for kind in kinds:
                flows.post(session, north.id, kind, Money(number + 1, "GBP"), key=f"{kind}{number}", now=NOW)

    _all_at_once(work, 50)
    with context.transaction() as session:
        assert balances(session, north.id) == {"expense": 1275, "owed": -1275}
        assert flows.audit(session, north.id).holds


def test_fifty_reversals_of_one_posting_are_one(context: Context, north: Shop) -> None:
    with context.transaction() as session:
        posting = flows.post(session, north.id, "earn", POUNDS, key="a", now=NOW)

    def work(_number: int) -> None:
        with context.transaction() as session:
            flows.reverse(session, north.id, session.get_one(tables.Posting, (north.id, posting.id)), now=NOW)

    _all_at_once(work, 50)
    with context.transaction() as session:
        assert balances(session, north.id) == {}
        assert flows.audit(session, north.id).holds


def _all_at_once(work: Callable[[int], None], times: int) -> None:
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(work, range(times)))


def test_shops_do_not_share_accounts(session: Session, north: Shop, south: Shop) -> None:
    flows.post(session, north.id, "earn", POUNDS, key="a", now=NOW)
    flows.post(session, south.id, "earn", Money(5, "EUR"), key="a", now=NOW)
    assert balances(session, north.id) == {"expense": 1000, "held": -1000}
    assert balances(session, south.id, "EUR") == {"expense": 5, "held": -5}


def test_an_audit_finds_a_wrong_balance(session: Session, north: Shop) -> None:
    flows.post(session, north.id, "earn", POUNDS, key="a", now=NOW)
    session.execute(text("update accounts set balance = 999 where name = 'expense'"))
    session.expire_all()
    assert flows.audit(session, north.id).wrong == (("expense", "GBP", 999, 1000),)


STEPS = strategies.lists(strategies.tuples(
    strategies.sampled_from(["level", "post", "reverse"]), strategies.sampled_from(sorted(rules.POSTINGS)),
    strategies.integers(0, 10**9), strategies.sampled_from(["JPY", "GBP", "KWD"]), strategies.integers(0, 4)), max_size=40)


@settings(max_examples=60)
@given(STEPS)
def test_whatever_is_posted_the_books_hold(steps: list[tuple[str, Any, int, str, int]]) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    shop_id = ShopId(new_id())
    subjects = [flows.Subject(reward_id=new_id()) for _ in range(5)]
    with Session(engine) as session:
        for number, (verb, kind, amount, currency, which) in enumerate(steps):
            _step(session, shop_id, verb, kind, Money(amount, currency), subjects[which], number)
            audit = flows.audit(session, shop_id)
            assert audit.holds, audit
    engine.dispose()


def _step(session: Session, shop_id: ShopId, verb: str, kind: rules.Kind, amount: Money, subject: flows.Subject, number: int) -> None:
    if verb == "level":
        own = flows.Subject(order_id=f"{subject.reward_id}{amount.currency}"[-30:])
        flows.level(session, shop_id, own, {kind: amount.amount}, currency=amount.currency, now=NOW)
        assert [row.amount for row in tables.standing(session, shop_id, order_id=own.order_id) if row.kind != kind] == []
        assert sum(row.amount for row in tables.standing(session, shop_id, order_id=own.order_id)) == amount.amount
    elif verb == "post" and amount:
        flows.post(session, shop_id, kind, amount, key=str(number), now=NOW, reward_id=subject.reward_id)
    elif subject.reward_id:
        for row in tables.postings(session, shop_id, reward_id=subject.reward_id)[:1]:
            if row.reverses_id is None:
                flows.reverse(session, shop_id, row, now=NOW, amount=Money(max(1, row.amount // 2), row.currency))


@pytest.mark.parametrize(("standing", "target", "undone", "more"), [
    ([], 0, [], 0), ([], 7, [], 7), ([10], 10, [], 0), ([10], 12, [], 2), ([10], 7, [3], 0), ([10], 0, [10], 0),
    ([10, 5], 12, [3], 0), ([10, 5], 8, [5, 2], 0), ([10, 5], 0, [5, 10], 0),
])
def test_the_least_change(standing: list[int], target: int, undone: list[int], more: int) -> None:
    rows = [rules.Open(new_id(), "earn", amount) for amount in standing]
    change = rules.change(rows, target)
    assert ([amount for _, amount in change.reversals], change.more) == (undone, more)

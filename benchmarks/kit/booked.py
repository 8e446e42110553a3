"""The books of what ``referred`` filled in: four postings a referral, and accounts that hold their sums."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Engine, insert

from benchmarks.kit.population import SHOP, Row, fill
from benchmarks.kit.referred import BEGAN, STEP
from plugin.ledger.tables import Account, Posting

WALK = (("earn", "expense", "held"), ("release", "held", "owed"), ("issue", "owed", "issued"), ("spend", "issued", "spent"))
"""kind, debited, credited: what a reward goes through."""
NAMES = ("expense", "held", "owed", "issued", "spent")
_ACCOUNTS = {name: UUID(int=(6 << 96) + number) for number, name in enumerate(NAMES)}
_POSTINGS = 7 << 96


def populate(engine: Engine, size: int) -> None:
    balances: Counter[str] = Counter()
    for number in range(size):
        for _, debited, credited in WALK:
            balances[debited] += _amount(number)
            balances[credited] -= _amount(number)
    with engine.begin() as connection:
        connection.execute(insert(Account), [{"shop_id": SHOP, "id": id, "name": name, "currency": "GBP", "balance": balances[name]}
                                             for name, id in _ACCOUNTS.items()])
        fill(connection, Posting, _postings(size))


def _amount(number: int) -> int:
    return 500 + number % 1000


def _postings(size: int) -> Iterator[Row]:
    for number in range(size):
        for step, (kind, debited, credited) in enumerate(WALK):
            yield {"shop_id": SHOP, "id": UUID(int=_POSTINGS + 4 * number + step), "debit_id": _ACCOUNTS[debited],
                   "credit_id": _ACCOUNTS[credited], "amount": _amount(number), "currency": "GBP", "kind": kind,
                   "key": f"{kind}/{number}", "reward_id": None, "order_id": str(9_000_000 + number), "reverses_id": None,
                   "posted_at": BEGAN + number * STEP}

"""The figures of a story or a replay: what the store saw, what the app booked, recomputed apart."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from devstore.demo.books import Books, effects, sums
from devstore.demo.launch import Place
from devstore.demo.web import ask


def report(place: Place, books: Books, seconds: Mapping[str, float]) -> dict[str, Any]:
    """JSON: integers in minor units. ``money`` is what orders were worth when bought (goods after discounts), by currency."""
    shop = books.domain.removesuffix(".myshopify.com")
    log = ask(f"{place.devstore}/_devstore/effects?shop={shop}")["effects"]
    accounts = books.accounts()
    return {
        "orders": books.rows("select count(*) from orders where shop_id = :shop")[0][0],
        "attributed": books.verdicts()["attributed"],
        "refused": dict(books.refusals()),
        "rewards": dict(books.rewards()),
        "effects": dict(effects(log)),
        "refunds": books.rows("select count(*) from refunds where shop_id = :shop")[0][0],
        "money": money(log),
        "ledger_sum": sums(accounts),
        "accounts": accounts,
        "seconds": dict(seconds),
    }


def money(log: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    told: Counter[str] = Counter()
    for entry in log:
        if entry["kind"] == "order_placed":
            told[str(entry["currency"])] += int(entry["subtotal"])
    return dict(told)

"""The referee: what was replayed, what the store saw, and what the app booked must be one and the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from devstore.demo.launch import Place
from devstore.demo.replaying.recomputed import Recomputed
from devstore.demo.replaying.steps import Plan
from devstore.demo.replaying.till import Known
from devstore.demo.web import ask


@dataclass(frozen=True, slots=True)
class Check:
    """Figures that must be equal, each with where it comes from."""

    what: str
    figures: dict[str, Any]

    @property
    def holds(self) -> bool:
        first, *others = self.figures.values()
        return all(other == first for other in others)


def judge(place: Place, books: Recomputed, plan: Plan, known: Known) -> list[Check]:
    shop = books.domain.removesuffix(".myshopify.com")
    log = ask(f"{place.devstore}/_devstore/effects?shop={shop}")["effects"]
    codes = [one for one in ask(f"{place.devstore}/_devstore/codes")["codes"] if one["shop"] == shop]
    return [*_rows(plan), *_trade(books, plan, known, log), *_rewards(books, log, codes), *_books(books)]


def _rows(plan: Plan) -> Iterable[Check]:
    rows = plan.rows
    yield Check("rows of the file", {"given": rows.given, "used, left out, refused": rows.used + rows.left_out + rows.refused.total()})


def _trade(books: Recomputed, plan: Plan, known: Known, log: list[Mapping[str, Any]]) -> Iterable[Check]:
    seen = Counter(entry["kind"] for entry in log)
    yield Check("orders", {"planned": len(plan.sales), "checked out": known.placed, "effect log": seen["order_placed"],
                           "app": books.number("select count(*) from orders where shop_id = :shop")})
    yield Check("refunds", {"planned": plan.refunds, "given": known.refunded, "effect log": seen["refund"],
                            "app": books.number("select count(*) from refunds where shop_id = :shop")})
    yield Check("goods sold, in pence", {"effect log": _total(log, "order_placed", "subtotal"), "app": books.goods_sold()})
    yield Check("goods taken back, in pence", {"effect log": _total(log, "refund", "goods"), "app": books.goods_taken_back()})


def _total(log: Iterable[Mapping[str, Any]], kind: str, name: str) -> int:
    return sum(int(entry[name]) for entry in log if entry["kind"] == kind)


def _rewards(books: Recomputed, log: list[Mapping[str, Any]], codes: list[Mapping[str, Any]]) -> Iterable[Check]:
    """A reward is a code at the store: those added minus those deleted are those that are there now."""
    mine, out = [code for code in codes if is_reward(code)], books.rewards_out()
    added, deleted = (sum(entry["kind"] == kind and is_reward(entry) for entry in log) for kind in ("code_added", "code_deleted"))
    yield Check("rewards issued minus taken back", {"effect log": added - deleted, "codes at the store": len(mine),
                                                    "postings": len(out), "orders and decisions": books.rewards_deserved()})
    yield Check("their worth, in pence", {"codes at the store": sum(int(code["amount"]) for code in mine), "postings": sum(out.values())})
    yield Check("rewards spent", {"effect log": sum(entry["kind"] == "code_used" and is_reward(entry) for entry in log),
                                  "app": books.number("select count(*) from rewards where shop_id = :shop and spent > 0")})
    used = sum(entry["kind"] == "code_used" and is_friend(entry) for entry in log)
    yield Check("welcome codes used", {"effect log": used, "orders": books.codes_used("friend").total()})


def is_reward(code: Mapping[str, Any]) -> bool:
    return str(code["title"]).startswith("Tandem") and not is_friend(code) and not str(code["code"]).startswith("TANDEM")


def is_friend(code: Mapping[str, Any]) -> bool:
    return str(code["title"]).startswith("Tandem friend") and not str(code["code"]).startswith("TANDEM")


def _books(books: Recomputed) -> Iterable[Check]:
    accounts = books.accounts()
    yield Check("balances", {"postings": accounts, "accounts": books.cached()})
    totals = Counter({currency: 0 for amounts in accounts.values() for currency in amounts})
    for amounts in accounts.values():
        totals.update(amounts)
    yield Check("sum of all accounts", {"is": dict(totals), "must be": dict.fromkeys(totals, 0)})
    yield Check("events that nobody could apply", {"app": books.number(
        "select count(*) from inbox where shop_id = :shop and state = 'dead'"), "must be": 0})

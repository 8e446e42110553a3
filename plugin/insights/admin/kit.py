"""The living page of the kit: every part of the admin in every state, in every language.

It stands in the app and not in the development store, so that it is made by the very shell, filters, headers and catalogue that merchants
get, and a real admin shows it with Shopify's own components. It shows nothing of the shop, stores nothing, and no menu leads to it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from plugin.money import Money
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import page, translator

PATH = "/app/kit"
DAY = date(2026, 8, 24)


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    at: datetime
    state: str
    tone: str
    amount: Money


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(PATH)(parts)
    blueprint.post(f"{PATH}/<part>")(refuse_part)


@embedded
def parts(shop: Shop, session: Session) -> str:
    return page("insights/kit.html", shop=shop, **sample())


@embedded
def refuse_part(shop: Shop, session: Session, part: str) -> Response:
    """Whatever is sent comes back with an error beside a field, which is the state that a form is hardest to look at in."""
    return Response(page("insights/kit.html", shop=shop, **sample(error=translator(shop)("kit.failed"))), 422)


def sample(error: str = "") -> dict[str, Any]:
    """The same for everybody and at all times."""
    price = Money(500, "GBP")
    return {
        "form": {"values": {"name": "", "kind": "fixed", "rate": "15", "minimum": "20.00", "model": "last_visit", "starts": "2026-11-21",
                            "new_only": "yes"}, "errors": {"name": error} if error else {}},
        "rows": [Row(f"#100{n}", datetime(2026, 11, 20, tzinfo=UTC), tone, tone, price) for n, tone in enumerate(("warning", "success"))],
        "days": [(DAY + timedelta(days=n), [n * 7 % 13 + n // 9, n * 5 % 11 if n > 4 else None]) for n in range(90)],
        "weeks": [(str(n), [Money(1250 * n % 4100, "GBP"), Money(700 * n % 2300, "GBP")]) for n in range(30, 42)],
        "amount": Money(123456, "GBP"),
    }

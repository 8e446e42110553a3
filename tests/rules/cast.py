# ruff: noqa: ANN401 - a cast takes any change
"""The cast of the rule tests: one programme, its advocate Alice, her friend Bob, and his order, each saying only what matters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from plugin.attribution.rules import AdvocateFact, Candidates, CodeFact, Terms, VisitFact
from plugin.mirror.rules import Line, Order
from plugin.money import Money

NOON = datetime(2026, 6, 15, 12, 0, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def uid(number: int) -> UUID:
    return UUID(int=number)


PROGRAMME, VERSION, NEXT_VERSION = uid(1), uid(2), uid(3)
OTHER_PROGRAMME, OTHER_VERSION = uid(4), uid(5)
ALICE, ALICE_PERSON, CARLA, BOB_PERSON = uid(10), uid(11), uid(12), uid(13)

TERMS = Terms(version_id=VERSION, programme_id=PROGRAMME, window=30 * DAY, since=NOON - 300 * DAY)
OTHER_TERMS = Terms(version_id=OTHER_VERSION, programme_id=OTHER_PROGRAMME, window=7 * DAY, since=NOON - 300 * DAY)
ADVOCATE = AdvocateFact(ALICE, PROGRAMME, ALICE_PERSON, "100")
SECOND_ADVOCATE = AdvocateFact(CARLA, PROGRAMME, uid(14), "102")


def line(price: int = 6000, quantity: int = 1, currency: str = "GBP") -> Line:
    nothing = Money.zero(currency)
    return Line(id="1", product_id="7", variant_id="8", title="Mug", quantity=quantity, price=Money(price, currency), discounts=(),
                refunded_quantity=0, refunded=nothing, current_quantity=quantity)


def order(**changes: Any) -> Order:
    currency = changes.get("currency", "GBP")
    plain = {
        "id": "5001", "name": "#1001", "currency": currency, "created_at": NOON, "updated_at": NOON, "cancelled_at": None,
        "financial": "paid", "paid_once": True, "test": False, "customer_id": "200", "person_id": BOB_PERSON, "email_key": "bob",
        "address_key": "bob-street", "device_key": "bob-phone", "lines": (line(currency=currency),), "shipping": Money.zero(currency),
        "shipping_discounts": (), "subtotal": Money(6000, currency),
        "net": Money(6000, currency), "codes": (), "attributes": {}, "landing_site": None,
        "country": "GB", "risk": "LOW", "gateways": ("bogus",)}
    return Order(**{**plain, **changes})


def code(ago: timedelta = DAY, **changes: Any) -> CodeFact:
    return replace(CodeFact(uid(50), ALICE, VERSION, NOON - ago, None), **changes)


def visit(ago: timedelta = DAY, **changes: Any) -> VisitFact:
    return replace(VisitFact(uid(60), ALICE, VERSION, NOON - ago, "cart_attribute"), **changes)


def candidates(**changes: Any) -> Candidates:
    return replace(Candidates(advocates={ALICE: ADVOCATE, CARLA: SECOND_ADVOCATE}), **changes)


def terms(**changes: Any) -> dict[UUID, Terms]:
    return {VERSION: replace(TERMS, **changes), OTHER_VERSION: OTHER_TERMS}

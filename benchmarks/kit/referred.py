"""What N advocates brought about: an order each, its decision, and for most of them a reward with its delivery; a case for some."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, insert, text

from benchmarks.kit import population
from benchmarks.kit.population import NOON, PROGRAMME, SHOP, VERSION, Row, fill
from plugin.attribution.tables import Decision
from plugin.guardrails.tables import Case
from plugin.mirror.tables import Order
from plugin.outbox.tables import Delivery
from plugin.referrals.tables import Advocate, Programme
from plugin.rewards.rules import STATES
from plugin.rewards.tables import Reward

BEGAN, STEP = NOON - timedelta(days=365), timedelta(minutes=5)
REASONS = ("outside_window", "not_new", "below_minimum", "capped", "own_order")
FINANCIAL = ("pending", "refunded", "partially_refunded", "voided")
RULES = ("same_address", "velocity", "risk")
_REWARDS, _DELIVERIES = (kind << 96 for kind in (4, 5))


def populate(engine: Engine, size: int) -> None:
    """``size`` advocates, visits, orders and decisions in one shop."""
    population.populate(engine, size)
    numbers = range(size)
    with engine.begin() as connection:
        connection.execute(insert(Programme), [{"shop_id": SHOP, "id": PROGRAMME, "name": "Friends", "state": "live", "draft": None,
                                                "made_at": BEGAN, "revision": 0}])
        fill(connection, Advocate, (_advocate(number) for number in numbers))
        fill(connection, Order, (_order(number) for number in numbers))
        fill(connection, Decision, (_decision(number) for number in numbers))
        fill(connection, Reward, (_reward(number) for number in _rewarded(size)))
        fill(connection, Delivery, (_delivery(number) for number in _rewarded(size)))
        fill(connection, Case, (_case(number) for number in numbers if number % 20 == 3))
        connection.execute(text("update links set friends = 1 where id in "
                                "(select advocate_id from decisions where verdict = 'attributed')"))
    if engine.dialect.name == "postgresql":  # as it does by itself; SQLite keeps no statistics unless it is asked to
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("analyze"))


def _rewarded(size: int) -> Iterable[int]:
    return (number for number in range(size) if _verdict(number) == "attributed")


def _verdict(number: int) -> str:
    return {0: "none", 1: "none", 2: "hold", 3: "refused", 4: "refused", 5: "refused"}.get(number % 25, "attributed")


def _at(number: int) -> timedelta:
    return number * STEP


def _advocate(number: int) -> Row:
    made = population.link(number)
    return {"shop_id": SHOP, "id": made["id"], "person_id": made["person_id"], "programme_id": PROGRAMME, "how": "order",
            "state": "active", "enrolled_at": NOON}


def _order(number: int) -> Row:
    financial = FINANCIAL[number % 4] if number % 20 == 7 else "paid"
    return {"shop_id": SHOP, "id": str(9_000_000 + number), "name": f"#{number}", "currency": "GBP", "created_at": BEGAN + _at(number),
            "updated_at": BEGAN + _at(number), "digest": f"{number:064x}", "told_cancelled": False, "financial": financial,
            "paid_once": True, "test": False, "customer_id": None, "person_id": UUID(int=(1 << 96) + number), "shipping": 0,
            "revision": 1, "settled_revision": 1, "settled": True, "failures": 0,
            "subtotal": 1000 + number * 37 % 20_000, "net": 1000 + number * 37 % 20_000,
            **dict.fromkeys(("shipping_discounts", "codes", "gateways"), "[]"), "attributes": "{}"}


def _decision(number: int) -> Row:
    verdict = _verdict(number)
    nobody = verdict == "none"
    return {"shop_id": SHOP, "order_id": str(9_000_000 + number), "verdict": verdict,
            "reason": REASONS[number % len(REASONS)] if verdict == "refused" else None, "source": None if nobody else "visit",
            "advocate_id": None if nobody else UUID(int=(2 << 96) + number), "programme_id": None if nobody else PROGRAMME,
            "version_id": None if nobody else VERSION, "ordered_at": BEGAN + _at(number), "decided_at": BEGAN + _at(number),
            "currency": "GBP", "net": 1000 + number * 37 % 20_000, "counted": "{}", "visits": "[]", "trace": "[]"}


def _reward(number: int) -> Row:
    return {"shop_id": SHOP, "id": UUID(int=_REWARDS + number), "order_id": str(9_000_000 + number), "programme_id": PROGRAMME,
            "version_id": VERSION, "role": "advocate", "person_id": UUID(int=(1 << 96) + number), "kind": "fixed", "currency": "GBP",
            "amount": 500 + number % 1000, "due": 0, "spent": 0, "taken": 0, "closed": 0, "basis": 0, "trimmed": 0,
            "state": "issued" if number % 10 else STATES[number // 10 % len(STATES)], "why": "", "made_at": BEGAN + _at(number),
            "lost": False, "sent": False}


def _delivery(number: int) -> Row:
    state = {3: "dead", 5: "waiting"}.get(number % 500, "done")
    return {"shop_id": SHOP, "id": UUID(int=_DELIVERIES + number), "kind": "mail" if number % 2 else "codes_add",
            "subject_id": UUID(int=_REWARDS + number), "lane": "", "state": state, "not_before": BEGAN + _at(number), "fence": 1,
            "attempts": 1}


def _case(number: int) -> Row:
    state = ("open", "released", "refused")[number // 20 % 3]
    return {"shop_id": SHOP, "order_id": str(9_000_000 + number), "state": state, "verdict": "hold", "rule": RULES[number // 20 % 3],
            "reasons": '[{"rule":"same_address","verdict":"hold","why":"One address."}]', "advocate_id": UUID(int=(2 << 96) + number),
            "opened_at": BEGAN + _at(number), "judged_at": BEGAN + _at(number), "resolved_by": None if state == "open" else "guardrail",
            "resolved_at": None if state == "open" else BEGAN + _at(number)}

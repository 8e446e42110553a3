"""What the guardrails say: a table of facts, the alias corpus, and that nothing missing or broken ever allows."""

from dataclasses import fields, replace
from typing import Any

import pytest

from plugin.guardrails import rules
from plugin.guardrails.rules import Facts, Reason, Side, is_new, judge
from plugin.guardrails.rules.likeness import jaro, skeleton, words
from plugin.people.rules import email_key
from tests.rules.cast import uid
from tests.rules.people import alias_pairs, honest_pairs

ALICE = Side("100", "key-alice", "alice.jones@example.org", frozenset({"elm street"}), frozenset({"alice-phone"}))
BOB = Side("200", "key-bob", "bob.miller@example.com", frozenset({"oak street"}), frozenset({"bob-phone"}))
FINE = Facts(ALICE, BOB, new_only=True, is_new=True, risk="LOW", rewards_30_days=0, rewards_24_hours=0, device_orders_1_hour=0,
             device_orders_24_hours=0, device_orders_30_days=0, device_claims_24_hours=0)


def bob(**changes: Any) -> Side:  # noqa: ANN401
    return replace(BOB, **changes)


TABLE: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("two strangers", {}, "allow", None),
    ("one customer", {"friend": bob(customer_id="100")}, "deny", "same_customer"),
    ("one e-mail", {"friend": bob(email_key="key-alice")}, "deny", "same_email"),
    ("one address", {"friend": bob(address_keys=frozenset({"elm street"}))}, "hold", "same_address"),
    ("one device", {"friend": bob(device_keys=frozenset({"x", "alice-phone"}))}, "hold", "same_device"),
    ("one browser", {"advocate": replace(ALICE, visit_ids=frozenset({uid(1)})), "friend": bob(visit_ids=frozenset({uid(1), uid(2)}))},
     "deny", "same_visit"),
    ("alike names", {"friend": bob(email="alice.jones7@example.com")}, "hold", "alike_email"),
    ("no device, no address, no mail to compare", {"friend": bob(device_keys=frozenset(), address_keys=frozenset(), email=None)},
     "allow", None),
    ("a guest known by e-mail", {"friend": bob(customer_id=None)}, "allow", None),
    ("nobody is known", {"friend": bob(customer_id=None, email_key=None, email=None)}, "hold", "identity"),
    ("ordered before", {"is_new": False}, "deny", "not_new"),
    ("ordered before, allowed", {"is_new": False, "new_only": False}, "allow", None),
    ("new or not is unknown", {"is_new": None}, "hold", "not_new"),
    ("new or not is unknown and does not matter", {"is_new": None, "new_only": False}, "allow", None),
    ("high risk", {"risk": "HIGH"}, "hold", "risk"),
    ("medium risk", {"risk": "MEDIUM"}, "allow", None),
    ("risk in lower case", {"risk": "low"}, "allow", None),
    ("risk still pending", {"risk": "PENDING"}, "hold", "risk"),
    ("risk unknown", {"risk": None}, "hold", "risk"),
    ("a risk level of tomorrow", {"risk": "EXTREME"}, "hold", "risk"),
    ("nine rewards in a month", {"rewards_30_days": 9}, "allow", None),
    ("ten rewards in a month", {"rewards_30_days": 10}, "hold", "velocity"),
    ("25 rewards in a day", {"rewards_24_hours": 25, "rewards_30_days": 25}, "hold", "velocity"),
    ("third order from a device today", {"device_orders_24_hours": 2}, "allow", None),
    ("fourth order from a device today", {"device_orders_24_hours": 3}, "hold", "device_velocity"),
    ("eleventh order from a device this hour", {"device_orders_1_hour": 10}, "deny", "device_velocity"),
    ("31st order from a device this month", {"device_orders_30_days": 30}, "deny", "device_velocity"),
    ("three claims from a device today", {"device_claims_24_hours": 3}, "allow", None),
    ("four claims from a device today", {"device_claims_24_hours": 4}, "hold", "claims"),
    ("attribution was not sure", {"attribution_hold": "country_unknown"}, "hold", "attribution"),
    ("hold and deny together", {"risk": "HIGH", "is_new": False}, "deny", "not_new"),
]


@pytest.mark.parametrize(("name", "changes", "verdict", "rule"), TABLE, ids=[row[0] for row in TABLE])
def test_judgement(name: str, changes: dict[str, Any], verdict: str, rule: str | None) -> None:
    judged = judge(replace(FINE, **changes))
    assert judged.verdict == verdict
    assert (rule is None) == (not judged.reasons)
    assert rule is None or rule in {reason.rule for reason in judged.reasons if reason.verdict == verdict}


@pytest.mark.parametrize("name", [field.name for field in fields(Facts) if field.name not in {"new_only", "attribution_hold"}])
def test_a_missing_fact_holds(name: str) -> None:
    changes: dict[str, Any] = {name: None}
    assert judge(replace(FINE, **changes)).verdict == "hold"


def test_all_facts_missing_holds() -> None:
    assert judge(Facts(None, None)).verdict == "hold"


@pytest.mark.parametrize("name", list(rules.RULES))
def test_a_rule_that_raises_holds(name: str) -> None:
    def broken(facts: Facts) -> Reason | None:
        raise ZeroDivisionError

    judged = judge(FINE, {**rules.RULES, name: broken})
    assert judged.verdict == "hold" and [reason.rule for reason in judged.reasons] == [name]


@pytest.mark.parametrize("rule", list(rules.RULES))
def test_each_rule_can_fire(rule: str) -> None:
    assert any(row[3] == rule for row in TABLE)


@pytest.mark.parametrize(("orders", "seen", "new"), [
    (1, 1, True), (3, 3, True), (2, 1, False), (5, 1, False), (0, 0, True), (1, 2, None), (None, 1, None), (1, None, None)])
def test_new_customer(orders: int | None, seen: int | None, new: bool | None) -> None:
    assert is_new(orders, seen) is new


@pytest.mark.parametrize(("one", "other", "likeness"), [
    ("martha", "marhta", 944), ("dixon", "dicksonx", 767), ("jellyfish", "smellyfish", 896), ("abc", "xyz", 0), ("a", "a", 1000)])
def test_jaro_as_published(one: str, other: str, likeness: int) -> None:
    assert round(jaro(one, other) * 1000) == likeness


def test_names_as_they_look() -> None:
    assert skeleton("Аlíce_Jones99") == skeleton("alice.jones")
    assert words("smith.john") == words("john_smith7") != frozenset()
    assert words("john") == frozenset()


def _judged(pair: tuple[str, str]) -> str:
    keys = [email_key("a secret", address) for address in pair]
    sides = [Side(str(n), keys[n], pair[n]) for n in range(2)]
    return judge(replace(FINE, advocate=sides[0], friend=sides[1])).verdict


def test_two_hundred_disguises_are_caught() -> None:
    missed = [pair for pair in alias_pairs(200) if _judged(pair) == "allow"]
    assert len(missed) <= 2, missed


def test_a_thousand_honest_pairs_pass() -> None:
    held = [pair for pair in honest_pairs(1000) if _judged(pair) != "allow"]
    assert len(held) <= 10, held


@pytest.mark.parametrize("pair", [
    ("alice@gmail.com", "a.l.i.c.e+x@googlemail.com"), ("alice@example.org", "ALICE@EXAMPLE.ORG"),
    ("alice@bücher.example", "alice@xn--bcher-kva.example")])
def test_one_mailbox_is_denied(pair: tuple[str, str]) -> None:
    assert _judged(pair) == "deny"

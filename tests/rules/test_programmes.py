"""Programmes: every fault at once, versions for good, and the version that judges."""

from datetime import UTC, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from plugin.attribution.tables import Code, Link
from plugin.errors import NotFound, Refused
from plugin.money import Money
from plugin.referrals import flows, sharing, tables
from plugin.referrals.rules import Faulty, from_plain, read_form, to_plain
from plugin.referrals.rules.filling import filled
from plugin.referrals.rules.versions import Stored
from plugin.shops.tables import Shop
from tests.rules.cast import NOON
from tests.rules.shopfront import FORM, mirrored, person, programme

FAULTS: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
    ({"name": ""}, {("name", "name")}),
    ({"name": "x" * 81}, {("name", "name")}),
    ({"friend_value": "0"}, {("friend_value", "terms")}),
    ({"friend_value": "51"}, {("friend_value", "too_much")}),
    ({"friend_value": "-5"}, {("friend_value", "percent")}),
    ({"friend_value": "٥"}, {("friend_value", "percent")}),
    ({"advocate_value": "NaN"}, {("advocate_value", "money")}),
    ({"advocate_value": "0"}, {("advocate_value", "terms")}),
    ({"advocate_kind": "points"}, {("advocate_kind", "choice")}),
    ({"advocate_kind": "none", "friend_kind": "none"}, {("advocate_kind", "nothing")}),
    ({"friend_kind": "fixed", "friend_value": "5"}, {("minimum", "too_small")}),
    ({"friend_kind": "fixed", "friend_value": "5", "minimum": "9.99"}, {("minimum", "too_small")}),
    ({"window_days": "0"}, {("window_days", "range")}),
    ({"window_days": "366"}, {("window_days", "range")}),
    ({"hold_days": "x"}, {("hold_days", "range")}),
    ({"cap_days": "30"}, {("cap_days", "alone")}),
    ({"model": "middle_visit"}, {("model", "choice")}),
    ({"enrol": "nobody"}, {("enrol", "choice")}),
    ({"combines": ["order", "banana"]}, {("combines", "choice")}),
    ({"countries": "GB, XX"}, {("countries", "choice")}),
    ({"currencies": "GBP XXQ"}, {("currencies", "currency")}),
    ({"currencies": "EUR"}, {("currencies", "currency")}),
    ({"starts_at": "tomorrow"}, {("starts_at", "date")}),
    ({"starts_at": "2026-08-02", "ends_at": "2026-08-01"}, {("ends_at", "order")}),
    ({"ends_at": "2026-06-15T12:00:00Z"}, {("ends_at", "past")}),
    ({"bundles": ["nonsense"]}, {("bundles", "choice")}),
    ({"bundles": [f"{uuid4()} Tea"] * 21}, {("bundles", "choice")}),
    ({"basket": "lots"}, {("basket", "money")}),
    ({"from_a": "50"}, {("worth_a", "sort")}),
    ({"from_a": "", "worth_a": "8"}, {("from_a", "basket")}),
    ({"from_b": "50", "worth_b": "10%"}, {("worth_b", "sort")}),
    ({"from_a": "50", "worth_a": "4"}, {("worth_a", "steps")}),
    ({"from_a": "50", "worth_a": "8", "from_c": "90", "worth_c": "8"}, {("worth_c", "steps")}),
    ({"from_a": "50", "worth_a": "8", "from_b": "50", "worth_b": "9"}, {("worth_b", "steps")}),
    ({"advocate_kind": "free_shipping", "from_a": "50", "worth_a": "8"}, {("worth_a", "grows")}),
    ({"advocate_kind": "none", "basket": "50"}, {("advocate_kind", "in_vain")}),
    ({"name": "", "friend_value": "x", "window_days": "-1", "cap": "0", "countries": "Utopia"},
     {("name", "name"), ("friend_value", "percent"), ("window_days", "range"), ("cap", "range"), ("countries", "choice")}),
]


@pytest.mark.parametrize(("changes", "faults"), FAULTS)
def test_every_fault_is_listed(changes: dict[str, Any], faults: set[tuple[str, str]]) -> None:
    with pytest.raises(Faulty) as raised:
        read_form({**FORM, **changes}, currency="GBP", now=NOON)
    assert {(fault.field, fault.reason) for fault in raised.value.faults} == faults
    assert all(fault.text for fault in raised.value.faults)


@pytest.mark.parametrize("changes", [
    {}, {"friend_value": "12,5 %"}, {"friend_kind": "fixed", "friend_value": "5,00", "minimum": "10"}, {"friend_kind": "free_shipping"},
    {"friend_kind": "store_credit", "friend_value": "10%"}, {"friend_kind": "none"}, {"advocate_kind": "none", "friend_value": "50"},
    {"combines": ["order", "shipping"], "countries": "gb".upper(), "currencies": "GBP", "cap": "5", "cap_days": "30", "expiry_days": "90",
     "starts_at": "2026-07-01", "ends_at": "2026-12-31", "enrol": "invited", "model": "first_visit"},
    {"bundles": [f"{uuid4()} Tea for two", f"{uuid4()} More"], "basket": "50", "from_b": "80", "worth_b": "8", "from_a": "120,50",
     "worth_a": "12"}, {"advocate_kind": "percentage", "advocate_value": "5", "from_a": "50", "worth_a": "7.5"}])
def test_what_was_read_survives_the_row(changes: dict[str, Any]) -> None:
    version = read_form({**FORM, **changes}, currency="GBP", now=NOON)
    assert from_plain(Stored(version.id, version.programme_id, 0, None, None), to_plain(version)) == version
    assert version.terms().window == version.window
    assert read_form({**FORM, **filled(version, UTC)}, currency="GBP", now=NOON) == version


def test_the_terms_line_tells_all_conditions() -> None:
    version = read_form({**FORM, "minimum": "30", "countries": "DE", "cap": "3", "cap_days": "30", "expiry_days": "90",
                         "ends_at": "2026-12-31"}, currency="GBP", now=NOON)
    line = sharing.terms_line(version, "en")
    for said in ("Friends get 10% off, you get £5.00 store credit. New customers only", "orders from £30.00", "delivery to Germany", "2026",
                 "one code per order", "14 days after a friend's order", "until December 30, 2026",
                 "at most 3 orders of friends in 30 days", "valid for 90 days."):
        assert said in line
    grows = read_form({**FORM, "bundles": [f"{uuid4()} Tea for two"], "basket": "50", "from_a": "80", "worth_a": "8"}, currency="GBP",
                      now=NOON)
    told = sharing.terms_line(grows, "en")
    assert "your reward is for orders with Tea for two; your reward is for orders of £50.00 or more; from £80.00: £8.00" in told
    assert "Freunde bekommen 10" in sharing.terms_line(version, "de") and "\n" not in sharing.terms_line(version, "de")
    assert "you get" not in sharing.friend_terms(version, "en")


def test_a_version_never_changes(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    flows.save_programme(session, north.id, {**FORM, "friend_value": "20"}, currency="GBP", now=NOON, programme_id=first.programme_id)
    assert tables.versions(session, north.id)[first.id].friend.basis_points == 1000
    second = flows.publish(session, north.id, first.programme_id, now=NOON + timedelta(days=1))
    known = tables.versions(session, north.id)
    assert (known[first.id].friend.basis_points, known[second.id].friend.basis_points) == (1000, 2000)
    assert known[first.id].until == second.since == NOON + timedelta(days=1)
    assert (first.number, second.number) == (1, 2)


def test_pause_and_come_back(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    flows.pause(session, north.id, first.programme_id, now=NOON)
    assert tables.open_versions(session, north.id, NOON) == []
    with pytest.raises(Refused):
        flows.pause(session, north.id, first.programme_id, now=NOON)
    again = flows.publish(session, north.id, first.programme_id, now=NOON + timedelta(days=2))
    assert again.friend == first.friend and tables.open_versions(session, north.id, NOON + timedelta(days=2)) == [again]
    with pytest.raises(Refused):
        flows.publish(session, north.id, first.programme_id, now=NOON)


def test_another_shops_programme_is_not_there(session: Session, north: Shop, south: Shop) -> None:
    first = programme(session, north, NOON)
    with pytest.raises(NotFound):
        flows.pause(session, south.id, first.programme_id, now=NOON)
    with pytest.raises(NotFound):
        flows.publish(session, south.id, uuid4(), now=NOON)
    assert tables.versions(session, south.id) == {}


def test_publishing_fills_the_pool(session: Session, north: Shop) -> None:
    programme(session, north, NOON)
    assert session.query(Code).filter_by(shop_id=north.id, state="planned", kind="friend").count() == 200


def test_a_friend_who_gets_credit_needs_no_pool(session: Session, north: Shop) -> None:
    version = programme(session, north, NOON, friend_kind="store_credit", friend_value="5")
    assert version.friend.amount == Money(500, "GBP") and session.query(Code).count() == 0


def test_enrol_after_an_order(session: Session, north: Shop) -> None:
    programme(session, north, NOON)
    assert flows.enrol_after_order(session, north.id, "77", now=NOON).state == "waiting"
    alice = person(session, north, "alice@example.org", NOON)
    mirrored(session, north, "77", alice, NOON)
    first, second = (flows.enrol_after_order(session, north.id, "77", now=NOON) for _ in range(2))
    assert first.state == "ready" and first.link is not None and second.link is not None
    assert first.link.id == second.link.id
    assert first.link.slug.startswith("north-") and "alice" not in first.link.slug


def test_a_guest_who_becomes_a_customer_keeps_the_link(session: Session, north: Shop) -> None:
    programme(session, north, NOON)
    mirrored(session, north, "77", person(session, north, "alice@example.org", NOON), NOON)
    guest = flows.enrol_after_order(session, north.id, "77", now=NOON)
    person(session, north, "other@example.org", NOON, customer_id="100")
    person(session, north, "alice@example.org", NOON, customer_id="100")
    customer = flows.enrol_customer(session, north.id, "100", now=NOON)
    assert guest.link is not None and customer.link is not None and customer.link.id == guest.link.id


@pytest.mark.parametrize(("enrol", "ordered", "state"), [
    ("after_order", False, "none"), ("after_order", True, "ready"), ("everyone", False, "ready"), ("invited", True, "none")])
def test_who_may_advocate(session: Session, north: Shop, enrol: str, ordered: bool, state: str) -> None:
    programme(session, north, NOON, enrol=enrol)
    alice = person(session, north, "alice@example.org", NOON, customer_id="100")
    if ordered:
        mirrored(session, north, "77", alice, NOON)
    assert flows.enrol_customer(session, north.id, "100", now=NOON).state == state


def test_the_shop_invites_and_stops(session: Session, north: Shop) -> None:
    version = programme(session, north, NOON, enrol="invited")
    link = flows.invite(session, north.id, version.programme_id, email="Carla@Example.org", now=NOON)
    assert flows.invite(session, north.id, version.programme_id, email="carla@example.org", now=NOON).id == link.id
    flows.stop(session, north.id, link.id, now=NOON)
    assert session.get_one(Link, (north.id, link.id)).state == "stopped"
    assert flows.look(session, north.id, link.slug, now=NOON).state == "closed"
    with pytest.raises(Refused):
        flows.invite(session, north.id, version.programme_id, email="not an address", now=NOON)

"""Nothing is asked after a bad moment; what is theirs to know is told all the same."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from plugin.messaging import silence
from plugin.messaging.flows import write_mail
from plugin.messaging.rules import ASKED_FOR, ASKING, KINDS, TOLD, Moment, Mood, Reader, why_not, why_silent
from plugin.messaging.tables import Mail
from plugin.mirror import flows as mirror
from plugin.mirror.tables import Refund
from plugin.people import flows as people
from plugin.shopify.payloads import DisputeTold
from plugin.shops.tables import Shop
from tests.rules.cast import uid
from tests.rules.shopfront import mirrored, person

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def ago(kind: str, days: float) -> Moment:
    return Moment(kind, NOW - timedelta(days=days))


@pytest.mark.parametrize(("mood", "why"), [
    (Mood(), None),
    (Mood((ago("refunded", 0),)), "refunded"),
    (Mood((ago("refunded", 29.99),)), "refunded"),
    (Mood((ago("refunded", 30),)), None),
    (Mood((ago("cancelled", 1),)), "cancelled"),
    (Mood((ago("cancelled", 31),)), None),
    (Mood((ago("refunded", 3), ago("cancelled", 2))), "cancelled"),
    (Mood((ago("refunded", 40), ago("cancelled", 35))), None),
    (Mood((ago("refunded", -1),)), None),
    (Mood((ago("disputed", 119),)), "disputed"),
    (Mood((ago("disputed", 120),)), None),
    (Mood((ago("disputed", 90), ago("refunded", 20))), "refunded"),
    (Mood(left_alone=True), "left_alone"),
    (Mood((ago("refunded", 1),), left_alone=True), "left_alone"),
    (Mood(asked_at=NOW - 2 * DAY), None),
    (Mood(asked_at=NOW - DAY), "asked"),
    (Mood((ago("refunded", 1),), asked_at=NOW - DAY), "refunded"),
])
def test_when_to_be_silent(mood: Mood, why: str | None) -> None:
    assert why_silent(mood, NOW) == why


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("silent", [None, "refunded", "cancelled", "disputed", "left_alone", "asked"])
@pytest.mark.parametrize("mail_state", ["ask", "yes", "no"])
def test_who_may_be_written_to(kind: str, silent: str | None, mail_state: str) -> None:
    told = why_not(kind, Reader("a@example.org", mail_state, redacted=False, silent=silent))
    if mail_state == "no":
        assert told == (None if kind in ASKED_FOR else "unsubscribed")
    else:
        assert told == (silent if kind in ASKING else None)


def test_every_kind_is_of_one_sort() -> None:
    assert len(ASKED_FOR) + len(TOLD) + len(ASKING) == len(KINDS)
    assert why_not("goal_start", Reader(None, "yes", redacted=False)) == "no_address"
    assert why_not("magic_link", Reader("a@example.org", "yes", redacted=True)) == "redacted"


@pytest.mark.parametrize(("changes", "why"), [
    ({}, None), ({"cancelled_at": NOW - DAY}, "cancelled"), ({"financial": "voided", "updated_at": NOW - DAY}, "cancelled"),
    ({"cancelled_at": NOW - 40 * DAY}, None)])
def test_their_own_orders(session: Session, north: Shop, changes: dict[str, object], why: str | None) -> None:
    alice, other = person(session, north, "alice@example.org", NOW), person(session, north, "other@example.org", NOW)
    mirrored(session, north, "1", alice, NOW - 50 * DAY, **{"updated_at": NOW, **changes})
    assert silence.silent(session, north.id, alice.id, NOW) == why
    assert silence.silent(session, north.id, other.id, NOW) is None


def test_a_refund_of_theirs_and_of_nobody_else(session: Session, north: Shop, south: Shop) -> None:
    alice, other = person(session, north, "alice@example.org", NOW), person(session, north, "other@example.org", NOW)
    away = person(session, south, "alice@example.org", NOW)
    mirrored(session, north, "1", alice, NOW - 5 * DAY, updated_at=NOW)
    mirrored(session, south, "1", away, NOW - 5 * DAY, updated_at=NOW)
    session.add(Refund(shop_id=north.id, order_id="1", id="9", created_at=NOW - DAY, amount=0, currency="GBP", lines=[]))
    session.flush()
    found = [silence.silent(session, shop.id, one.id, NOW) for shop, one in ((north, alice), (north, other), (south, away))]
    assert found == ["refunded", None, None]
    assert silence.silent(session, north.id, alice.id, NOW + 29 * DAY) is None


def test_a_disputed_payment_of_theirs(session: Session, north: Shop, south: Shop) -> None:
    """Long after the order was placed and last changed; of nobody else and in no other shop."""
    alice, other = person(session, north, "alice@example.org", NOW), person(session, north, "other@example.org", NOW)
    away = person(session, south, "alice@example.org", NOW)
    for shop, one in ((north, alice), (south, away)):
        mirrored(session, shop, "1", one, NOW - 300 * DAY, updated_at=NOW - 300 * DAY)
    mirror.apply_dispute(session, north.id, DisputeTold("9", "1", "chargeback", "needs_response"), NOW - DAY)
    mirror.apply_dispute(session, north.id, DisputeTold("9", "1", "chargeback", "under_review"), NOW)
    found = [silence.silent(session, shop.id, one.id, NOW) for shop, one in ((north, alice), (north, other), (south, away))]
    assert found == ["disputed", None, None]
    assert silence.silent(session, north.id, alice.id, NOW + 120 * DAY) is None


def test_left_in_peace_until_the_shop_says_otherwise(session: Session, north: Shop) -> None:
    alice = person(session, north, "alice@example.org", NOW)
    people.leave_alone(session, north.id, alice.id, alone=True, now=NOW)
    people.leave_alone(session, north.id, alice.id, alone=True, now=NOW + DAY)
    assert (silence.hurt(session, north.id, alice.id, NOW), alice.left_alone_at) == ("left_alone", NOW)
    people.leave_alone(session, north.id, alice.id, alone=False, now=NOW)
    assert silence.hurt(session, north.id, alice.id, NOW) is None


def test_not_asked_twice_within_two_days(session: Session, north: Shop) -> None:
    alice = person(session, north, "alice@example.org", NOW)
    write_mail(session, north.id, alice.id, "goal_start", about=uid(1), facts={}, now=NOW)
    assert silence.silent(session, north.id, alice.id, NOW) is None
    session.query(Mail).one().state, session.query(Mail).one().closed_at = "sent", NOW
    session.flush()
    assert silence.silent(session, north.id, alice.id, NOW + DAY) == "asked"
    assert silence.hurt(session, north.id, alice.id, NOW + DAY) is None
    assert silence.silent(session, north.id, alice.id, NOW + 2 * DAY) is None

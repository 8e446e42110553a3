"""Advocates are told what changes for them: once, in their language, and not what was undone in time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.messaging import facts, letters
from plugin.messaging.letters import Setting
from plugin.messaging.tables import Mail
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.referrals import flows, tables
from plugin.referrals.deliveries import announce_terms
from plugin.referrals.flows import Stale, announcing
from plugin.referrals.rules import Version
from plugin.referrals.tables import ProgrammeVersion
from plugin.shops.tables import Shop
from tests.rules.cast import DAY, NOON
from tests.rules.published import MINUTE, kinds, publish
from tests.rules.shopfront import FORM, person, programme


@pytest.fixture
def shared(session: Session, north: Shop) -> Version:
    """A programme that Alice, who reads German, and Carla share; Dora left."""
    version = programme(session, north, NOON - DAY)
    for name in ("alice", "carla", "dora"):
        who = person(session, north, f"{name}@example.org", NOON - DAY)
        who.locale = "de" if name == "alice" else None
        link = flows.enrol(session, north.id, who.id, version.programme_id, how="shop", now=NOON - DAY)
        if name == "dora":
            flows.stop(session, north.id, link.id, now=NOON - DAY)
    return version


def mails(session: Session) -> list[Mail]:
    return list(session.scalars(select(Mail).where(Mail.kind == "terms_changed").order_by(Mail.id)))


def test_a_change_is_told_once_to_each_advocate_in_their_language(session: Session, north: Shop, shared: Version) -> None:
    version = publish(session, north, shared.programme_id, hold_days="30")
    assert session.scalars(select(Delivery).where(Delivery.kind == "terms_announce")).one().subject_id == version.id
    for _ in range(3):
        assert announcing.announce(session, north.id, version.id, now=NOON)
    german, english = sorted(mails(session), key=lambda mail: "Prämien" not in str(mail.facts))
    assert "14 days" in english.facts["changes"][0][0] and "30 days" in english.facts["changes"][0][1]
    assert "30 Tage" in german.facts["changes"][0][1] and f"/terms/{shared.programme_id}?version=2" in german.facts["url"]


@pytest.mark.parametrize("fields", [{"name": "Other"}, {"enrol": "everyone"}, {}])
def test_what_concerns_no_advocate_is_not_told(session: Session, north: Shop, shared: Version, fields: dict[str, str]) -> None:
    assert announcing.announce(session, north.id, publish(session, north, shared.programme_id, **fields).id, now=NOON)
    assert mails(session) == []


def test_what_is_undone_in_time_is_told_to_nobody(session: Session, north: Shop, shared: Version) -> None:
    changed = publish(session, north, shared.programme_id, hold_days="30")
    undone = flows.publish(session, north.id, shared.programme_id, now=NOON + MINUTE,
                           restoring=flows.before_last(session, north.id, shared.programme_id))
    for version in (changed, undone):
        assert announcing.announce(session, north.id, version.id, now=NOON + 20 * MINUTE)
    assert mails(session) == []


def test_what_is_undone_too_late_is_told_again(session: Session, north: Shop, shared: Version) -> None:
    changed = publish(session, north, shared.programme_id, hold_days="30")
    announcing.announce(session, north.id, changed.id, now=NOON + 20 * MINUTE)
    undone = flows.publish(session, north.id, shared.programme_id, now=NOON + 30 * MINUTE,
                           restoring=flows.before_last(session, north.id, shared.programme_id))
    announcing.announce(session, north.id, undone.id, now=NOON + 50 * MINUTE)
    assert len(mails(session)) == 4


def test_taking_back_what_was_told_is_told_too(session: Session, north: Shop, shared: Version) -> None:
    later = publish(session, north, shared.programme_id, hold_days="30", starts_at="2026-07-01")
    announcing.announce(session, north.id, later.id, now=NOON + 20 * MINUTE)
    flows.withdraw(session, north.id, shared.programme_id, now=NOON + DAY)
    [newest, *_] = tables.history(session, north.id, shared.programme_id)
    assert newest.number == 3 and newest.version().hold == shared.hold
    announcing.announce(session, north.id, newest.id, now=NOON + 2 * DAY)
    assert len(mails(session)) == 4


def test_many_are_told_page_by_page(session: Session, north: Shop, shared: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "PAGE", 1)
    version = publish(session, north, shared.programme_id, hold_days="30")
    assert [announcing.announce(session, north.id, version.id, now=NOON) for _ in range(3)] == [False, False, True]
    assert len(mails(session)) == 2 and len({mail.person_id for mail in mails(session)}) == 2


def test_the_delivery_goes_on_until_all_know(context: Context, north: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "PAGE", 1)
    with context.transaction() as session:
        version = programme(session, north, NOON - DAY)
        for name in ("alice", "carla"):
            flows.enrol(session, north.id, person(session, north, f"{name}@example.org", NOON - DAY).id, version.programme_id, how="shop",
                        now=NOON - DAY)
        publish(session, north, version.programme_id, hold_days="30")
        session.scalars(select(Delivery).where(Delivery.kind == "terms_announce")).one().not_before = NOON - 400 * DAY
    for _ in range(3):
        announce_terms(context, _leased(context))
    with context.transaction() as session:
        assert len(mails(session)) == 2 and session.scalars(select(ProgrammeVersion.told_at).where(ProgrammeVersion.number == 2)).one()


def _leased(context: Context) -> Any:  # noqa: ANN401 - leases
    with context.transaction() as session:
        return outbox.lease(session, {"terms_announce": outbox.Terms(1, 30)})


@pytest.mark.parametrize(("locale", "said"), [("en", "No longer holds: Third."), ("de", "Gilt nicht mehr: Third."), ("ar", "Third.")])
def test_the_mail_says_what_changes(locale: str, said: str) -> None:
    changes = [("First.", "Second."), (None, "New."), ("Third.", None)]
    told = facts.terms_changed("https://north.example/t?version=2", since=NOON, changes=changes)
    letter = letters.compose("terms_changed", told, Setting(locale, "North <&>", "https://north.example", "Alice", "https://x.example/u"))
    for part in ("First.", "Second.", "New.", said, "https://north.example/t?version=2"):
        assert part in letter.text
    assert "North &lt;&amp;&gt;" in letter.html and "white-space:pre-line" in letter.html


def test_one_mail_a_version_and_advocate_has_one_message_id(context: Context, north: Shop) -> None:
    """It is the mail row's own id, and the row is unique in shop, kind and what it is about."""
    with context.transaction() as session:
        version = programme(session, north, NOON - DAY)
        flows.enrol(session, north.id, person(session, north, "alice@example.org", NOON - DAY).id, version.programme_id, how="shop",
                    now=NOON - DAY)
        changed = publish(session, north, version.programme_id, hold_days="30")
    for _ in range(2):
        with context.transaction() as session:
            row = tables.version_row(session, north.id, changed.id)
            row.told_at = row.told_to = None
            announcing.announce(session, north.id, changed.id, now=NOON)
    with context.transaction() as session:
        assert len(mails(session)) == 1 and len(session.scalars(select(Delivery).where(Delivery.kind == "mail")).all()) == 1


def test_of_many_at_once_one_is_first_and_all_others_are_told(context: Context, north: Shop) -> None:
    with context.transaction() as session:
        draft = flows.save_programme(session, north.id, FORM, currency="GBP", now=NOON)

    def save(value: int) -> str:
        try:
            with context.transaction() as session:
                flows.save_programme(session, north.id, {**FORM, "friend_value": str(value)}, currency="GBP", now=NOON,
                                     programme_id=draft.id, revision=draft.revision)
        except Stale:
            return "told"
        return "saved"

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(save, range(11, 19)))
    assert sorted(ends) == ["saved", *["told"] * 7]
    with context.transaction() as session:
        assert kinds(session, north, draft.id) == ["created", "saved"]

"""Schedule, pause, undo, archive, copies; who did it; two at once; and a change of the terms told once to whom it concerns."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.errors import Refused
from plugin.messaging import facts, letters
from plugin.messaging.letters import Setting
from plugin.messaging.tables import Mail
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.referrals import flows, tables
from plugin.referrals.deliveries import announce_terms
from plugin.referrals.flows import Stale, announcing
from plugin.referrals.rules import Version
from plugin.referrals.rules.filling import suggested
from plugin.referrals.rules.standing import Done, standing, undo
from plugin.referrals.tables import ProgrammeChange, ProgrammeVersion
from plugin.shops.tables import Shop
from tests.rules.cast import DAY, NOON
from tests.rules.shopfront import FORM, person, programme

MINUTE = timedelta(minutes=1)


def change(session: Session, shop: Shop, programme_id: UUID, at: Any = NOON, **fields: Any) -> None:  # noqa: ANN401 - fields of any type
    flows.save_programme(session, shop.id, {**FORM, **fields}, currency="GBP", now=at, programme_id=programme_id, by="7")


def publish(session: Session, shop: Shop, programme_id: UUID, at: Any = NOON, **fields: Any) -> Version:  # noqa: ANN401
    change(session, shop, programme_id, at, **fields)
    return flows.publish(session, shop.id, programme_id, now=at, by="7")


def kinds(session: Session, shop: Shop, programme_id: UUID) -> list[str]:
    return [one.kind for one in reversed(tables.changes(session, shop.id, programme_id, limit=50))]


def stands(session: Session, shop: Shop, programme_id: UUID, at: Any) -> str:  # noqa: ANN401
    known = [row.version() for row in tables.history(session, shop.id, programme_id)]
    return standing(tables.programme(session, shop.id, programme_id).state, known, at)


def test_rules_with_a_day_to_come_take_over_on_that_day(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    later = publish(session, north, first.programme_id, friend_value="20", starts_at="2026-07-01T00:00:00+01:00")
    assert later.since == later.starts_at and later.until is None
    eve, day = NOON + 15 * DAY, NOON + 16 * DAY
    assert [one.id for one in tables.open_versions(session, north.id, eve)] == [first.id]
    assert [one.id for one in tables.open_versions(session, north.id, day)] == [later.id]
    row = tables.current(session, north.id, first.programme_id, eve)
    assert row is not None and row.until == later.since
    assert kinds(session, north, first.programme_id)[-1] == "scheduled"


def test_a_programme_that_is_scheduled_says_so_and_runs_by_itself(session: Session, north: Shop) -> None:
    draft = flows.save_programme(session, north.id, {**FORM, "starts_at": "2026-07-01"}, currency="GBP", now=NOON)
    flows.publish(session, north.id, draft.id, now=NOON)
    assert stands(session, north, draft.id, NOON) == "scheduled" and tables.open_versions(session, north.id, NOON) == []
    assert stands(session, north, draft.id, NOON + 20 * DAY) == "live"


def test_what_is_scheduled_can_be_taken_back(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    later = publish(session, north, first.programme_id, friend_value="20", starts_at="2026-07-01")
    taken = flows.withdraw(session, north.id, first.programme_id, now=NOON + DAY)
    assert taken.draft is not None and taken.state == "live"
    assert [one.id for one in tables.open_versions(session, north.id, NOON + 30 * DAY)] == [first.id]
    gone = tables.versions(session, north.id)[later.id]
    assert gone.since == gone.until
    with pytest.raises(Refused):
        flows.withdraw(session, north.id, first.programme_id, now=NOON + DAY)


def test_a_pause_keeps_its_reason_and_the_schedule_as_a_draft(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    publish(session, north, first.programme_id, friend_value="20", starts_at="2026-07-01")
    paused = flows.pause(session, north.id, first.programme_id, now=NOON + DAY, by="7", reason=" Out of stock ")
    [last] = tables.changes(session, north.id, first.programme_id, limit=1)
    assert (last.kind, last.reason, last.staff, last.was) == ("paused", "Out of stock", "7", "live")
    assert paused.draft is not None and tables.open_versions(session, north.id, NOON + 30 * DAY) == []
    before = flows.before_pause(session, north.id, first.programme_id)
    again = flows.publish(session, north.id, first.programme_id, now=NOON + 2 * DAY, restoring=before)
    assert again.friend == first.friend and tables.programme(session, north.id, first.programme_id).draft is not None


@pytest.mark.parametrize(("done", "versions", "way"), [
    ([("published", "draft")], 1, None), ([("published", "live")], 2, "restore"), ([("published", "paused")], 2, "pause"),
    ([("saved", "live"), ("published", "live")], 2, "restore"), ([("paused", "live")], 1, "resume"), ([("resumed", "paused")], 1, "pause"),
    ([("scheduled", "live")], 1, "withdraw"), ([("archived", "paused")], 1, "bring_back"), ([("discarded", "live")], 1, "reopen"),
    ([("withdrawn", "live"), ("scheduled", "live")], 1, None), ([("created", "draft")], 0, None), ([], 0, None)])
def test_what_undoing_would_do(done: list[tuple[str, str]], versions: int, way: str | None) -> None:
    assert undo([Done(*one) for one in done], versions) == way


def test_undoing_a_publication_is_a_new_version_with_the_rules_before(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    second = publish(session, north, first.programme_id, NOON + MINUTE, friend_value="20")
    change(session, north, first.programme_id, NOON + 2 * MINUTE, friend_value="30")
    assert flows.undoing(session, north.id, first.programme_id) == "restore"
    third = flows.publish(session, north.id, first.programme_id, now=NOON + 3 * MINUTE,
                          restoring=flows.before_last(session, north.id, first.programme_id))
    assert (third.number, third.friend) == (3, first.friend)
    assert tables.versions(session, north.id)[second.id].friend.basis_points == 2000
    kept = tables.programme(session, north.id, first.programme_id).draft
    assert kept is not None and kept["friend"]["basis_points"] == 3000


def test_nothing_is_lost_by_discarding(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    change(session, north, first.programme_id, friend_value="20")
    assert flows.discard(session, north.id, first.programme_id, now=NOON).draft is None
    back = flows.reopen_discarded(session, north.id, first.programme_id, now=NOON)
    assert back.draft is not None and back.draft["friend"]["basis_points"] == 2000
    with pytest.raises(Refused):
        flows.reopen(session, north.id, first.programme_id, _pause_entry(session, north, first.programme_id), now=NOON)


def _pause_entry(session: Session, north: Shop, programme_id: UUID) -> UUID:
    """An entry that has no rules."""
    flows.pause(session, north.id, programme_id, now=NOON + DAY)
    return tables.changes(session, north.id, programme_id, limit=1)[0].id


def test_the_archive(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    with pytest.raises(Refused):
        flows.archive(session, north.id, first.programme_id, now=NOON)
    flows.pause(session, north.id, first.programme_id, now=NOON + DAY)
    assert flows.archive(session, north.id, first.programme_id, now=NOON + DAY).state == "archived"
    assert flows.bring_back(session, north.id, first.programme_id, now=NOON + DAY).state == "paused"
    copy = flows.duplicate(session, north.id, first.programme_id, name="Copy", now=NOON)
    assert flows.archive(session, north.id, copy.id, now=NOON).state == "archived"
    assert flows.bring_back(session, north.id, copy.id, now=NOON).state == "draft"


def test_a_copy_has_the_rules_and_no_dates(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON, ends_at="2026-12-31", friend_value="15")
    copy = flows.duplicate(session, north.id, first.programme_id, name="x" * 200, now=NOON, by="7")
    assert copy.draft is not None and copy.draft["ends_at"] is None and copy.draft["friend"]["basis_points"] == 1500
    assert (copy.state, len(copy.name)) == ("draft", 80) and kinds(session, north, copy.id) == ["created"]


def test_the_second_of_two_is_told_and_nothing_is_written(session: Session, north: Shop) -> None:
    draft = flows.save_programme(session, north.id, FORM, currency="GBP", now=NOON)
    looked = draft.revision
    flows.save_programme(session, north.id, {**FORM, "friend_value": "20"}, currency="GBP", now=NOON, programme_id=draft.id,
                         revision=looked)
    acts: list[Callable[[], object]] = [
        lambda: flows.save_programme(session, north.id, FORM, currency="GBP", now=NOON, programme_id=draft.id, revision=looked),
        lambda: flows.publish(session, north.id, draft.id, now=NOON, revision=looked),
        lambda: flows.archive(session, north.id, draft.id, now=NOON, revision=looked)]
    for act in acts:
        with pytest.raises(Stale):
            act()
    assert kinds(session, north, draft.id) == ["created", "saved"]


def test_rules_that_have_ended_are_not_published(session: Session, north: Shop) -> None:
    draft = flows.save_programme(session, north.id, {**FORM, "ends_at": "2026-07-01"}, currency="GBP", now=NOON)
    with pytest.raises(Refused) as refused:
        flows.publish(session, north.id, draft.id, now=NOON + 60 * DAY)
    assert refused.value.reason == "over" and tables.versions(session, north.id) == {}


def test_a_proposal_becomes_a_draft(session: Session, north: Shop) -> None:
    made = flows.draft(session, north.id, {**suggested("Proposed", "GBP"), "starts_at": "2027-01-01"}, NOON)
    assert made.state == "draft" and made.draft is not None and made.draft["starts_at"].startswith("2027-01-01T00:00")


# -- telling advocates --


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


def test_who_did_it_is_forgotten_with_the_shop(session: Session, north: Shop, south: Shop) -> None:
    for shop in (north, south):
        made = programme(session, shop, NOON)
        flows.pause(session, shop.id, made.programme_id, now=NOON + DAY, by="7", reason="Sam is ill")
    tables.forget_staff(session, north.id)
    pauses = session.scalars(select(ProgrammeChange).where(ProgrammeChange.kind == "paused"))
    told = {one.shop_id: one for one in pauses}
    assert (told[north.id].staff, told[north.id].reason) == (None, "") and told[south.id].staff == "7"

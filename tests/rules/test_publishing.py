"""Schedule, pause, undo, archive, copies; who did it; two at once."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.referrals import flows, tables
from plugin.referrals.flows import Stale
from plugin.referrals.rules.filling import suggested
from plugin.referrals.rules.standing import Done, undo
from plugin.referrals.tables import ProgrammeChange
from plugin.shops.tables import Shop
from tests.rules.cast import DAY, NOON
from tests.rules.published import MINUTE, change, kinds, publish, stands
from tests.rules.shopfront import FORM, programme


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


def test_who_did_it_is_forgotten_with_the_shop(session: Session, north: Shop, south: Shop) -> None:
    for shop in (north, south):
        made = programme(session, shop, NOON)
        flows.pause(session, shop.id, made.programme_id, now=NOON + DAY, by="7", reason="Sam is ill")
    tables.forget_staff(session, north.id)
    pauses = session.scalars(select(ProgrammeChange).where(ProgrammeChange.kind == "paused"))
    told = {one.shop_id: one for one in pauses}
    assert (told[north.id].staff, told[north.id].reason) == (None, "") and told[south.id].staff == "7"


def test_the_margin_guard_hears_of_what_friends_get(session: Session, north: Shop) -> None:
    """Of what runs and of what comes, each in its days; nothing of what is paused."""
    first = programme(session, north, NOON)
    publish(session, north, first.programme_id, friend_value="20", starts_at="2026-07-01T00:00:00+01:00")

    def rates(days: int) -> list[int | None]:
        return [take.rate_bp for take in margins.published(session, north.id, NOON + days * DAY)]

    assert (rates(15), rates(16)) == ([1000], [2000])
    flows.withdraw(session, north.id, first.programme_id, now=NOON + DAY)
    assert rates(16) == [1000]
    flows.pause(session, north.id, first.programme_id, now=NOON + 2 * DAY)
    assert rates(1) == rates(16) == []

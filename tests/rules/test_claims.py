"""The pool under load and over time: one code per claim whatever happens at once, refilled, lapsed, never given twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution.tables import Claim, Code, Link
from plugin.context import Context
from plugin.outbox.tables import Delivery
from plugin.referrals import flows, tables
from plugin.referrals.rules.pool import LEAST, is_fresh, lapse_time, missing
from plugin.shops.tables import Shop
from tests.conftest import BusinessClock
from tests.rules.cast import DAY, NOON
from tests.rules.shopfront import make_ready, programme, running

THREADS = 50


def claim(context: Context, shop: Shop, link: Link, nonce: str, device: str | None = None) -> tuple[str, UUID | None]:
    now = clock.now()
    with context.transaction() as session:
        landing = flows.look(session, shop.id, link.slug, now=now)
        claimed = flows.claim(session, shop.id, landing, nonce=nonce, visit_id=None, device_key=device, now=now)
        return claimed.state, claimed.code_id


def at_once(work: Callable[[int], tuple[str, UUID | None]]) -> list[tuple[str, UUID | None]]:
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(work, range(THREADS)))


def test_fifty_friends_at_once_get_fifty_codes(context: Context, north: Shop) -> None:
    link = running(context, north)
    got = at_once(lambda n: claim(context, north, link, f"n{n}"))
    assert {state for state, _ in got} == {"given"} and len({code for _, code in got}) == THREADS


def test_fifty_friends_and_thirty_codes(context: Context, north: Shop) -> None:
    link = running(context, north, ready=30)
    got = at_once(lambda n: claim(context, north, link, f"n{n}"))
    assert Counter(state for state, _ in got) == {"given": 30, "waiting": 20}
    assert len({code for _, code in got if code}) == 30
    with context.transaction() as session:
        make_ready(session, north.id)
    later = at_once(lambda n: claim(context, north, link, f"n{n}"))
    assert len({code for _, code in later}) == THREADS and {code for _, code in got if code} <= {code for _, code in later}


def test_fifty_taps_on_one_button_are_one_claim(context: Context, north: Shop) -> None:
    link = running(context, north)
    got = at_once(lambda n: claim(context, north, link, "the same page"))
    assert len(set(got)) == 1
    with context.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Claim)) == 1
        assert session.scalar(select(func.count()).select_from(Code).where(Code.state == "claimed")) == 1


def test_a_shop_never_gets_another_shops_code(context: Context, north: Shop, south: Shop) -> None:
    link, other = running(context, north, ready=0), running(context, south)
    assert claim(context, north, link, "a") == ("waiting", None)
    assert claim(context, south, other, "a")[0] == "given"


@pytest.mark.parametrize(("waiting", "yesterday", "made"), [
    (0, 0, 200), (99, 0, 101), (100, 0, 0), (200, 0, 0), (100, 100, 0), (99, 100, 101), (150, 500, 850), (499, 500, 501), (500, 500, 0)])
def test_how_many_are_made(waiting: int, yesterday: int, made: int) -> None:
    assert missing(waiting, yesterday) == made


def test_when_a_claim_lapses() -> None:
    assert lapse_time(NOON, None) == NOON + 30 * DAY
    assert lapse_time(NOON, NOON + 3 * DAY) == NOON + 3 * DAY
    assert is_fresh(NOON + 30 * DAY, None, NOON) and not is_fresh(NOON + 29 * DAY, None, NOON)
    assert is_fresh(NOON + 5 * DAY, NOON + 5 * DAY, NOON)


def states(session: Session) -> Counter[str]:
    return Counter(session.scalars(select(Code.state)))


def test_refilled_below_half(context: Context, north: Shop) -> None:
    link = running(context, north)
    for n in range(100):
        claim(context, north, link, f"n{n}")
    with context.transaction() as session:
        flows.tend(session, north.id, clock.now())
        assert states(session) == {"ready": LEAST - 100, "claimed": 100}
    claim(context, north, link, "one more")
    with context.transaction() as session:
        flows.tend(session, north.id, clock.now())
        assert states(session) == {"ready": 99, "claimed": 101, "planned": 2 * 101 - 99}


def test_a_lapsed_code_is_deleted_and_goes_to_nobody(context: Context, north: Shop, business_clock: BusinessClock) -> None:
    link = running(context, north)
    _, first = claim(context, north, link, "a")
    business_clock.move(days=30, seconds=-1)
    with context.transaction() as session:
        assert flows.lapse(session, north.id, clock.now()) == 0
    business_clock.move(seconds=2)
    with context.transaction() as session:
        assert flows.lapse(session, north.id, clock.now()) == 1
    with context.transaction() as session:
        assert session.get_one(Code, (north.id, first)).state == "lapsed"
        assert session.scalars(select(Claim.state)).all() == ["lapsed"]
        assert session.scalars(select(Delivery.subject_id).where(Delivery.kind == "codes_delete")).all() == [first]
    others = {claim(context, north, link, f"n{n}")[1] for n in range(20)}
    assert first not in others and claim(context, north, link, "a") == ("lapsed", first)


def test_a_used_code_does_not_lapse(context: Context, north: Shop, business_clock: BusinessClock) -> None:
    link = running(context, north)
    _, first = claim(context, north, link, "a")
    with context.transaction() as session:
        session.get_one(Code, (north.id, first)).state = "used"
    business_clock.move(days=31)
    with context.transaction() as session:
        assert flows.lapse(session, north.id, clock.now()) == 0


def test_codes_about_to_end_are_not_given_away(context: Context, north: Shop, business_clock: BusinessClock) -> None:
    """A pool that nobody drew from for half a year: its codes would end in the friend's hands."""
    link = running(context, north)
    business_clock.move(days=185)
    assert claim(context, north, link, "a") == ("waiting", None)
    with context.transaction() as session:
        made = session.scalars(select(Code).where(Code.state == "planned")).all()
        assert len(made) == LEAST and all(code.ends_at and code.ends_at > clock.now() + timedelta(days=150) for code in made)


def test_each_version_has_its_own_pool(session: Session, north: Shop) -> None:
    first = programme(session, north, NOON)
    flows.save_programme(session, north.id, {"name": "New", "friend_kind": "free_shipping"}, currency="GBP", now=NOON,
                         programme_id=first.programme_id)
    second = flows.publish(session, north.id, first.programme_id, now=NOON)
    made = Counter(session.scalars(select(Code.version_id)))
    assert made == {first.id: LEAST, second.id: LEAST}
    assert [version.id for version in tables.open_versions(session, north.id, NOON)] == [second.id]


def test_codes_are_unguessable_and_distinct(context: Context, north: Shop) -> None:
    running(context, north)
    with context.transaction() as session:
        codes = session.scalars(select(Code.code)).all()
    assert len(set(codes)) == LEAST and all(len(code) == 12 and not set(code) & set("ILOUilou") for code in codes)

"""Goals: setting one when a friend was counted, telling how it goes, and working out daily what is likely.

A friend counts while the reward that settle decided for the order stands. All times are business time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision, Link
from plugin.db import ShopId, insert_once, new_id
from plugin.messaging import facts
from plugin.messaging import flows as messaging
from plugin.people import tables as people
from plugin.referrals import tables
from plugin.referrals.rules import Version
from plugin.referrals.rules import goals as rules
from plugin.referrals.rules.goals import Alert, Course, Step
from plugin.referrals.tables import Goal, GoalStep
from plugin.rewards.tables import Reward

FRESH = timedelta(days=1)
"""A goal is set at the moment a friend is counted, and not long after it: see ``rules.goals``."""
STANDS = ("hold", "issuing", "unknown", "frozen", "issued", "spent", "expired")


class Progress(TypedDict):
    """How far an open goal is. ``left`` friends until ``target``; ``until`` when its time is over."""

    counted: int
    target: int
    left: int
    until: datetime


def follow(session: Session, shop_id: ShopId, advocate_id: UUID, version: Version, now: datetime) -> Alert | None:
    """Bring an advocate's goal up to date after their rewards changed; tell what is to be told, once. Doing it again changes nothing."""
    goal = _open(session, shop_id, advocate_id, lock=True)
    friends = _friends(session, shop_id, advocate_id)
    alert = None
    if goal is not None and now < goal.ends_at:
        alert = rules.crossed(_course(goal), len(friends))
        goal.best = max(goal.best, len(friends))
        if alert == "reached":
            _close(goal, "reached", now)
        if alert is not None:
            _tell(session, shop_id, goal, alert, version, now)
        if goal.state == "open":
            return alert
    elif goal is not None:
        _close(goal, "over", now)
    session.flush()
    set_now = friends and friends[-1] <= now < friends[-1] + FRESH and version.advocate.kind != "none"
    return (_set(session, shop_id, advocate_id, version, friends, now) if set_now else None) or alert


def progress(session: Session, shop_id: ShopId, advocate_id: UUID, now: datetime) -> Progress | None:
    """For the advocate's own eyes; None where no goal is open."""
    goal = _open(session, shop_id, advocate_id)
    if goal is None or goal.ends_at <= now:
        return None
    counted = min(len(_friends(session, shop_id, advocate_id)), goal.target)
    return Progress(counted=counted, target=goal.target, left=goal.target - counted, until=goal.ends_at)


def tend(session: Session, shop_id: ShopId, now: datetime) -> None:
    """Daily: what is likely in each programme, goals whose time is over, and a word where it soon is."""
    for programme in tables.programmes(session, shop_id):
        _learn(session, shop_id, programme.id, now)
    for goal in session.scalars(select(Goal).where(Goal.shop_id == shop_id, Goal.state == "open").order_by(Goal.id).with_for_update()):
        if goal.ends_at <= now:
            _close(goal, "over", now)
        elif rules.expires_soon(_course(goal), now):
            version = _version(session, shop_id, goal.advocate_id, now)
            if version is not None:
                _tell(session, shop_id, goal, "expiring", version, now)
    session.flush()


def _set(session: Session, shop_id: ShopId, advocate_id: UUID, version: Version, friends: list[datetime], now: datetime) -> Alert | None:
    had, pace = rules.place(friends)
    step = session.get(GoalStep, (shop_id, version.programme_id, had, pace))
    if step is None:
        return None
    evidence = Step(step.more, step.days, step.reach, step.seen).plain()
    values = {"shop_id": shop_id, "id": new_id(), "advocate_id": advocate_id, "began": had, "target": had + step.more, "best": had,
              "state": "open", "evidence": evidence, "made_at": now, "ends_at": now + timedelta(days=step.days)}
    if not insert_once(session, Goal, values):
        return None
    goal = _open(session, shop_id, advocate_id)
    assert goal is not None
    _tell(session, shop_id, goal, "start", version, now)
    return "start"


def _tell(session: Session, shop_id: ShopId, goal: Goal, alert: Alert, version: Version, now: datetime) -> None:
    """One row for each goal and threshold; whether it may leave is decided when it would."""
    link = session.get_one(Link, (shop_id, goal.advocate_id))
    person = people.get(session, shop_id, link.person_id)
    left = max(0, goal.target - len(_friends(session, shop_id, goal.advocate_id)))
    told = facts.goal(_worth(version), target=goal.target, left=left, until=goal.ends_at, slug=link.slug,
                      programme_id=version.programme_id)
    messaging.write_mail(session, shop_id, person.id, f"goal_{alert}", about=goal.id, facts=told, now=now)


def _worth(version: Version) -> facts.Worth:
    terms = version.advocate
    return facts.Worth(terms.kind, terms.basis_points, terms.amount)


def _learn(session: Session, shop_id: ShopId, programme_id: UUID, now: datetime) -> None:
    """What was likely yesterday is replaced as a whole."""
    rows = session.execute(select(Decision.advocate_id, Reward.made_at).join(Reward, _ITS_REWARD).where(
        Decision.shop_id == shop_id, Decision.programme_id == programme_id, Reward.programme_id == programme_id, *_standing())
        .order_by(Decision.advocate_id, Reward.made_at, Reward.id))
    peers = [[at for _, at in group] for _, group in groupby(rows, key=lambda row: row[0])]
    session.execute(delete(GoalStep).where(GoalStep.shop_id == shop_id, GoalStep.programme_id == programme_id))
    session.add_all(GoalStep(shop_id=shop_id, programme_id=programme_id, had=had, pace=pace, made_at=now, **step.plain())
                    for (had, pace), step in rules.ladder(peers, now).items())
    session.flush()


def _friends(session: Session, shop_id: ShopId, advocate_id: UUID) -> list[datetime]:
    """When each friend whose reward stands was counted, oldest first."""
    return list(session.scalars(select(Reward.made_at).join(Decision, _ITS_REWARD).where(
        Decision.shop_id == shop_id, Decision.advocate_id == advocate_id, *_standing()).order_by(Reward.made_at, Reward.id)))


_ITS_REWARD = (Reward.shop_id == Decision.shop_id) & (Reward.order_id == Decision.order_id) & (Reward.programme_id == Decision.programme_id)


def _standing() -> Iterable[ColumnElement[bool]]:
    return (Decision.verdict == "attributed", Reward.role == "advocate", Reward.state.in_(STANDS), Reward.lost.is_(False))


def _open(session: Session, shop_id: ShopId, advocate_id: UUID, *, lock: bool = False) -> Goal | None:
    asked = select(Goal).where(Goal.shop_id == shop_id, Goal.advocate_id == advocate_id, Goal.state == "open")
    return session.scalar(asked.with_for_update().execution_options(populate_existing=True) if lock else asked)


def _version(session: Session, shop_id: ShopId, advocate_id: UUID, now: datetime) -> Version | None:
    """What its programme promises today; None while it does not run, and then nobody is asked to hurry."""
    row = tables.current(session, shop_id, tables.advocate(session, shop_id, advocate_id).programme_id, now)
    return row.version() if row else None


def _course(goal: Goal) -> Course:
    return Course(goal.began, goal.target, goal.best, goal.made_at, goal.ends_at)


def _close(goal: Goal, state: str, now: datetime) -> None:
    goal.state, goal.closed_at = state, now

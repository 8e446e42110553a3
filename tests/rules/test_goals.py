"""Goals: what is proposed, that most of them are reached, and that each threshold is told once."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision, Link
from plugin.messaging.tables import Mail
from plugin.referrals.flows import enrol, goals
from plugin.referrals.rules import Version
from plugin.referrals.rules.goals import SLOW, Course, Place, Step, crossed, expires_soon, furthest, ladder, likely, place, thresholds
from plugin.referrals.tables import Goal, GoalStep
from plugin.rewards.tables import Reward
from plugin.shops.tables import Shop
from tests.rules.shopfront import person, programme

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FAR = Step(3, 30, 45, 50)


@pytest.mark.parametrize(("reach", "seen", "is_likely"), [
    (0, 0, False), (7, 10, False), (7, 7, True), (6, 6, False), (32, 40, False), (33, 40, True), (70, 100, False), (77, 100, False),
    (78, 100, True), (700, 1000, False), (724, 1000, True)])
def test_likely_is_the_lower_end_and_not_the_share(reach: int, seen: int, is_likely: bool) -> None:
    assert likely(reach, seen) is is_likely


@pytest.mark.parametrize(("gained", "step"), [
    ([], None), ([0] * 50, None), ([1] * 50, Step(1, 30, 50, 50)), ([3] * 45 + [0] * 5, Step(3, 30, 45, 50)),
    ([3] * 30 + [1] * 20, Step(1, 30, 50, 50)), ([99] * 50, Step(10, 30, 50, 50)), ([5] * 4, None)])
def test_the_furthest_step_that_is_likely(gained: list[int], step: Step | None) -> None:
    assert furthest(gained, 30) == step


@pytest.mark.parametrize(("waits", "where"), [
    ([0], (1, SLOW)), ([0, 0], (2, 30)), ([0, 30], (2, 30)), ([0, 31], (2, 90)), ([0, 1, 300], (3, 365)), ([0, 366], (2, SLOW))])
def test_where_somebody_stands(waits: list[int], where: tuple[int, int]) -> None:
    assert place([NOW + sum(waits[:n + 1]) * DAY for n in range(len(waits))]) == where


def test_the_first_weeks_propose_nothing() -> None:
    pair = [NOW - 200 * DAY, NOW - 199 * DAY]
    assert ladder([pair] * 39, NOW) == {}
    assert ladder([pair] * 40, NOW) == {(1, SLOW): Step(1, 30, 40, 40)}
    assert ladder([[NOW - 20 * DAY, NOW - 19 * DAY]] * 40, NOW) == {}, "no span of those moments is over yet"
    assert ladder([[NOW - 800 * DAY, NOW - 799 * DAY]] * 40, NOW) == {}, "so long ago that it says nothing of today"


def test_the_shortest_span_in_which_anything_is_likely() -> None:
    assert ladder([[NOW - 300 * DAY, NOW - 220 * DAY, NOW - 215 * DAY]] * 40, NOW)[1, SLOW] == Step(2, 90, 40, 40)


def friends_of(rng: random.Random, rate: float, days: int) -> list[datetime]:
    """A Poisson process of ``rate`` friends a day, from any day of the first 700 on, for so many days from 2020 on."""
    at, found = rng.uniform(0, 700), []
    while (at := at + rng.expovariate(rate)) < days:
        found.append(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=at))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_most_goals_of_a_simulated_population_are_reached(seed: int) -> None:
    """People of very different pace (a gamma mixture, mean a friend in 100 days): half of them are the peers, the others get goals."""
    rng = random.Random(seed)
    everybody = [friends_of(rng, max(1e-4, rng.gammavariate(0.7, 1 / 70)), 1200) for _ in range(2400)]
    today = datetime(2020, 1, 1, tzinfo=UTC) + 800 * DAY
    steps = ladder([[at for at in one if at <= today] for one in everybody[:1200]], today)
    outcomes = [reached for one in everybody[1200:] for reached in _goals(one, steps, today)]
    assert len(outcomes) >= 100
    assert 100 * sum(outcomes) >= 60 * len(outcomes), f"{sum(outcomes)} of {len(outcomes)}"


def _goals(friends: Sequence[datetime], steps: dict[Place, Step], today: datetime) -> Iterator[bool]:
    """Was each goal reached that was set for one person at a moment after today, one at a time, as ``flows.goals`` sets them?"""
    ends, target = today, 0
    for had, at in enumerate(friends, start=1):
        step = steps.get(place(friends[:had])) if at > today and (at >= ends or had >= target) else None
        if step is None or at + step.days * DAY > datetime(2020, 1, 1, tzinfo=UTC) + 1200 * DAY:
            continue
        ends, target = at + step.days * DAY, had + step.more
        assert target > had
        yield sum(1 for one in friends[had:] if one <= ends) >= step.more


def course(began: int, target: int, best: int) -> Course:
    return Course(began, target, best, NOW, NOW + 30 * DAY)


@pytest.mark.parametrize(("began", "target", "marks"), [
    (1, 2, [(2, "reached")]), (1, 3, [(2, "one_to_go"), (3, "reached")]), (0, 3, [(2, "one_to_go"), (3, "reached")]),
    (2, 6, [(4, "halfway"), (5, "one_to_go"), (6, "reached")]), (0, 10, [(5, "halfway"), (9, "one_to_go"), (10, "reached")])])
def test_thresholds(began: int, target: int, marks: list[tuple[int, str]]) -> None:
    assert thresholds(course(began, target, began)) == marks


@pytest.mark.parametrize(("best", "counted", "alert"), [
    (2, 2, None), (2, 3, None), (3, 4, "halfway"), (4, 4, None), (4, 3, None), (4, 5, "one_to_go"), (5, 6, "reached"), (2, 6, "reached"),
    (2, 5, "one_to_go"), (5, 4, None), (5, 9, "reached")])
def test_what_is_told(best: int, counted: int, alert: str | None) -> None:
    assert crossed(course(2, 6, best), counted) == alert


@pytest.mark.parametrize(("days", "soon"), [(0, False), (26.9, False), (27, True), (29.9, True), (30, False)])
def test_when_it_ends_soon(days: float, soon: bool) -> None:
    assert expires_soon(course(0, 5, 0), NOW + timedelta(days=days)) is soon


class Stage:
    """One advocate in a shop whose peers go on to bring three more within 30 days."""

    def __init__(self, session: Session, shop: Shop) -> None:
        self.session, self.shop, self.orders = session, shop, 0
        self.version: Version = programme(session, shop, NOW - 900 * DAY)
        self.link = self.advocate("alice@example.org")
        session.add(GoalStep(shop_id=shop.id, programme_id=self.version.programme_id, had=1, pace=SLOW, made_at=NOW, **FAR.plain()))

    def advocate(self, email: str) -> Link:
        who = person(self.session, self.shop, email, NOW)
        return enrol(self.session, self.shop.id, who.id, self.version.programme_id, how="shop", now=NOW)

    def friend(self, at: datetime, *, link: Link | None = None, state: str = "hold") -> Reward:
        """A friend's order that settle has decided."""
        self.orders += 1
        link, order_id = link or self.link, str(self.orders)
        reward = Reward(shop_id=self.shop.id, order_id=order_id, programme_id=link.programme_id, version_id=self.version.id,
                        role="advocate", person_id=link.person_id, kind="store_credit", basis_points=None, currency="GBP", amount=500,
                        state=state, made_at=at)
        decision = Decision(shop_id=self.shop.id, order_id=order_id, verdict="attributed", advocate_id=link.id, trace=[], currency="GBP",
                            programme_id=link.programme_id, ordered_at=at, decided_at=at, net=6000)
        self.session.add_all([reward, decision])
        self.session.flush()
        return reward

    def follow(self, at: datetime) -> str | None:
        return goals.follow(self.session, self.shop.id, self.link.id, self.version, at)

    def told(self) -> list[str]:
        return list(self.session.scalars(select(Mail.kind).order_by(Mail.written_at, Mail.id)))


@pytest.fixture
def stage(session: Session, north: Shop) -> Stage:
    return Stage(session, north)


def test_each_threshold_is_told_once_however_often_it_is_looked_at(stage: Stage) -> None:
    seen = []
    for day in range(4):
        stage.friend(NOW + day * DAY)
        seen += [stage.follow(NOW + day * DAY) for _ in range(3)]
    assert [alert for alert in seen if alert] == ["start", "one_to_go", "reached"]
    assert stage.told() == ["goal_start", "goal_one_to_go", "goal_reached"]
    assert stage.session.scalars(select(Goal.state)).all() == ["reached"]


def test_a_refund_steps_back_and_what_was_told_is_not_told_again(stage: Stage) -> None:
    stage.friend(NOW)
    stage.follow(NOW)
    stage.friend(NOW + DAY)
    stage.follow(NOW + DAY)
    third = stage.friend(NOW + 2 * DAY)
    assert stage.follow(NOW + 2 * DAY) == "one_to_go"
    third.state, third.lost = "reversed", True
    stage.session.flush()
    assert stage.follow(NOW + 3 * DAY) is None and _progress(stage, NOW + 3 * DAY) == (2, 4, 2)
    stage.friend(NOW + 4 * DAY)
    assert stage.follow(NOW + 4 * DAY) is None and stage.told() == ["goal_start", "goal_one_to_go"]
    stage.friend(NOW + 5 * DAY)
    assert stage.follow(NOW + 5 * DAY) == "reached"


def _progress(stage: Stage, at: datetime) -> tuple[int, int, int] | None:
    found = goals.progress(stage.session, stage.shop.id, stage.link.id, at)
    return (found["counted"], found["target"], found["left"]) if found else None


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_news_changes_nothing(stage: Stage, seed: int) -> None:
    """Three friends at once, looked at in any order and again and again: the goal is reached and told of once."""
    stage.friend(NOW)
    stage.follow(NOW)
    rng, rewards = random.Random(seed), [stage.friend(NOW + DAY, state="pending") for _ in range(3)]
    rng.shuffle(rewards)
    for reward in rewards:
        reward.state = "hold"
        stage.session.flush()
        for _ in range(rng.randrange(3) + (reward is rewards[-1])):
            stage.follow(NOW + DAY)
    told = stage.told()
    assert told[0] == "goal_start" and told[-1] == "goal_reached" and len(set(told)) == len(told)


def test_what_does_not_stand_is_not_counted(stage: Stage) -> None:
    for state in ("pending", "void", "reversed"):
        stage.friend(NOW, state=state)
    assert stage.follow(NOW) is None and stage.told() == []


def test_no_goal_is_set_long_after_the_friend_was_counted(stage: Stage) -> None:
    stage.friend(NOW)
    assert stage.follow(NOW + DAY) is None and _progress(stage, NOW + DAY) is None


def test_a_goal_whose_time_is_over_says_nothing(stage: Stage) -> None:
    stage.friend(NOW)
    stage.follow(NOW)
    stage.friend(NOW + 31 * DAY)
    assert stage.follow(NOW + 31 * DAY) is None and stage.told() == ["goal_start"] and _progress(stage, NOW + 31 * DAY) is None


def test_the_daily_look(stage: Stage) -> None:
    stage.friend(NOW)
    stage.follow(NOW)
    for days in (26, 27, 28, 29, 30, 31):
        goals.tend(stage.session, stage.shop.id, NOW + days * DAY)
    assert stage.told() == ["goal_start", "goal_expiring"]
    assert stage.session.scalars(select(Goal.state)).all() == ["over"]


def test_what_is_likely_is_learned_from_the_shop_itself(south: Shop, stage: Stage) -> None:
    for n in range(40):
        link = stage.advocate(f"peer{n}@example.org")
        for days in (100, 95, 90):
            stage.friend(NOW - days * DAY, link=link)
    goals.tend(stage.session, stage.shop.id, NOW)
    goals.tend(stage.session, south.id, NOW)
    rows = stage.session.scalars(select(GoalStep).order_by(GoalStep.had)).all()
    assert [(row.shop_id, row.had, row.pace, row.more, row.days, row.reach, row.seen) for row in rows] == [
        (stage.shop.id, 1, SLOW, 2, 30, 40, 40), (stage.shop.id, 2, 30, 1, 30, 40, 40)]


def test_another_advocates_friends_are_theirs(stage: Stage) -> None:
    other = stage.advocate("bea@example.org")
    stage.friend(NOW)
    stage.follow(NOW)
    stage.friend(NOW + DAY, link=other)
    stage.friend(NOW + DAY, link=other)
    assert stage.follow(NOW + DAY) is None and _progress(stage, NOW + DAY) == (1, 4, 3)

"""Settle: what an order should have caused, minus what it did cause, is posted. Running it twice does nothing.

Duplicates, lost and reordered events, edits and refunds have no code of their own: each only changes the mirrored order.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.attribution import flows as attribution
from plugin.attribution import tables as attributed
from plugin.attribution.rules import Decision, code_key
from plugin.db import ShopId
from plugin.decisions import rules, tables
from plugin.decisions.rules import Evidence
from plugin.errors import NotFound
from plugin.guardrails import flows as guardrails
from plugin.guardrails.rules import Judgement
from plugin.intake.rules import visible_since
from plugin.ledger import flows as ledger
from plugin.margin import flows as margin
from plugin.mirror import flows as mirror_flows
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Order
from plugin.money import Money
from plugin.offers import tables as offers
from plugin.offers.flows import marking
from plugin.offers.flows.selling import note_sales
from plugin.people import tables as people
from plugin.referrals import tables as referrals
from plugin.referrals.flows import goals
from plugin.referrals.rules import Version
from plugin.rewards import flows as rewards
from plugin.rewards import tables as stored
from plugin.rewards.rules import Due, Role, Standing, worth
from plugin.rewards.tables import Reward
from plugin.shops import tables as shops


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settling found and changed. ``changed``: what was different afterwards, in words for the log;
    ``next_at``: when to look again without news."""

    order_id: str
    verdict: str
    changed: tuple[str, ...] = ()
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """One order under judgement."""

    order: Order
    decision: Decision
    judgement: Judgement | None
    version: Version | None
    now: datetime


def settle(session: Session, shop_id: ShopId, order_id: str, evidence: Evidence | None, now: datetime) -> Settlement:
    """Bring everything that an order causes up to date. Raises NotFound for an order that the mirror does not hold."""
    row = mirror.row_of(session, shop_id, order_id, lock=True)
    order = mirror.load(session, shop_id, order_id) if row else None
    if row is None or order is None:
        raise NotFound("order")
    revision = row.revision
    if evidence is not None:
        tables.keep(session, shop_id, order_id, evidence)
    before = attributed.brought(session, shop_id, order_id)
    case = _judge(session, shop_id, order, now)
    _hold_rewards(session, shop_id, order)
    changed = [*_settle_rewards(session, shop_id, case), *_settle_discount(session, shop_id, case),
               *_settle_spending(session, shop_id, case)]
    if changed:
        _follow_goal(session, shop_id, case)
    next_at = _next(session, shop_id, case)
    mirror_flows.weigh(session, shop_id, order)
    note_sales(session, shop_id, order, now)
    marking.settled(session, shop_id, order.customer_id, {before, case.decision.advocate_id}, now)
    mirror_flows.settled(session, shop_id, order_id, revision, next_at)
    return Settlement(order_id, case.decision.verdict, tuple(changed), next_at)


def _judge(session: Session, shop_id: ShopId, order: Order, now: datetime) -> _Case:
    versions = referrals.versions(session, shop_id)
    decision = attribution.attribute(session, shop_id, order, {id: version.terms() for id, version in versions.items()}, now)
    judgement = None
    if decision.verdict in {"attributed", "hold"} and order.paid_once and not order.is_dead:
        known, _ = tables.evidence(session, shop_id, order.id)
        judgement = guardrails.check(session, shop_id, order, decision, known, now)
    elif order.is_dead:
        guardrails.drop(session, shop_id, order.id, now)
    return _Case(order, decision, judgement, versions.get(decision.version_id) if decision.version_id else None, now)


def _hold_rewards(session: Session, shop_id: ShopId, order: Order) -> None:
    """Lock every reward that this order touches, in one order, before anything is posted."""
    ids = {reward.id for reward in stored.of_order(session, shop_id, order.id)}
    ids |= {reward_id for _, reward_id in stored.by_codes(session, shop_id, _keys(order))}
    stored.by_ids(session, shop_id, sorted(ids), lock=True)


def _keys(order: Order) -> list[str]:
    used = {one.code for one in rules.discounts(order) if one.code}
    return sorted({code_key(code) for code in {*order.codes, *used}})


def _settle_rewards(session: Session, shop_id: ShopId, case: _Case) -> list[str]:
    """Both sides' rewards, and those of an earlier decision that this one no longer gives."""
    before = {reward.id: _facts(reward) for reward in stored.of_order(session, shop_id, case.order.id)}
    for role in ("friend", "advocate"):
        claim = _claim(session, shop_id, case, role)
        if claim is not None:
            _bring(session, shop_id, case, claim)
    version = case.version
    for reward in stored.of_order(session, shop_id, case.order.id):
        if version is None or reward.programme_id != version.programme_id:
            _withdraw(session, shop_id, case, reward)
    for reward in stored.of_order(session, shop_id, case.order.id):
        rewards.expire(session, shop_id, reward, case.now)
    after = stored.of_order(session, shop_id, case.order.id)
    return [f"{reward.role} {reward.state}" for reward in after if before.get(reward.id) != _facts(reward)]


def _facts(reward: Reward) -> Standing:
    return rewards.standing(reward)


def _claim(session: Session, shop_id: ShopId, case: _Case, role: Role) -> rewards.Claim | None:
    """Who would get the reward of this role, None if nobody can."""
    version, decision = case.version, case.decision
    if version is None:
        return None
    person_id = _advocate(session, shop_id, decision.advocate_id) if role == "advocate" else case.order.person_id
    terms = _promise(session, shop_id, case, role).terms
    if person_id is None or (role == "friend" and terms.kind != "store_credit"):
        return None  # a friend's code is a discount and no reward
    return rewards.Claim(case.order.id, version.programme_id, version.id, role, person_id, terms, version.combines)


def _advocate(session: Session, shop_id: ShopId, advocate_id: UUID | None) -> UUID | None:
    found = attributed.links(session, shop_id, [advocate_id]) if advocate_id else []
    return people.get(session, shop_id, found[0].person_id).id if found else None


def _bring(session: Session, shop_id: ShopId, case: _Case, claim: rewards.Claim) -> None:
    assert case.version is not None
    room = _room(session, shop_id, case) if claim.role == "advocate" else None
    promised = _promise(session, shop_id, case, claim.role)
    asked = rules.due(case.order, case.decision, case.judgement, promised, version=case.version, room=room, now=case.now)
    rewards.bring(session, shop_id, replace(claim, terms=asked.terms, trimmed=asked.trimmed), asked.due, case.now)


def _promise(session: Session, shop_id: ShopId, case: _Case, role: Role) -> rules.Promise:
    """By whatever titles the offers had that the programme asks for: a new title takes nothing from whoever was promised by the old."""
    assert case.version is not None
    asked = case.version.bundles if role == "advocate" else frozenset()
    titles = frozenset(one.title for one in asked) | offers.known_as(session, shop_id, [UUID(one.offer_id) for one in asked])
    return rules.promise(case.order, case.version, role, titles)


def _room(session: Session, shop_id: ShopId, case: _Case) -> Money | None:
    """What the margin guard leaves for the advocate, once the friend's own reward is paid."""
    assert case.version is not None
    friend = case.version.friend
    whole = replace(rules.bought(case.order), net=case.order.subtotal, dead=False)
    others = [worth(friend, whole)] if friend.kind == "store_credit" else []
    return margin.room(session, shop_id, case.order, others)


def _withdraw(session: Session, shop_id: ShopId, case: _Case, reward: Reward) -> None:
    """A reward that no decision stands behind any more."""
    claim = rewards.Claim(reward.order_id, reward.programme_id, reward.version_id, rewards.role_of(reward), reward.person_id,
                          rewards.terms_of(reward))
    nothing = Due("nothing", Money.zero(reward.currency), case.decision.reason or "not_attributed", case.order.net.amount)
    rewards.bring(session, shop_id, claim, nothing, case.now)


def _settle_discount(session: Session, shop_id: ShopId, case: _Case) -> list[str]:
    """What the friend's own code took off: the merchant's expense, spent at once, in proportion to what is left."""
    friend = list(attributed.friend_codes(session, shop_id, _keys(case.order)))
    given = rules.discount_given(case.order, friend)
    posted = ledger.level(session, shop_id, ledger.Subject(order_id=case.order.id), {"discount": given},
                          currency=case.order.currency, now=case.now)
    return ["friend discount"] if posted else []


def _settle_spending(session: Session, shop_id: ShopId, case: _Case) -> list[str]:
    """The rewards whose codes this order used. A code works once, so even a cancelled order has spent it."""
    changed = []
    for key, reward_id in stored.by_codes(session, shop_id, _keys(case.order)):
        reward = stored.reward(session, shop_id, reward_id, lock=True)
        if rewards.spend(session, shop_id, reward, rules.taken_off(case.order, [key]), case.now):
            changed.append("reward spent")
    return changed


def _follow_goal(session: Session, shop_id: ShopId, case: _Case) -> None:
    """The advocate may have come a step nearer to their goal, or one back."""
    if case.version is not None and case.decision.advocate_id is not None:
        goals.follow(session, shop_id, case.decision.advocate_id, case.version, case.now)


def _next(session: Session, shop_id: ShopId, case: _Case) -> datetime | None:
    """When something changes without news: a hold ends, a code expires, evidence may be readable."""
    times: list[datetime | None] = []
    for reward in stored.of_order(session, shop_id, case.order.id):
        times.append(reward.hold_until if reward.state == "hold" else None)
        times.append(reward.expires_at if reward.state == "issued" and rewards.terms_of(reward).is_code else None)
    if case.judgement is not None and case.judgement.verdict == "hold":
        known, reads = tables.evidence(session, shop_id, case.order.id)
        since = visible_since(shops.get(session, shop_id).scopes, case.now)
        times.append(rules.look_again(known, reads, case.order, case.now, visible_since=since) if known
                     else case.now + rules.LOOK_AGAIN[0])
    return rules.earliest(times)

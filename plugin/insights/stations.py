"""The picture of an order: link followed → code claimed → order → who brought it → checks → reward on hold → issued → what became of it.

Each station says when, how much and why; one that was not reached says what it waits for, or why the path ends before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plugin.guardrails.tables import GUARDRAIL
from plugin.insights.telling import TONES, Teller, why, worth
from plugin.insights.walk import Entry, Walk
from plugin.messaging import texts
from plugin.money import Money
from plugin.rewards.rules import BEFORE_ISSUE, LEAVING
from plugin.rewards.tables import Reward

Mark = Literal["done", "now", "refused", "ahead"]
MARKS: dict[str, Mark] = {"success": "done", "warning": "now", "info": "now", "critical": "refused", "neutral": "ahead"}


@dataclass(frozen=True, slots=True)
class Station:
    """``state`` is the word on its badge; ``mark`` how it is drawn: reached, where things stand, refused, or still ahead."""

    title: str
    state: str
    tone: str
    what: str
    at: datetime | None = None
    amount: Money | None = None

    @property
    def mark(self) -> Mark:
        return MARKS[self.tone]


def stations(walk: Walk, teller: Teller) -> list[Station]:
    """In the order in which an order passes them."""
    return [*_before(walk, teller), _ordered(walk, teller), _decided(walk, teller), _checked(walk, teller), *_rewarded(walk, teller)]


def _before(walk: Walk, teller: Teller) -> Iterator[Station]:
    """What the friend did before ordering, as far as it is known."""
    say = teller.say
    if walk.visit is not None:
        what = "trace.path.followed_card" if walk.visit.source == "card" else "trace.path.followed_what"
        yield Station(say("trace.path.followed"), say("trace.path.reached"), "success", say(what, name=teller.name), walk.visit.at)
    if walk.friend_code is not None and walk.friend_code.claimed_at is not None:
        yield Station(say("trace.path.claimed"), say("trace.path.reached"), "success",
                      say("trace.path.claimed_what", code=walk.friend_code.code), walk.friend_code.claimed_at)


def _ordered(walk: Walk, teller: Teller) -> Station:
    order, say = walk.order, teller.say
    state = texts.say_or(teller.locale, f"trace.financial.{order.financial}", order.financial)
    if order.is_dead:
        return Station(say("trace.path.order"), say("trace.path.cancelled"), "critical", say("trace.path.order_dead"), order.created_at)
    what = say("trace.path.order_net") if order.net == order.subtotal else say("trace.path.order_left", amount=order.subtotal)
    return Station(say("trace.path.order"), state, "success" if order.paid_once else "warning", what, order.created_at, order.net)


def _decided(walk: Walk, teller: Teller) -> Station:
    say, title = teller.say, teller.say("trace.path.decision")
    decision = walk.decision
    if decision is None:
        return Station(title, say("trace.verdict.waiting"), "info", say("trace.path.soon"))
    return Station(title, say(f"trace.verdict.{decision.verdict}"), TONES[decision.verdict], _who(walk, teller), decision.decided_at)


def _who(walk: Walk, teller: Teller) -> str:
    decision, say = walk.decision, teller.say
    if decision is None or walk.advocate is None or not decision.source:
        return say("trace.path.nobody")
    who = say("trace.path.brought_by", name=teller.name, how=say(f"trace.step.{decision.source}"))
    because = texts.say_or(teller.locale, f"trace.reason.{decision.reason}", "") if decision.reason else ""
    return f"{who}. {because}" if because else who


def _checked(walk: Walk, teller: Teller) -> Station:
    say, title, case = teller.say, teller.say("trace.path.checks"), walk.case
    if case is not None:
        told = " ".join(dict.fromkeys(line.why for line in teller.reasons(case.reasons)))
        who = {None: "", GUARDRAIL: say("trace.path.by_rules")}.get(case.resolved_by, say("trace.path.by_you"))
        tone = "critical" if case.state == "refused" else TONES[case.state]
        return Station(title, say(f"cases.state.{case.state}"), tone, f"{told} {who}".strip(), case.resolved_at or case.opened_at)
    if walk.decision is not None and walk.decision.verdict == "attributed" and walk.evidence is not None:
        return Station(title, say("trace.verdict.allow"), "success", say("trace.path.clean"), walk.evidence.read_at)
    return Station(title, say("trace.path.not_reached"), "neutral", say("trace.path.not_needed"))


def _rewarded(walk: Walk, teller: Teller) -> Iterator[Station]:
    say = teller.say
    if not walk.rewards:
        reason = walk.decision.reason if walk.decision else None
        because = texts.say_or(teller.locale, f"trace.reason.{reason}", "") if reason else ""
        yield Station(say("trace.path.reward"), say("trace.path.not_reached"), "neutral", because or say("trace.path.no_reward"))
    for reward in walk.rewards:
        yield from _life(reward, walk.entries, teller)


def _life(reward: Reward, entries: Iterable[Entry], teller: Teller) -> Iterator[Station]:
    """Promised, issued, and what became of it. A reward that was never granted has one station."""
    say, title = teller.say, teller.say(f"trace.path.reward_{reward.role}")
    if reward.state == "void":
        yield Station(title, say("trace.reward.void"), "critical", why(reward, teller.locale), reward.made_at)
        return
    waiting = reward.state in BEFORE_ISSUE
    state, tone = (say(f"trace.reward.{reward.state}"), "warning") if waiting else (say("trace.path.promised"), "success")
    held = why(reward, teller.locale) if waiting else say("trace.path.hold_over")
    yield Station(title, state, tone, held, reward.made_at, worth(reward))
    yield _issued(reward, teller)
    if reward.state in ("spent", "expired", "reversed"):
        yield _ended(reward, entries, teller)


def _issued(reward: Reward, teller: Teller) -> Station:
    say, title = teller.say, teller.say("trace.path.issued")
    if reward.issued_at is not None:
        until = say("trace.path.usable_until", date=reward.expires_at) if reward.expires_at else say("trace.path.usable")
        return Station(title, say("trace.reward.issued"), "success", until, reward.issued_at, worth(reward))
    if reward.state in LEAVING:
        return Station(title, say(f"trace.reward.{reward.state}"), "info", why(reward, teller.locale))
    return Station(title, say("trace.path.not_reached"), "neutral", say("trace.path.not_issued"))


def _ended(reward: Reward, entries: Iterable[Entry], teller: Teller) -> Station:
    say = teller.say
    kind, amount = {"spent": ("spend", reward.spent), "expired": ("expire", reward.amount - reward.taken - reward.spent)}.get(
        reward.state, ("take_back", reward.taken))
    at = next((one.posting.posted_at for one in entries if one.posting.reward_id == reward.id and one.posting.kind == kind), None)
    tone = "success" if reward.state == "spent" else "critical"
    return Station(say(f"trace.path.{reward.state}"), say(f"trace.reward.{reward.state}"), tone, why(reward, teller.locale), at,
                   Money(amount, reward.currency))

"""What somebody earned, as they read it: rewards with the reason of each state, and orders of friends that did not count.

Made of values; nothing is read or stored. Amounts are minor units beside ``display`` texts. Of a friend nothing is told but the day of
the order and, where it did not count, which of the programme's terms stood against it: no name, number, amount or address.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.messaging import texts
from plugin.money import Money
from plugin.rewards.tables import WAITS, Reward


@dataclass(frozen=True, slots=True)
class Earned:
    """A reward, the text of its code while it may be used, and when its order was placed (None: not known any more)."""

    reward: Reward
    code: str | None = None
    ordered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A friend's order without any reward. ``reason``: the decision's word, "returned", or "checked" for whatever the guardrails said.
    ``key`` tells it from its neighbours and nothing else."""

    key: str
    reason: str
    ordered_at: datetime


HIDDEN = frozenset({"test_order", "test_referral", "unknown_advocate", "no_reward"})
"""Reasons that concern the shop alone: such an order is no row of its advocate's."""
_TOLD_AS = {("pending", "in_review"): "hold", ("void", "order_refunded"): "reversed", ("void", "taken_back"): "taken_back",
            ("reversed", "taken_back"): "taken_back"}
"""Where a state alone would tell advocates the wrong reason."""
_SHOWN_AS = {"margin": "no_room", "worth_nothing": "no_room", "not_attributed": "other"}


def rewards_body(earned: Iterable[Earned], locale: str | None, refused: Iterable[Refused] = ()) -> dict[str, object]:
    """A person's rewards and what did not count, newest first; sums by currency of what is ready to use, waits, and was spent."""
    known = list(earned)
    rows = [(one.ordered_at or one.reward.made_at, _reward(one, locale)) for one in known]
    rows += [(one.ordered_at, _refused(one, locale)) for one in refused if one.reason not in HIDDEN]
    rewards = [one.reward for one in known]
    return {"balance": _sums(((reward, _ready(reward)) for reward in rewards), locale),
            "waiting": _sums(((reward, reward.amount if reward.state in WAITS else 0) for reward in rewards), locale),
            "spent": _sums(((reward, reward.spent) for reward in rewards), locale),
            "rewards": [row for _, row in sorted(rows, key=lambda pair: pair[0], reverse=True)]}


def _ready(reward: Reward) -> int:
    return reward.amount - reward.spent - reward.taken if reward.state == "issued" else 0


def _sums(parts: Iterable[tuple[Reward, int]], locale: str | None) -> Sequence[Mapping[str, object]]:
    """A percentage has no amount before it is spent, so it is not counted."""
    sums: dict[str, int] = {}
    for reward, amount in parts:
        if reward.kind in ("fixed", "store_credit"):
            sums[reward.currency] = sums.get(reward.currency, 0) + amount
    return [{"currency": currency, "amount": amount, "display": Money(amount, currency).display(locale or "en")}
            for currency, amount in sorted(sums.items()) if amount > 0]


def _reward(one: Earned, locale: str | None) -> dict[str, object]:
    reward = one.reward
    worth = Money(reward.amount, reward.currency) if reward.kind in ("fixed", "store_credit") else None
    return {"id": str(reward.id), "state": reward.state, "label": texts.say(locale, f"rewards.state.{reward.state}"),
            "why": _why(reward, locale), "display": texts.reward(locale, reward.kind, basis_points=reward.basis_points, amount=worth),
            "about": _about(reward, one.ordered_at, locale), "code": one.code,
            "hold_until": reward.hold_until.isoformat() if reward.hold_until else None,
            "expires_at": reward.expires_at.isoformat() if reward.expires_at else None}


def _refused(one: Refused, locale: str | None) -> dict[str, object]:
    return {"id": one.key, "state": "refused", "label": texts.say(locale, "rewards.state.refused"),
            "why": reason(one.reason, locale), "display": texts.say(locale, "rewards.friends_order"),
            "about": texts.say(locale, "rewards.about.refused", date=one.ordered_at),
            "code": None, "hold_until": None, "expires_at": None}


def _about(reward: Reward, ordered_at: datetime | None, locale: str | None) -> str | None:
    if reward.earned_by is None:
        return texts.say(locale, f"rewards.about.{reward.role}")
    return texts.say(locale, f"rewards.about.{reward.role}", date=ordered_at) if ordered_at else None


def _why(reward: Reward, locale: str | None) -> str:
    if reward.state == "hold" and reward.hold_until is not None:
        return texts.say(locale, "rewards.why.hold_until", date=reward.hold_until)
    if reward.state == "issued" and reward.kind == "store_credit":
        return texts.say(locale, "rewards.why.issued_credit")
    if reward.state == "issued" and reward.expires_at is not None:
        return texts.say(locale, "rewards.why.issued_until", date=reward.expires_at)
    told = _TOLD_AS.get((reward.state, reward.why))
    if reward.state == "void" and told is None:
        return reason(reward.why, locale)
    return texts.say(locale, f"rewards.why.{told or reward.state}")


def reason(word: str, locale: str | None) -> str:
    """A refusal in the advocate's words. What only the guardrails know has one sentence for all of it: it would speak of two people."""
    return texts.say_or(locale, f"rewards.refused.{_SHOWN_AS.get(word, word)}", texts.say(locale, "rewards.refused.checked"))

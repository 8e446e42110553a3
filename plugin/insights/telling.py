"""A walk in words: each line of the trace, each reason and each stage as a shopkeeper reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta

from plugin.clock import zone
from plugin.guardrails.listing import said
from plugin.messaging import texts
from plugin.messaging.filters import to_the_minute
from plugin.mirror.rules import LineDiscount, Order
from plugin.money import Money
from plugin.rewards.tables import Reward

TONES = {"taken": "success", "passed": "success", "refused": "critical", "hold": "warning", "absent": "neutral",
         "allow": "success", "deny": "critical", "attributed": "success", "none": "neutral", "open": "warning", "released": "success",
         "pending": "warning", "issuing": "info", "unknown": "info", "frozen": "info", "issued": "success", "spent": "success",
         "expired": "neutral", "void": "neutral", "reversed": "neutral", "waiting": "info", "leased": "info", "done": "success",
         "dead": "critical"}


@dataclass(frozen=True, slots=True)
class Line:
    """What ``kit.trace`` shows."""

    title: str
    outcome: str
    tone: str
    why: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Teller:
    """The merchant's language and time zone. ``name`` is how the advocate is called."""

    locale: str
    timezone: str
    currency: str
    name: str

    def say(self, key: str, **values: object) -> str:
        return texts.say(self.locale, key, **values)

    def steps(self, trace: list[Any]) -> list[Line]:
        """The trace of attribution, without the kinds of evidence that were simply not there."""
        return [self._step(step) for step in trace if step["outcome"] != "absent"]

    def absent(self, trace: list[Any]) -> list[str]:
        """What was looked for and not found."""
        return [self.say(f"trace.step.{step['step']}") for step in trace if step["outcome"] == "absent"]

    def reasons(self, reasons: list[Any]) -> list[Line]:
        """What the guardrails said."""
        return [Line(self._or(f"trace.rule.{one['rule']}", one["rule"]), self.say(f"trace.verdict.{one['verdict']}"),
                     TONES.get(one["verdict"], "neutral"), said(one, self.locale), []) for one in reasons]

    def _step(self, step: Mapping[str, Any]) -> Line:
        facts = step.get("facts", {})
        why = self._or(f"trace.reason.{facts['reason']}", step["why"]) if "reason" in facts else self._plain(step)
        return Line(self._or(f"trace.step.{step['step']}", step["step"]), self.say(f"trace.outcome.{step['outcome']}"),
                    TONES.get(step["outcome"], "neutral"), why, list(self._facts(facts)))

    def _plain(self, step: Mapping[str, Any]) -> str:
        key = f"trace.{step['outcome']}_{step['step']}" if step["step"] == "order" else f"trace.why.{step['outcome']}"
        return self._or(key, step["why"])

    def _facts(self, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        told: dict[str, Callable[[Any], str]] = {
                "advocate": lambda _: self.name, "began": lambda value: self._moment(datetime.fromisoformat(value)),
                "age_seconds": self._span, "window_seconds": self._span, "country": str, "currency": str,
                "goods": self._money, "minimum": self._money, "earlier_orders": str, "counted": str, "cap": str}
        return [(self.say(f"trace.fact.{name}"), write(facts[name])) for name, write in told.items() if name in facts]

    def _or(self, key: str, otherwise: str) -> str:
        return texts.say_or(self.locale, key, otherwise)

    def _money(self, amount: int) -> str:
        return Money(amount, self.currency).display(texts.region(self.locale))

    def _span(self, seconds: int) -> str:
        return format_timedelta(timedelta(seconds=seconds), threshold=2, locale=texts.region(self.locale))

    def _moment(self, at: datetime) -> str:
        return to_the_minute(at, zone(self.timezone), texts.region(self.locale))


def worth(reward: Reward) -> Money:
    return Money(reward.amount, reward.currency)


def why(reward: Reward, locale: str) -> str:
    """Why a reward stands where it stands."""
    if reward.state == "hold" and reward.hold_until is not None:
        return texts.say(locale, "trace.reward_why.on_hold_until", date=reward.hold_until)
    key = reward.why if reward.state in ("pending", "void", "reversed") else reward.state
    return texts.say_or(locale, f"trace.reward_why.{key}", texts.say_or(locale, f"trace.reason.{key}", texts.say_or(
        locale, f"trace.rule_why.{key}", key.replace("_", " "))))


def discounts(order: Order) -> list[tuple[str | None, LineDiscount]]:
    """Everything that was taken off, with the title of its line; None for shipping."""
    return [*((line.title, one) for line in order.lines for one in line.discounts), *((None, one) for one in order.shipping_discounts)]

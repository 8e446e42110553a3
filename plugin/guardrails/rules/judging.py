"""May this attributed order be rewarded? Every rule says allow (nothing), hold or deny, with a reason.

A rule that raises, or whose facts could not be read, means hold: never allow. Numbers are starting points for one shop.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from plugin.guardrails.rules.likeness import jaro, skeleton, words

Verdict = Literal["allow", "hold", "deny"]
_WORST: tuple[Verdict, ...] = ("allow", "hold", "deny")

ALIKE = 0.92
REWARDS_IN_30_DAYS = 10
REWARDS_IN_24_HOURS = 25
DEVICE_ORDERS_IN_24_HOURS = 3
DEVICE_ORDERS_IN_1_HOUR = 10
DEVICE_ORDERS_IN_30_DAYS = 30
DEVICE_CLAIMS_IN_24_HOURS = 3
FINE_RISKS = frozenset({"LOW", "MEDIUM", "NONE"})


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two people. Empty sets mean that there was nothing to compare; the keys are keyed hashes."""

    customer_id: str | None = None
    email_key: str | None = None
    email: str | None = None
    address_keys: frozenset[str] = frozenset()
    device_keys: frozenset[str] = frozenset()
    visit_ids: frozenset[UUID] = frozenset()

    @property
    def known(self) -> bool:
        return self.customer_id is not None or self.email_key is not None

    @property
    def local(self) -> str:
        return (self.email or "").rpartition("@")[0]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at. None means that it could not be read, which holds the order.

    ``rewards_*`` and ``device_*`` count earlier ones; the device counts are 0 where an order tells no device.
    """

    advocate: Side | None
    friend: Side | None
    new_only: bool = True
    is_new: bool | None = None
    risk: str | None = None
    rewards_30_days: int | None = None
    rewards_24_hours: int | None = None
    device_orders_1_hour: int | None = None
    device_orders_24_hours: int | None = None
    device_orders_30_days: int | None = None
    device_claims_24_hours: int | None = None
    attribution_hold: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """``why`` is plain English, for the log. People read the text ``says`` (else the rule's own), in which ``many`` is a limit."""

    rule: str
    verdict: Verdict
    why: str
    says: str | None = None
    many: int | None = None

    def plain(self) -> dict[str, Any]:
        told = {"rule": self.rule, "verdict": self.verdict, "why": self.why, "says": self.says, "many": self.many}
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The worst that any rule said, and every reason that was given. ``resolved_by`` where a merchant had the last word."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    resolved_by: str | None = None


class _Missing(Exception):
    """A fact that the rule needs could not be read."""


Rule = Callable[[Facts], Reason | None]


def is_new(customer_orders: int | None, at_or_after: int | None) -> bool | None:
    """Was this the customer's first order? ``customer_orders``: all at Shopify; ``at_or_after``: those we see from this one on.

    None where it cannot be known: nobody's order, or more seen than Shopify counts.
    """
    if customer_orders is None or at_or_after is None or customer_orders < at_or_after:
        return None
    return customer_orders == at_or_after


def judge(facts: Facts, rules: Mapping[str, Rule] | None = None, *, before: Collection[Reason] = ()) -> Judgement:
    """Every rule is asked, so that a merchant reads all reasons at once. ``before``: the reasons of the last judgement."""
    told = {reason.rule: reason for reason in before}
    reasons = tuple(reason for name, rule in (RULES if rules is None else rules).items()
                    if (reason := _ask(name, rule, facts) or _remembered(told.get(name), facts)))
    worst = max((_WORST.index(reason.verdict) for reason in reasons), default=0)
    return Judgement(_WORST[worst], reasons)


def _ask(name: str, rule: Rule, facts: Facts) -> Reason | None:
    try:
        return rule(facts)
    except _Missing as missing:
        return Reason(name, "hold", f"Could not be checked: {missing} is not known.", says="unchecked")
    except Exception as error:
        return Reason(name, "hold", f"Could not be checked: the rule failed ({type(error).__name__}).", says="unchecked")


def _remembered(told: Reason | None, facts: Facts) -> Reason | None:
    """What a rule said when it could still compare stands, once the keys that it compared are erased."""
    if told is None or told.rule not in _COMPARED or facts.advocate is None or facts.friend is None:
        return None
    compared = _COMPARED[told.rule]
    return None if compared(facts.advocate) and compared(facts.friend) else told


_COMPARED: Mapping[str, Callable[[Side], object]] = {
    "same_email": lambda side: side.email_key, "alike_email": lambda side: side.email, "same_address": lambda side: side.address_keys,
    "same_device": lambda side: side.device_keys, "device_velocity": lambda side: side.device_keys, "claims": lambda side: side.device_keys}


def _need(value: Any, name: str) -> Any:  # noqa: ANN401 - hands back what it was given
    if value is None:
        raise _Missing(name)
    return value


def _sides(facts: Facts) -> tuple[Side, Side]:
    return _need(facts.advocate, "the advocate"), _need(facts.friend, "the friend")


def _identity(facts: Facts) -> Reason | None:
    advocate, friend = _sides(facts)
    if not advocate.known or not friend.known:
        raise _Missing("who they are")
    return None


def _customer(facts: Facts) -> Reason | None:
    advocate, friend = _sides(facts)
    same = advocate.customer_id is not None and advocate.customer_id == friend.customer_id
    return Reason("same_customer", "deny", "Advocate and friend are one customer.") if same else None


def _email(facts: Facts) -> Reason | None:
    advocate, friend = _sides(facts)
    same = advocate.email_key is not None and advocate.email_key == friend.email_key
    return Reason("same_email", "deny", "Advocate and friend use one e-mail address.") if same else None


def _alike(facts: Facts) -> Reason | None:
    advocate, friend = _sides(facts)
    mine, theirs = skeleton(advocate.local), skeleton(friend.local)
    if not mine or not theirs:
        return None
    same_words = bool(words(advocate.local)) and words(advocate.local) == words(friend.local)
    if same_words or jaro(mine, theirs) >= ALIKE:
        return Reason("alike_email", "hold", "The two e-mail addresses are much alike.")
    return None


def _address(facts: Facts) -> Reason | None:
    advocate, friend = _sides(facts)
    shared = advocate.address_keys & friend.address_keys
    return Reason("same_address", "hold", "Both ordered to one address.") if shared else None


def _device(facts: Facts) -> Reason | None:
    advocate, friend = _sides(facts)
    shared = advocate.device_keys & friend.device_keys
    return Reason("same_device", "hold", "Both used one device on one network.") if shared else None


def _visit(facts: Facts) -> Reason | None:
    """A visit stays in one browser: where both ordered after the same one, they sat before it together."""
    advocate, friend = _sides(facts)
    shared = advocate.visit_ids & friend.visit_ids
    return Reason("same_visit", "deny", "The advocate had ordered from the same visit, so from the same browser.") if shared else None


def _newness(facts: Facts) -> Reason | None:
    if not facts.new_only or _need(facts.is_new, "whether this was the first order"):
        return None
    return Reason("not_new", "deny", "The friend had ordered here before.")


def _risk(facts: Facts) -> Reason | None:
    level = _need(facts.risk, "Shopify's risk level").upper()
    return None if level in FINE_RISKS else Reason("risk", "hold", f"Shopify's risk level is {level.lower()}.")


def _velocity(facts: Facts) -> Reason | None:
    if _need(facts.rewards_24_hours, "the advocate's pace") >= REWARDS_IN_24_HOURS:
        return Reason("velocity", "hold", "Too many rewarded orders within 24 hours.", says="velocity_day", many=REWARDS_IN_24_HOURS)
    if _need(facts.rewards_30_days, "the advocate's pace") >= REWARDS_IN_30_DAYS:
        return Reason("velocity", "hold", "Too many rewarded orders within 30 days.", says="velocity_month", many=REWARDS_IN_30_DAYS)
    return None


def _device_pace(facts: Facts) -> Reason | None:
    hour, month = _need(facts.device_orders_1_hour, "the device's pace"), _need(facts.device_orders_30_days, "the device's pace")
    if hour >= DEVICE_ORDERS_IN_1_HOUR or month >= DEVICE_ORDERS_IN_30_DAYS:
        return Reason("device_velocity", "deny", "Far too many referred orders came from one device.", says="device_far")
    if _need(facts.device_orders_24_hours, "the device's pace") >= DEVICE_ORDERS_IN_24_HOURS:
        return Reason("device_velocity", "hold", "Many referred orders came from one device in 24 hours.", says="device_day",
                      many=DEVICE_ORDERS_IN_24_HOURS)
    return None


def _claims(facts: Facts) -> Reason | None:
    many = _need(facts.device_claims_24_hours, "the device's claims") > DEVICE_CLAIMS_IN_24_HOURS
    return Reason("claims", "hold", "One device claimed many codes in 24 hours.", many=DEVICE_CLAIMS_IN_24_HOURS) if many else None


def _attribution(facts: Facts) -> Reason | None:
    held = facts.attribution_hold
    return Reason("attribution", "hold", f"Attribution could not be sure: {held.replace('_', ' ')}.") if held else None


RULES: Mapping[str, Rule] = {
    "attribution": _attribution, "identity": _identity, "same_customer": _customer, "same_email": _email, "alike_email": _alike,
    "same_address": _address, "same_device": _device, "same_visit": _visit, "not_new": _newness, "risk": _risk, "velocity": _velocity,
    "device_velocity": _device_pace, "claims": _claims}

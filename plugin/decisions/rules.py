"""What an order should have caused, from facts alone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plugin.attribution.rules import Decision, code_key
from plugin.guardrails.rules import Judgement
from plugin.margin import rules as margin
from plugin.margin.rules.earning import Ask, lacks
from plugin.mirror.rules import LineDiscount, Order
from plugin.money import Money
from plugin.referrals.rules import Version
from plugin.rewards.rules import Bought, Due, RewardTerms, Role, worth

LOOK_AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))
"""When evidence could not be read, or Shopify was still assessing: after these waits, then a person decides."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read at Shopify about the friend. ``customer_orders``: all orders of the customer; ``later``: those of them
    that are visible from this order on, itself included; ``risk``: HIGH, MEDIUM, LOW, NONE or PENDING. None means unknown."""

    customer_orders: int | None
    later: int | None
    risk: str | None
    read_at: datetime

    @property
    def is_complete(self) -> bool:
        """Nothing about it can get better by reading again."""
        return self.customer_orders is not None and self.later is not None and self.risk not in (None, "PENDING")


def look_again(evidence: Evidence | None, reads: int, order: Order, now: datetime, *, visible_since: datetime | None) -> datetime | None:
    """When evidence should be read again; None: it is complete, or reading again will not help.

    ``visible_since``: Shopify shows no older orders (None: it shows all of them).
    """
    if evidence is None:
        return now
    hopeless = order.customer_id is None or is_too_old(order, visible_since)
    if evidence.is_complete or hopeless or reads > len(LOOK_AGAIN):
        return None
    return evidence.read_at + LOOK_AGAIN[max(0, reads - 1)]


def is_too_old(order: Order, visible_since: datetime | None) -> bool:
    return visible_since is not None and order.created_at < visible_since


def bought(order: Order) -> Bought:
    return Bought(order.subtotal, order.net, order.shipping, dead=order.is_dead)


@dataclass(frozen=True, slots=True)
class Share:
    """What one side is to get: the reward now, the terms it is given under (a percentage may be trimmed), what was cut off."""

    due: Due
    terms: RewardTerms
    trimmed: int = 0


@dataclass(frozen=True, slots=True)
class Promise:
    """What one side is promised: ``terms`` by what remains of the order, ``first`` by the order as bought. ``lacks``: what is asked for
    and not there: "bundle" or "basket"."""

    terms: RewardTerms
    first: RewardTerms
    lacks: str | None = None


def promise(order: Order, version: Version, role: Role, titles: frozenset[str] = frozenset()) -> Promise:
    """``titles``: under which customers know or knew the bundles that the version asks for. Only the advocate's reward asks for anything
    and grows; a basket in another currency than the order's is not there."""
    if role == "friend":
        return Promise(version.friend, version.friend)
    ask = Ask(titles if version.bundles else frozenset(), version.basket)
    foreign = version.basket is not None and version.basket.currency != order.currency
    return Promise(version.advocate_for(order.net), version.advocate_for(order.subtotal), "basket" if foreign else lacks(order, ask))


def share(order: Order, promised: Promise, room: Money | None) -> tuple[Money, RewardTerms, int]:
    """The worth now, the terms after trimming, and the minor units that the margin guard cut off.

    ``room`` is what the reward may cost on the order as bought, None without limit. What remains of a larger basket is worth what a
    basket of that size earns, and never more than its part of what the larger one did.
    """
    terms, held = promised.terms, bought(order)
    whole = worth(promised.first, replace(held, net=order.subtotal, dead=False))
    now = min(worth(promised.first, held), worth(terms, replace(held, subtotal=held.net)), key=lambda one: one.amount)
    if room is None or whole.amount <= room.amount:
        return now, terms, 0
    cut = whole.amount - room.amount
    if terms.kind == "percentage":
        rate = (terms.basis_points or 0) * room.amount // whole.amount
        terms = RewardTerms("percentage", rate) if rate else RewardTerms("none")
    return margin.trim(now, whole, room), terms, cut


def due(order: Order, decision: Decision, judgement: Judgement | None, promised: Promise, *, version: Version, room: Money | None,
        now: datetime) -> Share:
    """What the order should have caused for one side."""
    amount, given, cut = share(order, promised, room)
    stage_why = _nothing(order, decision, judgement, given)
    if stage_why is None and promised.lacks:
        stage_why = f"lacks_{promised.lacks}"
    basis = order.net.amount
    if stage_why is None and cut and not amount:
        stage_why = "margin"
    if stage_why is not None:
        return Share(Due("nothing", Money.zero(order.currency), stage_why, basis), given, cut)
    hold_until = order.created_at + version.hold
    told = Due("release", amount, "due", basis, hold_until=hold_until, expires_at=now + version.expiry if version.expiry else None)
    if not order.paid_once:
        told = replace(told, stage="wait", why="unpaid", earned=False)
    elif judgement is None or judgement.verdict == "hold":
        told = replace(told, stage="wait", why="in_review")
    elif now < hold_until:
        told = replace(told, stage="hold", why="on_hold")
    return Share(told, given, cut)


def _nothing(order: Order, decision: Decision, judgement: Judgement | None, terms: RewardTerms) -> str | None:
    """Why there is no reward, or None if there is one."""
    if decision.verdict in {"refused", "none"}:
        return decision.reason or "not_attributed"
    if order.is_dead or (order.subtotal and not order.net):
        return "order_refunded"
    if terms.kind == "none":
        return "no_reward"
    if terms.amount is not None and terms.amount.currency != order.currency:
        return "currency"
    if judgement is not None and judgement.verdict == "deny":
        return judgement.reasons[0].rule if judgement.reasons else "denied"
    return None


def taken_off(order: Order, keys: Sequence[str]) -> int:
    """What codes with these keys took off an order, goods and shipping, in minor units."""
    wanted = set(keys)
    return sum(one.amount.amount for one in discounts(order) if one.code and code_key(one.code) in wanted)


def discounts(order: Order) -> list[LineDiscount]:
    """Everything that was taken off, on goods and on shipping."""
    return [*(one for line in order.lines for one in line.discounts), *order.shipping_discounts]


def discount_given(order: Order, keys: Sequence[str]) -> int:
    """What friend codes took off, in proportion to what is left of the order. Nothing before it was paid."""
    if not order.paid_once:
        return 0
    return bought(order).left_of(Money(taken_off(order, keys), order.currency)).amount


def earliest(times: Sequence[datetime | None]) -> datetime | None:
    return min((time for time in times if time is not None), default=None)

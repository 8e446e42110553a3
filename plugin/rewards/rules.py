"""What a reward is worth, what state it is in, and what the books must say about it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from plugin.errors import Refused
from plugin.ledger.rules import Kind as PostingKind
from plugin.money import Money, half_up

RewardKind = Literal["percentage", "fixed", "free_shipping", "store_credit", "none"]
Role = Literal["advocate", "friend", "goodwill"]
Purpose = Literal["friend", "advocate", "goodwill"]
State = Literal["pending", "hold", "issuing", "unknown", "issued", "spent", "expired", "void", "reversed", "frozen"]

STATES: tuple[State, ...] = ("pending", "hold", "issuing", "unknown", "issued", "spent", "expired", "void", "reversed", "frozen")
BEFORE_ISSUE = frozenset({"pending", "hold", "void"})
EXPLAINED = frozenset({"lacks_bundle", "lacks_basket"})
"""Nothing is due for these reasons, and whoever was promised something reads why: a reward that is void from the start."""
LEAVING = frozenset({"issuing", "unknown", "frozen"})
CODE_KINDS = frozenset({"percentage", "fixed", "free_shipping"})
MOST_BASIS_POINTS = 10_000
GOODWILL: Role = "goodwill"
"""What a merchant gives without an order: nobody's purchase earns it, and none takes it back."""
GOODWILL_APART = timedelta(days=30)
"""One goodwill reward a person in this time: twice the same list must not pay twice."""


@dataclass(frozen=True, slots=True)
class RewardTerms:
    """What one side gets. ``basis_points`` (1500 = 15 %) or ``amount``: exactly one for percentage and fixed, either for
    store credit, none for free shipping and none. Raises Refused("terms") for anything else."""

    kind: RewardKind
    basis_points: int | None = None
    amount: Money | None = None

    def __post_init__(self) -> None:
        wants_rate, wants_amount = _FIELDS[self.kind]
        given = (self.basis_points is not None, self.amount is not None)
        if given not in {(wants_rate, False), (False, wants_amount)} or (given == (False, False) and (wants_rate or wants_amount)):
            raise Refused("terms", f"A reward of kind {self.kind} does not take these values.")
        if self.basis_points is not None and not 0 < self.basis_points <= MOST_BASIS_POINTS:
            raise Refused("terms", "A percentage is more than 0 and at most 100.")
        if self.amount is not None and self.amount.amount <= 0:
            raise Refused("terms", "An amount is more than zero.")

    @property
    def is_code(self) -> bool:
        return self.kind in CODE_KINDS


_FIELDS: Mapping[str, tuple[bool, bool]] = {  # may have (basis_points, amount)
    "percentage": (True, False), "fixed": (False, True), "store_credit": (True, True), "free_shipping": (False, False),
    "none": (False, False)}


Stage = Literal["nothing", "wait", "hold", "release"]


@dataclass(frozen=True, slots=True)
class Due:
    """What an order should have caused for one role, as of now.

    ``nothing``: no reward (refused, refunded, cancelled). ``wait``: something must happen first (payment, evidence, a case).
    ``hold``: only time must pass, until ``hold_until``. ``release``: issue it. ``worth`` is what the order deserves now;
    ``earned`` says whether the order was paid, so that its worth may be booked. ``basis`` is the order's net amount.
    """

    stage: Stage
    worth: Money
    why: str
    basis: int = 0
    earned: bool = True
    hold_until: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """The part of an order that a reward's worth depends on: goods as bought, what is left of them, shipping paid."""

    subtotal: Money
    net: Money
    shipping: Money
    dead: bool = False

    def left_of(self, amount: Money) -> Money:
        """``amount`` in proportion to what is left of the order; all of a free order that was not cancelled."""
        if self.dead:
            return Money.zero(amount.currency)
        return amount.share(self.net.amount, self.subtotal.amount) if self.subtotal else amount


def worth(terms: RewardTerms, bought: Bought) -> Money:
    """What the terms give for this order now. A percentage or free-shipping code is estimated (decision 3)."""
    currency = bought.net.currency
    if terms.kind == "none" or bought.dead or (terms.amount and terms.amount.currency != currency):
        return Money.zero(currency)
    if terms.kind == "free_shipping":
        return bought.left_of(bought.shipping)
    if terms.amount is not None:
        return bought.left_of(terms.amount)
    return bought.net.percent(terms.basis_points or 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """The stored facts of one reward that the books depend on, in minor units of one currency.

    ``amount``: as it was or would be issued. ``due``: what the order deserves now. ``spent``: taken off orders with it.
    ``taken``: decided to be taken back, ``closed``: really taken back at Shopify.
    """

    state: State
    is_code: bool
    amount: int
    due: int
    spent: int = 0
    taken: int = 0
    closed: int = 0


def books(reward: Standing) -> dict[PostingKind, int]:
    """What the open postings of a reward must sum to, by kind. Kinds that are absent must sum to zero."""
    if reward.state == "void":
        return {}
    if reward.state in BEFORE_ISSUE:
        return {"earn": reward.due}
    told: dict[PostingKind, int] = {"earn": reward.amount, "release": reward.amount}
    if reward.state in LEAVING:
        return told
    told["issue"] = reward.amount
    if reward.state == "expired":
        told["expire"] = reward.amount - reward.taken - reward.spent
    if reward.state != "expired" or not reward.is_code:
        told |= _undone(reward) | {"debt": debt(reward)}
    return told


def _undone(reward: Standing) -> dict[PostingKind, int]:
    told: dict[PostingKind, int] = {"take_back": reward.taken, "take_back_close": reward.closed, "spend": reward.spent}
    if reward.state == "spent" and reward.is_code:
        # A code is spent as a whole, for what Shopify really took off; the estimate is put right first.
        told["correct"] = max(0, reward.spent - reward.amount)
        told["correct_down"] = max(0, reward.amount - reward.spent)
    return told


def debt(reward: Standing) -> int:
    """What the advocate had and should not have had, and what can no longer be taken back at Shopify."""
    if not reward.is_code:
        # Until its end only what could not be taken back is known to be spent; then all of it is, and most of it rightly.
        return min(reward.spent, max(0, reward.amount - reward.due - reward.taken)) if reward.state == "expired" else reward.spent
    if reward.state == "reversed":
        return 0
    if reward.state == "spent":
        deserved = Fraction(min(reward.due, reward.amount), reward.amount) if reward.amount else Fraction(1)
        return reward.spent - half_up(reward.spent * deserved)
    return max(0, reward.amount - reward.due)


def next_state(state: State, due: Due, *, sent: bool) -> State:
    """Where a reward goes when its order asks for ``due``. What has left for Shopify changes only by what Shopify answers."""
    return _STAGES[due.stage] if state in BEFORE_ISSUE or (state in LEAVING and not sent) else state


_STAGES: Mapping[Stage, State] = {"nothing": "void", "wait": "pending", "hold": "hold", "release": "issuing"}


@dataclass(frozen=True, slots=True)
class Favoured:
    """Whoever is to get goodwill, as far as it matters. ``last_at``: when they last got some."""

    takes_part: bool
    has_address: bool
    in_review: bool
    last_at: datetime | None = None


def why_no_goodwill(known: Favoured, now: datetime) -> str | None:
    """Why this person gets nothing, or None: "stopped", "no_mail", "in_review" (a case about their friends is open or was refused),
    "lately"."""
    if not known.takes_part:
        return "stopped"
    if not known.has_address:
        return "no_mail"
    if known.in_review:
        return "in_review"
    return "lately" if known.last_at is not None and now < known.last_at + GOODWILL_APART else None

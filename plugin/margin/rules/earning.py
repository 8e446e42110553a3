"""Which orders earn a reward that asks for a bundle or a basket, and how high it is by the basket. Pure; for whoever judges an order.

Everything is asked of what remains of the order, so that a refund takes back what it no longer earns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.errors import Refused
from plugin.mirror.rules import Order
from plugin.money import Money


@dataclass(frozen=True, slots=True)
class Ask:
    """``bundles``: titles of offers, any of which the order must hold; none asks for none. ``least``: of the goods that remain."""

    bundles: frozenset[str] = frozenset()
    least: Money | None = None


@dataclass(frozen=True, slots=True)
class Height:
    """From ``least`` on the reward is ``basis_points`` of the order, or ``amount``."""

    least: Money
    basis_points: int | None = None
    amount: Money | None = None


def lacks(order: Order, ask: Ask) -> str | None:
    """"bundle", "basket", or None if the order has all that is asked for."""
    if ask.bundles and not ask.bundles & bundles_of(order):
        return "bundle"
    return "basket" if ask.least is not None and order.net.amount < _same(order, ask.least) else None


def bundles_of(order: Order) -> frozenset[str]:
    """Titles of the automatic discounts on lines of which something remains. The Function joins several with " + "."""
    titles = {discount.title for line in order.lines if line.left.amount > 0 or line.paid.amount == 0 < line.current_quantity
              for discount in line.discounts if discount.kind == "automatic"}
    return frozenset(part for title in titles for part in (title, *title.split(" + ")))


def height(order: Order, steps: Sequence[Height]) -> Height | None:
    """The highest step that what remains of the order reaches; None below the first. ``steps`` in any order."""
    reached = [step for step in steps if order.net.amount >= _same(order, step.least)]
    return max(reached, key=lambda step: step.least.amount, default=None)


def check_steps(steps: Sequence[Height]) -> None:
    """Raises Refused("steps") for two at one basket, none or two worths in a step, and a later one that is worth less."""
    ranked = sorted(steps, key=lambda step: step.least.amount)
    worths = [(step.basis_points or 0, step.amount.amount if step.amount else 0) for step in ranked]
    if any((step.basis_points is None) == (step.amount is None) for step in ranked):
        raise Refused("steps", "Each step is a percentage or an amount.")
    if len({step.least for step in ranked}) < len(ranked) or worths != sorted(worths) or len(set(worths)) < len(worths):
        raise Refused("steps", "A larger basket must be worth more.")


def _same(order: Order, amount: Money) -> int:
    if amount.currency != order.currency:
        raise Refused("currency", f"{order.currency} and {amount.currency} cannot be compared.")
    return amount.amount

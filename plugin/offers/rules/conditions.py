"""May this shopper have this offer at all? Everything but the goods that the offer itself needs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from plugin.offers.rules import compiled
from plugin.offers.rules.cart import Context, Line, Told
from plugin.offers.rules.compiled import Needs, Rule

CLASS_OF = {compiled.GROUP: "product", compiled.TIER: "product", compiled.GIFT: "product", compiled.ORDER: "order",
            compiled.SHIPPING: "shipping"}


def promised(context: Context, lines: Iterable[Line]) -> Context:
    """Who was shown an offer and took a line from it keeps its price, whatever arm the account has that they sign in with later."""
    return replace(context, marks=context.marks - {compiled.HELD_OUT + line.chosen for line in lines if line.chosen})


def refused(rule: Rule, context: Context) -> Told | None:
    """The first reason why the shopper cannot have it, None if nothing stands against it. The cart is asked by ``short``."""
    key = _refused(rule, rule.needs, context)
    return Told(rule.number, taken=False, key=key) if key else None


def _refused(rule: Rule, needs: Needs, context: Context) -> str | None:
    if CLASS_OF[rule.mechanic] not in context.classes:
        return "class"
    if not needs.opens >> context.passed & 1:
        return "schedule"
    if needs.countries and compiled.packed(context.country) not in needs.countries:
        return "country"
    if needs.currencies and compiled.packed(context.currency) not in needs.currencies:
        return "currency"
    if any(context.marks.isdisjoint(clause) for clause in needs.clauses):
        return "shopper"
    return "barred" if not context.marks.isdisjoint(needs.bars) else None


def short(rule: Rule, wanted: int, *, quantity: int, amount: int) -> Told | None:
    """What the cart lacks of the offer's least quantity, or of its least amount (``wanted``, in the cart's currency)."""
    if quantity < rule.needs.quantity:
        return Told(rule.number, taken=False, key="quantity", facts={"count": rule.needs.quantity - quantity})
    if amount < wanted:
        return Told(rule.number, taken=False, key="amount", facts={"amount": wanted - amount})
    return None


def ranked(rules: Sequence[Rule]) -> list[Rule]:
    """Higher priority first, then the smaller number."""
    return sorted(rules, key=lambda rule: (-rule.priority, rule.number))

"""Why an offer was taken or not, for the shopper's progress and the merchant's preview."""

from collections.abc import Sequence

from plugin.money import Money
from plugin.offers.rules import compiled
from plugin.offers.rules.applying import Application, Entry, application
from plugin.offers.rules.cart import Told


def taken_tier(entry: Entry, runs: Sequence[tuple[Application, int]], times: int) -> Told:
    """Taken so many times; for volume tiers also how many units are missing to the next step."""
    facts = {"times": times}
    if entry.rule.mechanic == compiled.TIER:
        units = sum(count for found, _ in runs for _, count, _ in found.units)
        ahead = [step.least - units for step in entry.rule.steps if step.least > units]
        facts |= {"more": ahead[0]} if ahead and len(entry.groups) == 1 else {}
    return Told(entry.rule.number, taken=True, key="taken", facts=facts)


def missing(entry: Entry, every: Sequence[int], prices: Sequence[int]) -> Told:
    """Of an offer that was not taken: goods are missing, others use them, or it would save nothing."""
    if application(entry, every, prices):
        return Told(entry.rule.number, taken=False, key="used")
    if entry.rule.mechanic == compiled.TIER:
        count = max((sum(every[at] for at in group) for group in entry.groups), default=0)
        more = entry.rule.steps[0].least - count
        return _short(entry, {"count": more, "slot": 0}) if more > 0 else Told(entry.rule.number, taken=False, key="nothing")
    for slot, (lines, wanted) in enumerate(zip(entry.reach, entry.rule.slots, strict=True)):
        more = wanted.count - sum(every[at] for at in lines)
        if more > 0:
            return _short(entry, {"count": more, "slot": slot})
    total = sum(every[at] for at in {at for lines in entry.reach for at in lines})
    more = sum(slot.count for slot in entry.rule.slots) - total
    return _short(entry, {"count": more, "slot": 0}) if more > 0 else Told(entry.rule.number, taken=False, key="nothing")


def reason(told: Told, currency: str) -> dict[str, object]:
    """The reason as a text of the catalogue: its ``key`` and the values that it names."""
    key = "taken_more" if told.taken and "more" in told.facts else told.key
    return {"key": f"reasons.{key}", **told.facts, "amount": Money(told.facts.get("amount", told.amount), currency)}


def _short(entry: Entry, facts: dict[str, int]) -> Told:
    return Told(entry.rule.number, taken=False, key="units", facts=facts)

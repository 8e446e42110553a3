"""What a shop pays for Tandem: nothing, so far. The one place that knows plans (docs/decisions/0007).

Plans are set up at Shopify (App Pricing); what a shop has subscribed to is read from its installation and kept on the shop's row.
"""

from dataclasses import dataclass
from typing import Protocol


class Subscriber(Protocol):
    """What is read of a shop."""

    @property
    def subscription(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """``name`` is the one at Shopify, "" for the plan that needs no subscription. Words: ``plans.<key>`` of the catalogue."""

    key: str
    name: str
    features: tuple[str, ...]


EVERYTHING = ("programmes", "offers", "planner", "lists", "languages", "privacy")
FREE = Plan("free", "", EVERYTHING)
PLANS: tuple[Plan, ...] = (FREE,)


def current(shop: Subscriber) -> Plan:
    """The plan of this shop. A subscription that no plan of ours bears is an older one: whoever pays keeps everything."""
    known = {plan.name: plan for plan in PLANS}
    return known.get(shop.subscription) or Plan("other", shop.subscription, EVERYTHING)

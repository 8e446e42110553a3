"""All lists of the desk by name."""

from plugin.desk.listing import Listing
from plugin.errors import NotFound
from plugin.guardrails.listing import CASES
from plugin.insights.letters import DELIVERIES
from plugin.insights.orders import ORDERS
from plugin.insights.referrals import REFERRALS
from plugin.insights.rewards import REWARDS
from plugin.insights.sales import SALES
from plugin.referrals.listing import ADVOCATES

LISTS: dict[str, Listing] = {one.name: one for one in (REFERRALS, ORDERS, ADVOCATES, REWARDS, CASES, DELIVERIES, SALES)}


def listing(name: str) -> Listing:
    """Raises NotFound."""
    if name not in LISTS:
        raise NotFound("list")
    return LISTS[name]

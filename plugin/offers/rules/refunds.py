"""What stays of a line's discount when some of its units come back.

The rule: the discount of a line belongs to its units alike, so it stays with the units that are kept, pro rata, and never grows.
"""

from plugin.errors import Refused
from plugin.offers.rules.amounts import half_up


def discount_kept(discount: int, *, quantity: int, kept: int) -> int:
    """Of the line's discount, what stays with ``kept`` units; rounded half up, never above the whole. Raises Refused("refund")."""
    if not 0 <= kept <= quantity or quantity <= 0 or discount < 0:
        raise Refused("refund", f"{kept} of {quantity} units cannot be kept.")
    return half_up(discount * kept, quantity)

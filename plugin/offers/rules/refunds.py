"""What is given back for some units of a discounted line.

The rule: the discount of a line belongs to its units alike. What is paid for ``kept`` of ``quantity`` units is the line after
discounts, pro rata, so the discount stays with the units that are kept and never grows; and whatever the steps in which units come
back, all of them together give back exactly what was paid.
"""

from plugin.errors import Refused
from plugin.offers.rules.amounts import half_up


def discount_kept(discount: int, *, quantity: int, kept: int) -> int:
    """Of the line's discount, what stays with ``kept`` units; rounded half up, never above the whole. Raises Refused("refund")."""
    if not 0 <= kept <= quantity or quantity <= 0 or discount < 0:
        raise Refused("refund", f"{kept} of {quantity} units cannot be kept.")
    return half_up(discount * kept, quantity)


def refundable(price: int, discount: int, *, quantity: int, kept: int, back: int) -> int:
    """Minor units for ``back`` more units, after which ``kept`` stay: the difference between what was and what is then paid.

    ``discount``: of the whole line, product and order discounts together. Raises Refused("refund")."""
    def paid(units: int) -> int:
        return price * units - discount_kept(discount, quantity=quantity, kept=units)

    if discount > price * quantity or back < 0:
        raise Refused("refund", "A line cannot give back what was not paid.")
    return paid(kept + back) - paid(kept)

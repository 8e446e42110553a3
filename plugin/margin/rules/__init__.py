"""The margin guard's rules. Pure."""

from plugin.margin.rules.floors import Floors
from plugin.margin.rules.sold import Sold, keeps, room
from plugin.margin.rules.takes import (
    CART_KINDS,
    LATER_KINDS,
    WHOLE,
    Cart,
    DiscountClass,
    Good,
    Outcome,
    Take,
    TakeKind,
    Verdict,
    trim,
    worst_cart,
)

__all__ = ["CART_KINDS", "LATER_KINDS", "WHOLE", "Cart", "DiscountClass", "Floors", "Good", "Outcome", "Sold", "Take", "TakeKind",
           "Verdict", "keeps", "room", "trim", "worst_cart"]

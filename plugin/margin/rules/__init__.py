"""The margin guard's rules. Pure."""

from plugin.margin.rules.takes import (
    CART_KINDS,
    WHOLE,
    Cart,
    DiscountClass,
    Good,
    Outcome,
    Take,
    TakeKind,
    Verdict,
    room,
    trim,
    worst_cart,
)

__all__ = ["CART_KINDS", "WHOLE", "Cart", "DiscountClass", "Good", "Outcome", "Take", "TakeKind", "Verdict", "room", "trim", "worst_cart"]

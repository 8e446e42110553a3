"""What a version of a programme would take from an order's margin. Pure."""

from plugin.margin.rules import WHOLE, Cart, DiscountClass, Take, TakeKind
from plugin.referrals.rules.versions import Version


def takes(version: Version) -> tuple[Take, ...]:
    """The friend's side. The advocate's reward is trimmed at settlement, so it breaks no floor and is no take here."""
    friend = version.friend
    if friend.kind in ("none", "free_shipping"):
        return ()  # shipping is no part of the goods' margin
    kind: TakeKind = "friend_discount" if friend.is_code else "reward"
    own_class: DiscountClass = "order"
    return (Take(programme=version.name, kind=kind, rate_bp=friend.basis_points, amount=friend.amount, own_class=own_class,
                 combines=version.combines, minimum=version.minimum),)


def most_rate(cart: Cart, floor_bp: int) -> int:
    """The largest friend's discount in basis points of the goods that leaves this cart its floor; negative if not even none does.

    The cart is left ``revenue`` of what it lists, of which ``revenue - margin`` is spent: the least revenue that keeps the floor is
    what is spent, divided by what the floor leaves for it. Rounded down, so that the answer itself is fine.
    """
    listed = sum(good.price * times for good, times in cart.goods)
    spent = sum(good.cost * times for good, times in cart.goods)
    if floor_bp >= WHOLE or listed <= 0:
        return -1
    least = -(-spent * WHOLE // (WHOLE - floor_bp))
    return (listed - least) * WHOLE // listed

"""What a version of a programme would take from an order's margin. Pure."""

from plugin.margin.rules import DiscountClass, Take, TakeKind
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

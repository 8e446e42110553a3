"""What a version of a programme would take from an order's margin. Pure."""

from collections.abc import Iterable
from datetime import datetime

from plugin.margin.rules import WHOLE, Cart, DiscountClass, Take, TakeKind
from plugin.margin.rules.published import Dated
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


def dated_takes(versions: Iterable[Version]) -> list[Dated]:
    """What programmes may take, each within the days on which its version is open."""
    return [Dated(take, *_open(version)) for version in versions for take in takes(version)]


def _open(version: Version) -> tuple[datetime | None, datetime | None]:
    since, until = (version.since, version.starts_at), (version.until, version.ends_at)
    return max(filter(None, since), default=None), min(filter(None, until), default=None)


def most_rate(cart: Cart, floor_bp: int) -> int:
    """The largest friend's discount in basis points of the goods that leaves this cart its floor; negative if not even none does.

    The cart is left ``revenue`` of what it lists, of which ``revenue - margin`` is spent: the least revenue that keeps the floor is
    what is spent, divided by what the floor and whoever has a share of it (a commission, points) leave for it. What the merchant's codes
    take is taken already. Rounded down, so that the answer itself is fine.
    """
    later = [take for take in cart.takes if take.kind in ("commission", "points")]
    listed, spent = cart.good.price * cart.times, cart.good.cost * cart.times + sum(take.amount.amount for take in later if take.amount)
    kept = WHOLE - floor_bp - sum(take.rate_bp or 0 for take in later if not take.amount)
    if kept <= 0 or listed <= 0:
        return -1
    least = -(-spent * WHOLE // kept)
    codes = sum(take.of(listed) for take in cart.takes if take.kind == "code")
    return (listed - codes - least) * WHOLE // listed

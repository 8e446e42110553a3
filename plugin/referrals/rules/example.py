"""A worked example: one order of a friend under a version, with the same sums that Shopify and the books would make. Pure."""

from dataclasses import dataclass

from plugin.money import Money, exponent
from plugin.referrals.rules.versions import Version
from plugin.rewards.rules import Bought, RewardTerms, worth

USUAL = 60
"""Units of a currency that a plain order might come to; a hundred times as many where a currency has no smaller part."""


@dataclass(frozen=True, slots=True)
class Example:
    """``spends`` is the goods before the discount, ``pays`` after it. ``friend`` and ``advocate`` are what they get later, as an
    amount; None for nothing and for what has no amount before it is used (a percentage, free shipping)."""

    spends: Money
    discount: Money
    pays: Money
    friend: Money | None
    advocate: Money | None


def example(version: Version, currency: str, spends: Money | None = None) -> Example:
    """``spends`` None: a usual order, or the smallest that counts where that is more."""
    goods = spends or usual(currency)
    for least in (version.minimum, _before(version.friend, version.basket)):
        goods = least if least is not None and least.amount > goods.amount else goods
    off = _discount(version.friend, goods)
    pays = goods - off
    bought = Bought(pays, pays, Money.zero(currency))
    return Example(goods, off, pays, _later(version.friend, bought) if not version.friend.is_code else None,
                   _later(version.advocate_for(pays), bought))


def usual(currency: str) -> Money:
    digits = exponent(currency)
    return Money(USUAL * 10 ** (digits or 2), currency)


def _before(friend: RewardTerms, basket: Money | None) -> Money | None:
    """What a basket must list so that it comes to this after the friend's discount."""
    if basket is None or not friend.is_code:
        return basket
    if friend.amount is not None:
        return basket + friend.amount
    left = 10_000 - (friend.basis_points or 0)
    return Money(-(-basket.amount * 10_000 // left), basket.currency) if left > 0 else basket


def _discount(friend: RewardTerms, goods: Money) -> Money:
    if not friend.is_code or friend.kind == "free_shipping":
        return Money.zero(goods.currency)
    if friend.amount is not None:
        return Money(min(goods.amount, friend.amount.amount), goods.currency)
    return goods.percent(friend.basis_points or 0)


def _later(terms: RewardTerms, bought: Bought) -> Money | None:
    return worth(terms, bought) if terms.kind in ("fixed", "store_credit") else None

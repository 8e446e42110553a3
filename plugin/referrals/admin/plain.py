"""A version in plain words for the merchant: who gets what and when, and one order worked through. Sums are ``rules.example``'s."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial

from plugin.messaging import texts
from plugin.money import Money
from plugin.referrals import sharing, wording
from plugin.referrals.rules import Version
from plugin.referrals.rules.clauses import rewards_later
from plugin.referrals.rules.example import Example, example
from plugin.rewards.rules import RewardTerms

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Plain:
    """``sentences`` say the rules, ``steps`` one order of a friend of Anna's."""

    sentences: tuple[str, ...]
    steps: tuple[str, ...]


def plain(version: Version, *, currency: str, locale: str, zone: tzinfo, spends: Money | None = None) -> Plain:
    """``locale``: in which the merchant reads; days begin in ``zone``; ``spends``: what an order usually comes to, where known."""
    say = partial(texts.say, locale)
    return Plain(tuple(_sentences(version, say, locale, zone)), tuple(_steps(version, example(version, currency, spends), say, locale)))


def _sentences(version: Version, say: Say, locale: str, zone: tzinfo) -> Iterator[str]:
    yield say(f"programmes.plain.who_{version.enrol}")
    friend = sharing.gets(locale, version.friend)
    yield say("programmes.plain.friend", friend_gets=friend) if friend else say("programmes.plain.friend_nothing")
    yield from _later(version, say, locale)
    yield from _counting(version, say, locale)
    yield from _lasting(version, say, zone)


def _later(version: Version, say: Say, locale: str) -> Iterator[str]:
    advocate = sharing.gets(locale, version.advocate)
    if not advocate:
        yield say("programmes.plain.advocate_nothing")
    elif version.hold.days:
        yield say("programmes.plain.advocate", advocate_gets=advocate, count=version.hold.days)
    else:
        yield say("programmes.plain.advocate_at_once", advocate_gets=advocate)
    if version.bundles:
        yield say("programmes.plain.bundles", bundles=wording.bundles(version.bundles, locale))
    if version.basket is not None:
        yield say("programmes.plain.basket", basket=version.basket)
    if version.steps:
        yield say("programmes.plain.steps", steps=wording.steps(version.heights(), locale))
    if version.expiry is not None and rewards_later(version):
        yield say("programmes.plain.expiry", count=version.expiry.days)


def _counting(version: Version, say: Say, locale: str) -> Iterator[str]:
    yield say("programmes.plain.window", count=version.window.days)
    if version.new_only:
        yield say("programmes.plain.new_only")
    if version.minimum is not None:
        yield say("programmes.plain.minimum", minimum=version.minimum)
    if version.countries:
        yield say("programmes.plain.countries", countries=wording.listed("countries", version.countries, locale))
    if version.cap is not None and version.cap_period is not None:
        yield say("programmes.plain.cap_period", count=version.cap, days=version.cap_period.days)
    elif version.cap is not None:
        yield say("programmes.plain.cap", count=version.cap)


def _lasting(version: Version, say: Say, zone: tzinfo) -> Iterator[str]:
    if version.starts_at is not None:
        yield say("programmes.plain.starts", starts_at=version.starts_at.astimezone(zone))
    last = version.last_day()
    if last is not None:
        yield say("programmes.plain.ends", ends_at=last.astimezone(zone))


def _steps(version: Version, sums: Example, say: Say, locale: str) -> Iterator[str]:
    friend = sharing.gets(locale, version.friend)
    if version.friend.is_code and friend:
        yield say("programmes.plain.buys_with", spends=sums.spends, friend_gets=friend, pays=sums.pays)
    else:
        yield say("programmes.plain.buys", pays=sums.pays)
    when = "later" if version.hold.days else "at_once"
    for side, terms, amount in (("friend", version.friend, sums.friend), ("advocate", version.advocate_for(sums.pays), sums.advocate)):
        if terms.kind != "none" and not (side == "friend" and terms.is_code):
            yield say(f"programmes.plain.step_{side}_{when}", count=version.hold.days, gets=_worth(terms, amount, locale))


def _worth(terms: RewardTerms, amount: Money | None, locale: str) -> str:
    """What comes of it here: a share of the order as its amount, all else as it was promised."""
    if amount is not None:
        return texts.reward(locale, terms.kind, amount=amount)
    return sharing.gets(locale, terms) or ""

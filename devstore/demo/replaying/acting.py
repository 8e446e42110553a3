"""The file knows no referrals: who shares, who follows whom and who spends a reward is drawn from a seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from devstore.demo.replaying.steps import Part, Sale, Step

SHARE, FOLLOW_NEW, FOLLOW_KNOWN, CONSENT, SPEND = 0.12, 0.30, 0.01, 0.6, 0.5
SAID = (f"Simulated, from a seed, because the file knows no referrals: {SHARE:.0%} of orders make an advocate, {FOLLOW_NEW:.0%} of new "
        f"customers and {FOLLOW_KNOWN:.0%} of known ones come by an advocate's link; names, addresses and devices are made up.")
WARM_UP = timedelta(days=3)
"""A link is followed no sooner after it was made."""


@dataclass
class _Cast:
    """Who has bought and who shares, so far."""

    chance: random.Random
    seen: set[str] = field(default_factory=set)
    advocates: list[tuple[datetime, str]] = field(default_factory=list)
    sharing: set[str] = field(default_factory=set)

    def part(self, sale: Sale) -> Part:
        """The same number of draws for everybody, so that one part does not shift all later ones."""
        follow, share, consent, spend, which = (self.chance.random() for _ in range(5))
        new = sale.shopper not in self.seen
        self.seen.add(sale.shopper)
        known = [number for at, number in self.advocates if at + WARM_UP <= sale.at and number != sale.shopper]
        follows = known[int(which * len(known))] if known and follow < (FOLLOW_NEW if new else FOLLOW_KNOWN) else None
        shares = sale.shopper not in self.sharing and share < SHARE
        spends = sale.shopper in self.sharing and follows is None and spend < SPEND
        if shares:
            self.sharing.add(sale.shopper)
            self.advocates.append((sale.at, sale.shopper))
        return Part(shares, follows, follows is not None and consent < CONSENT, spends)


def cast(steps: list[Step], seed: int) -> list[Step]:
    """Everybody who is no guest gets a part."""
    return list(_cast(steps, _Cast(random.Random(seed))))


def _cast(steps: list[Step], play: _Cast) -> Iterator[Step]:
    for step in steps:
        yield replace(step, part=play.part(step)) if isinstance(step, Sale) and not step.guest else step

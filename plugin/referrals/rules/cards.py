"""What cards show: the picture of a link's preview card, and the badge and the impact of an advocate's own. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from plugin.money import Money

WIDTH, HEIGHT = 1200, 630
"""What messengers ask for: large enough for the large card, in its proportions (https://ogp.me, and each of them says so)."""
TIERS = (1, 5, 10, 25)
"""Friends at which the next badge begins."""
TOGETHER = 5
"""Friends below which it stays untold what they saved: of one or two it would say what they bought."""


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    alt: str
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Impact:
    """What an advocate brought about. ``saved``: by currency what friends paid less; empty where they are too few to tell."""

    friends: int
    saved: tuple[Money, ...] = ()

    @property
    def badge(self) -> int:
        """The tier reached, 0 before the first friend."""
        return max((tier for tier in TIERS if tier <= self.friends), default=0)


def impact(friends: int, saved: Iterable[Money]) -> Impact:
    """Sums are told as "more than": the exact one, watched from day to day, would be that of a single order."""
    return Impact(friends, tuple(filter(None, map(at_least, saved))) if friends >= TOGETHER else ())


def at_least(sum: Money) -> Money:
    """Rounded down to its first digit and a half of the second: 47.35 is 45.00, 199.99 is 150.00. Nothing below one is zero."""
    if sum.amount <= 0:
        return Money(0, sum.currency)
    step = max(1, 10 ** (len(str(sum.amount)) - 1) // 2)
    return Money(sum.amount // step * step, sum.currency)


def card(title: str, image: str) -> Picture | None:
    """The picture of a product, cut to the card's size by Shopify's CDN. None for what is no address of the web."""
    try:
        parts = urlsplit(image)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("width", "height", "crop")]
    asked = urlencode([*kept, ("width", WIDTH), ("height", HEIGHT), ("crop", "center")])
    return Picture(parts._replace(query=asked, fragment="").geturl(), title)

"""The picture of a link's preview card. Pure."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

WIDTH, HEIGHT = 1200, 630
"""What messengers ask for: large enough for the large card, in its proportions (https://ogp.me, and each of them says so)."""


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    alt: str
    width: int = WIDTH
    height: int = HEIGHT


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

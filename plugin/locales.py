"""Which languages we speak, and which of them serves somebody best.

A *tag* is what others call a language ("de", "de_AT", "pt-PT", junk); a *locale* is one of ours. Texts follow the locale,
numbers and dates the tag's own region, if that speaks our language.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from unicodedata import bidirectional, category

from babel import Locale, UnknownLocaleError

LOCALES = ("en", "de", "fr", "es", "pt-BR", "ja", "ar")
FALLBACK = "en"
_BY_LANGUAGE = {locale.split("-")[0]: locale for locale in LOCALES}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_LONGEST = 400
_JOINERS = frozenset("\u200c\u200d")  # Persian and Indic names are spelt with them, and joined emoji


def closest(tag: str | None) -> str:
    """The locale of ours that serves this one best: "de_AT" → "de", "pt" → "pt-BR", "xx" or None → "en"."""
    return _ours(tag) or FALLBACK


def chosen(*wanted: str | None) -> str:
    """The first tag among these that speaks a language of ours, else English. Each is a tag, an Accept-Language header, or
    missing; what the first cannot have is looked for in the next: the visitor's, the browser's, the shop's."""
    return next((tag for one in wanted if one for tag in _ranked(one)), FALLBACK)


@lru_cache(maxsize=256)
def region(tag: str | None) -> str:
    """How numbers and dates are written, as Babel names it: by the reader's own region if it speaks a language of ours
    ("en-GB" → "en_GB"), else by our locale."""
    try:
        found = str(Locale.parse((tag or "").replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return closest(tag).replace("-", "_")
    return found if _ours(found) and "_" in found else closest(found).replace("-", "_")


def language(tag: str | None) -> str:
    """What a page that is written for this tag says of itself (HTML's ``lang``): "en-GB", "pt-BR"."""
    return region(tag).replace("_", "-")


def direction(tag: str | None) -> str:
    """Of writing, as HTML's ``dir`` names it: "rtl" for Arabic, else "ltr"."""
    return Locale.parse(closest(tag).replace("-", "_")).text_direction


def _ours(tag: str | None) -> str | None:
    return _BY_LANGUAGE.get(re.split("[-_]", tag or "", maxsplit=1)[0].lower())


def _ranked(header: str) -> list[str]:
    """The tags of a header that speak a language of ours, best first. A tag alone is a header of one."""
    return [tag for tag, rank in sorted(_weighed(header[:_LONGEST]), key=lambda pair: -pair[1]) if rank > 0]


def _weighed(header: str) -> Iterator[tuple[str, Decimal]]:
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        if _TAG.fullmatch(tag.strip()) and _ours(tag.strip()):
            yield tag.strip(), _weight(parameter)


def _weight(parameter: str) -> Decimal:
    quality = re.fullmatch(r"\s*q=([01](?:\.[0-9]{1,3})?)\s*", parameter)
    return Decimal(quality[1]) if quality else Decimal(0 if parameter.strip() else 1)


def apart(name: str, tag: str | None) -> str:
    """What somebody else wrote, to stand inside of a text in this language: without line breaks and other signs that nobody sees, and,
    where its letters run the other way, isolated (Unicode's FSI and PDI), so that it moves nothing around it."""
    seen = " ".join("".join(sign for sign in name if sign.isspace() or sign in _JOINERS or category(sign)[0] != "C").split())
    mirrored = any(bidirectional(sign) in ("R", "AL") for sign in seen)
    return f"\u2068{seen}\u2069" if mirrored or direction(tag) == "rtl" else seen

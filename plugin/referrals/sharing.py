"""What an advocate sees and sends: the share body, the terms in one line, prepared addresses per channel.

Everything here is made of values; nothing is read or stored. What came of it is told by ``earnings``.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict
from urllib.parse import quote

import segno
from babel import Locale
from babel.lists import format_list

from plugin.attribution.tables import Link
from plugin.messaging import share, texts
from plugin.messaging.share import ShareTexts
from plugin.referrals.rules import Version
from plugin.rewards.rules import RewardTerms

PROXY = "/apps/tandem"


class ShareBody(TypedDict):
    state: str
    headline: str
    friend_gets: str | None
    advocate_gets: str | None
    terms: str
    terms_url: str
    link: str
    code: str
    texts: ShareTexts
    urls: Mapping[str, str]
    qr: str


def gets(locale: str | None, terms: RewardTerms) -> str | None:
    """A reward in words; None for nothing."""
    if terms.kind == "none":
        return None
    return texts.reward(locale, terms.kind, basis_points=terms.basis_points, amount=terms.amount)


def link_of(storefront: str, slug: str) -> str:
    """The address that an advocate shares. ``storefront`` without a slash at its end."""
    return f"{storefront}{share.LINKS}/{slug}"


def terms_path(version: Version) -> str:
    """Where the customer terms of its programme stand in a store: those in force, whatever version the reader came from."""
    return f"{share.TERMS}/{version.programme_id}"


def share_body(link: Link, version: Version, *, shop: str, storefront: str, locale: str | None, words: str | None = None) -> ShareBody:
    """Everything that a share panel needs. ``words``: the advocate's own text; for nobody's eyes but theirs."""
    friend_gets, advocate_gets = gets(locale, version.friend), gets(locale, version.advocate)
    address = link_of(storefront, link.slug)
    prepared = share.prepared(locale, shop=shop, link=address, friend_gets=friend_gets, short=link_of(storefront, link.code.lower()))
    if words:
        prepared = share.personal(prepared, words, address)
    return {"state": "ready", "headline": share.headline(locale, friend_gets=friend_gets, advocate_gets=advocate_gets),
            "friend_gets": friend_gets, "advocate_gets": advocate_gets, "terms": terms_line(version, locale),
            "terms_url": f"{storefront}{terms_path(version)}", "link": address,
            "code": link.code, "texts": prepared, "urls": addresses(prepared), "qr": qr(address)}


def addresses(prepared: ShareTexts) -> dict[str, str]:
    """Where each channel takes its text, percent-encoded UTF-8 throughout; line ends in mail are CRLF (RFC 6068)."""
    mail = prepared["email"]
    body = mail["body"].replace("\r\n", "\n").replace("\n", "\r\n")
    return {"whatsapp": f"https://wa.me/?text={_encoded(prepared['whatsapp'])}",
            "sms": f"sms:?&body={_encoded(prepared['sms'])}",
            "email": f"mailto:?subject={_encoded(mail['subject'])}&body={_encoded(body)}",
            "x": f"https://x.com/intent/post?text={_encoded(prepared['x'])}",
            "facebook": f"https://www.facebook.com/sharer/sharer.php?u={_encoded(prepared['facebook'])}"}


def qr(address: str) -> str:
    """The address as an SVG data URI, readable with a quarter of it dirty."""
    return str(segno.make(address, error="q", micro=False).svg_data_uri(scale=4, border=4))


def terms_line(version: Version, locale: str | None) -> str:
    """A version's terms for advocates, in one line of their language: generated, so that they cannot differ from what is judged."""
    return _line(locale, [_promise(version, locale)], _conditions(version, locale) + _rewarding(version, locale))


def friend_terms(version: Version, locale: str | None) -> str:
    """The part of the terms that a friend must know; empty where there is none."""
    return _line(locale, _conditions(version, locale))


def _line(locale: str | None, *sentences: Sequence[str]) -> str:
    """Each sentence is made of parts; what stands between and behind them is the language's own."""
    between = texts.say(locale, "terms.between")
    whole = [between.join(parts) for parts in sentences if parts]
    return " ".join(texts.say(locale, "terms.sentence", words=f"{one[0].upper()}{one[1:]}") for one in whole)


def _promise(version: Version, locale: str | None) -> str:
    friend, advocate = gets(locale, version.friend), gets(locale, version.advocate)
    if friend and advocate:
        return texts.say(locale, "terms.both", friend_gets=friend, advocate_gets=advocate)
    key, given = ("friend", {"friend_gets": friend}) if friend else ("advocate_only", {"advocate_gets": advocate})
    return texts.say(locale, f"terms.{key}", **given)


def _conditions(version: Version, locale: str | None) -> list[str]:
    found = [texts.say(locale, "terms.new_only")] if version.new_only else []
    if version.minimum is not None:
        found.append(texts.say(locale, "terms.minimum", minimum=version.minimum))
    if version.countries:
        found.append(texts.say(locale, "terms.countries", countries=_countries(version.countries, locale)))
    if version.ends_at is not None:
        found.append(texts.say(locale, "terms.ends", ends=version.last_day()))
    if version.gives_code():
        found.append(texts.say(locale, "terms.once"))
    return found


def _rewarding(version: Version, locale: str | None) -> list[str]:
    """What is said only to advocates who get something."""
    if version.advocate.kind == "none":
        return []
    found = _asked(version, locale)
    found += [texts.say(locale, "terms.hold", count=version.hold.days)] if version.hold.days else []
    if version.cap is not None and version.cap_period is not None:
        found.append(texts.say(locale, "terms.cap_period", count=version.cap, days=version.cap_period.days))
    elif version.cap is not None:
        found.append(texts.say(locale, "terms.cap", count=version.cap))
    if version.expiry is not None:
        found.append(texts.say(locale, "terms.expiry", count=version.expiry.days))
    return found


def _asked(version: Version, locale: str | None) -> list[str]:
    """What a friend's order must hold for the reward."""
    found = []
    if version.bundles:
        titles = format_list(sorted(one.title for one in version.bundles), style="or", locale=Locale.parse(texts.region(locale)))
        found.append(texts.say(locale, "terms.bundles", bundles=titles))
    if version.basket is not None:
        found.append(texts.say(locale, "terms.basket", basket=version.basket))
    return found + [texts.say(locale, "terms.step", least=step.least, gets=gets(locale, terms)) for step, terms in version.heights()]


def _countries(codes: Iterable[str], locale: str | None) -> str:
    place = texts.region(locale)
    names = Locale.parse(place).territories
    return str(format_list(sorted(str(names.get(code, code)) for code in codes), locale=place))


def _encoded(text: str) -> str:
    return quote(text, safe="")

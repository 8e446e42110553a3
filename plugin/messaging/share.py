"""The prepared messages of a share: what the shopper sends from their own phone or account."""

from collections.abc import Sequence
from typing import TypedDict

from plugin.messaging.channels import for_sms, sms_segments, x_weight
from plugin.messaging.texts import say

LINKS = "/apps/tandem/r"
"""Where advocates' links stand in their store."""
TERMS = "/apps/tandem/terms"
"""Where the customer terms of a programme stand in its store: behind it comes the programme's id."""


MOST_ON_X = 280


class EmailText(TypedDict):
    subject: str
    body: str


class ShareTexts(TypedDict):
    whatsapp: str
    sms: str
    email: EmailText
    x: str
    facebook: str
    native: str


def headline(locale: str | None, *, friend_gets: str | None, advocate_gets: str | None) -> str:
    """One sentence over the share panel. Both are words as ``texts.reward`` makes them; None where that side gets nothing."""
    if friend_gets and advocate_gets:
        return say(locale, "share.headline", friend_gets=friend_gets, advocate_gets=advocate_gets)
    if friend_gets:
        return say(locale, "share.headline_friend_only", friend_gets=friend_gets)
    return say(locale, "share.headline_advocate_only", advocate_gets=advocate_gets or "")


def prepared(locale: str | None, *, shop: str, link: str, friend_gets: str | None, short: str | None = None) -> ShareTexts:
    """A text per channel, each fit for it (``channels``); for Facebook the link alone, because Facebook takes nothing else. ``short``
    leads where ``link`` does, for an SMS that has no room for more."""
    way = "with" if friend_gets else "plain"
    values = {"shop": shop, "link": link, "friend_gets": friend_gets or ""}

    def text(name: str, **other: str) -> str:
        return say(locale, f"share.{way}.{name}", **values | other)

    links = (link, short or link)
    whole = [text("sms", link=one) for one in links]
    gets = [f"{friend_gets} {one}" for one in links if friend_gets]
    brief = [text("sms_short", link=one) for one in links]
    return {"whatsapp": text("whatsapp"), "sms": _sms([*whole, *gets, *brief, *links]), "x": text("x"), "native": text("native"),
            "facebook": link, "email": {"subject": text("email.subject"), "body": text("email.body")}}


def personal(ours: ShareTexts, words: str, link: str) -> ShareTexts:
    """The same in an advocate's own words, which carry the link whether they wrote it or not. What is too long for X stays ours there."""
    own = words if link in words else f"{words} {link}"
    return {**ours, "whatsapp": own, "native": own, "sms": for_sms(own), "x": own if x_weight(own) <= MOST_ON_X else ours["x"],
            "email": {"subject": ours["email"]["subject"], "body": own}}


def _sms(shorter: Sequence[str]) -> str:
    """One segment, so that it costs the sender no more than any SMS: all of it, or what the friend gets, or that there is something, or
    the link alone; each with the readable link if there is room for it, else with the short one."""
    return next((told for told in map(for_sms, shorter) if sms_segments(told) == 1), shorter[-1])

"""The prepared messages of a share: what the shopper sends from their own phone or account."""

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


def prepared(locale: str | None, *, shop: str, link: str, friend_gets: str | None) -> ShareTexts:
    """A text per channel, each fit for it (``channels``); for Facebook the link alone, because Facebook takes nothing else."""
    way = "with" if friend_gets else "plain"
    values = {"shop": shop, "link": link, "friend_gets": friend_gets or ""}

    def text(name: str) -> str:
        return say(locale, f"share.{way}.{name}", **values)

    return {"whatsapp": text("whatsapp"), "sms": _sms(text("sms"), friend_gets, link), "x": text("x"), "native": text("native"),
            "facebook": link, "email": {"subject": text("email.subject"), "body": text("email.body")}}


def personal(ours: ShareTexts, words: str, link: str) -> ShareTexts:
    """The same in an advocate's own words, which carry the link whether they wrote it or not. What is too long for X stays ours there."""
    own = words if link in words else f"{words} {link}"
    return {**ours, "whatsapp": own, "native": own, "sms": for_sms(own), "x": own if x_weight(own) <= MOST_ON_X else ours["x"],
            "email": {"subject": ours["email"]["subject"], "body": own}}


def _sms(whole: str, friend_gets: str | None, link: str) -> str:
    """One segment, so that it costs the sender no more than any SMS: all of it, or what the friend gets, or the link alone."""
    shorter = (whole, f"{friend_gets} {link}" if friend_gets else link, link)
    return next((told for told in map(for_sms, shorter) if sms_segments(told) == 1), link)

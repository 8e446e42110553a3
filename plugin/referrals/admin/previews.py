"""What friends and advocates will read under the rules being typed, in the shop's own language, before anything is published."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from plugin.messaging import share, texts
from plugin.referrals import sharing
from plugin.referrals.admin.typed import as_read, currency_of
from plugin.referrals.rules import Faulty, Version, read_form
from plugin.referrals.rules.filling import Values
from plugin.shops.tables import Shop


@dataclass(frozen=True, slots=True)
class Preview:
    """The words of the landing page and of the share panel. The same functions write them there."""

    title: str
    lead: str
    button: str
    note: str
    terms: str
    headline: str
    advocate_terms: str


def preview(values: Values, shop: Shop, now: datetime) -> Preview | None:
    """None while the form has faults."""
    try:
        version = read_form(as_read(values, shop), currency=currency_of(shop), now=now)
    except Faulty:
        return None
    return _words(version, shop)


def _words(version: Version, shop: Shop) -> Preview:
    say, name = partial(texts.say, shop.locale), shop.name or shop.domain
    friend_gets, advocate_gets = sharing.gets(shop.locale, version.friend), sharing.gets(shop.locale, version.advocate)
    title = say("landing.title", friend_gets=friend_gets, shop=name) if friend_gets else say("landing.title_plain", shop=name)
    return Preview(
        title=title, lead=say("landing.lead", shop=name),
        button=say("landing.button") if version.gives_code() else say("landing.button_plain"),
        note=say("landing.code_note") if version.gives_code() else say("landing.credit_note") if friend_gets else "",
        terms=sharing.friend_terms(version, shop.locale),
        headline=share.headline(shop.locale, friend_gets=friend_gets, advocate_gets=advocate_gets),
        advocate_terms=sharing.terms_line(version, shop.locale))

"""What friends and advocates will read under the rules being typed, before anything is published; nothing is kept.

Each screen is made by the template or the function that makes it for the shopper. What cannot be read yet is told, and the preview
goes on with what stood there before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from babel import Locale
from flask import render_template, request

from plugin.attribution.tables import Link
from plugin.locales import closest, region
from plugin.messaging import facts, letters, texts
from plugin.messaging.filters import zone
from plugin.messaging.letters import Setting
from plugin.money import Money
from plugin.referrals import earnings, sharing, wording
from plugin.referrals.admin.plain import Plain, plain
from plugin.referrals.admin.typed import as_read, currency_of, told
from plugin.referrals.rules import Fault, Faulty, Version, read_form
from plugin.referrals.rules.example import example
from plugin.referrals.rules.filling import Values, suggested
from plugin.referrals.storefront import landing, me, terms
from plugin.referrals.storefront.asking import storefront_of
from plugin.shops.tables import Shop
from plugin.web.shell import locale_of

DEVICES = ("phone", "desktop")
_TRIES = 3
_NAMES = {"ja": "アンナ", "ar": "آنا"}
_LINK = Link(id=UUID(int=0), slug="anna-7k3qx2m9pa", code="7K3QX2M9PA")


@dataclass(frozen=True, slots=True)
class Look:
    """Which screen, as seen on which device, in which of our languages; ``spends``: what an order usually comes to here, if known."""

    screen: str
    device: str
    locale: str
    spends: Money | None = None

    @property
    def switches(self) -> dict[str, str]:
        """As the switches say it, to be kept in an address."""
        return {"look_screen": self.screen, "look_device": self.device, "look_locale": self.locale}


@dataclass(frozen=True, slots=True)
class Preview:
    """``faults``: fields that cannot be read yet, with what is wrong. ``html``: the screen, a document of its own. ``plain`` and
    ``html`` are None where not even a beginning can be read."""

    look: Look
    faults: Mapping[str, str]
    plain: Plain | None = None
    html: str | None = None

    @property
    def spoken(self) -> list[tuple[str, str]]:
        """Every language that there is, by its own name."""
        return [(locale, str(Locale.parse(region(locale)).get_display_name(region(locale)))) for locale in wording.published()]


def look(shop: Shop, spends: Money | None = None) -> Look:
    """As the switches beside the preview say, or the address to which they were kept; nonsense is the first choice."""
    screen, device, locale = (request.values.get(name, "") for name in ("look_screen", "look_device", "look_locale"))
    return Look(screen if screen in SCREENS else next(iter(SCREENS)), device if device in DEVICES else DEVICES[0],
                locale if locale in wording.published() else closest(shop.locale), spends)


def preview(values: Values, shop: Shop, look: Look, *, base: Values | None, now: datetime) -> Preview:
    """``base``: what stands in for a field that cannot be read; None: what is suggested for a new programme."""
    version, faults = _readable(values, shop, base or suggested(shop.name or shop.domain, currency_of(shop)), now)
    wrong = {fault.field: told(locale_of(shop), fault) for fault in reversed(faults)}
    if version is None:
        return Preview(look, wrong)
    words = plain(version, currency=currency_of(shop), locale=locale_of(shop), zone=zone(shop.timezone), spends=look.spends)
    return Preview(look, wrong, words, SCREENS[look.screen](version, shop, look))


def _readable(values: Values, shop: Shop, base: Values, now: datetime) -> tuple[Version | None, tuple[Fault, ...]]:
    """The version that these values mean, with unreadable ones replaced, and what was wrong with them."""
    first: tuple[Fault, ...] = ()
    for _ in range(_TRIES):
        try:
            return read_form(as_read(values, shop), currency=currency_of(shop), now=now), first
        except Faulty as faulty:
            first = first or faulty.faults
            values = {**values, **{name: base[name] for fault in faulty.faults for name in _with(fault.field)}}
    return None, first


def _with(field: str) -> tuple[str, ...]:
    """A reward's kind and value belong together, and so do the smallest order and the friend's amount."""
    side = field.partition("_")[0]
    if side in ("advocate", "friend"):
        return (f"{side}_kind", f"{side}_value")
    return (field, "friend_kind", "friend_value") if field == "minimum" else (field,)


def _landing(version: Version, shop: Shop, look: Look) -> str:
    return _document("storefront/landing.html", shop, look.locale, link=sharing.link_of(storefront_of(shop), _LINK.slug), picture=None,
                     action="", claim="", **landing.words(shop, version, look.locale))


def _thank_you(version: Version, shop: Shop, look: Look) -> str:
    return _document("programmes/thank_you.html", shop, look.locale, share=_share(version, shop, look.locale))


def _page(version: Version, shop: Shop, look: Look) -> str:
    return _document("storefront/me.html", shop, look.locale, share=_share(version, shop, look.locale),
                     rewards=earnings.rewards_body((), look.locale), shop_url=storefront_of(shop), **me.BLANK)


def _mail(version: Version, shop: Shop, look: Look) -> str:
    """The mail that an advocate gets when their reward is given; a percentage is what stands in it, an amount what comes of an order."""
    worth = version.advocate
    if worth.kind == "none":
        return _document("programmes/no_mail.html", shop, locale_of(shop))
    if worth.kind == "store_credit" and worth.amount is None:
        worth = replace(worth, basis_points=None, amount=example(version, currency_of(shop), look.spends).advocate)
    earned = facts.earned(facts.Worth(worth.kind, worth.basis_points, worth.amount), code=_LINK.code if worth.is_code else None,
                          expires_at=None, programme_id=version.programme_id)
    setting = Setting(look.locale, shop.name or shop.domain, storefront_of(shop), _NAMES.get(look.locale, "Anna"), "#")
    return letters.compose("earned", earned, setting).html


def _terms(version: Version, shop: Shop, look: Look) -> str:
    return _document("storefront/terms.html", shop, look.locale, **terms.words(shop, version, look.locale))


def _share(version: Version, shop: Shop, locale: str) -> sharing.ShareBody:
    return sharing.share_body(_LINK, version, shop=shop.name or shop.domain, storefront=storefront_of(shop), locale=locale)


def _document(template: str, shop: Shop, locale: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template wants
    return render_template(template, t=partial(texts.say, locale), locale=locale, shop_name=shop.name or shop.domain, **values)


SCREENS: dict[str, Callable[[Version, Shop, Look], str]] = {
    "landing": _landing, "thank_you": _thank_you, "page": _page, "mail": _mail, "terms": _terms}

"""What a merchant typed into a programme: as the rules read it, and back with each fault beside its field."""

from functools import partial
from typing import TypedDict

from flask import request

from plugin.errors import TryAgain
from plugin.messaging import texts
from plugin.messaging.filters import zone
from plugin.referrals.rules import Fault, Faulty
from plugin.referrals.rules.filling import FIELDS, SEVERAL, Values, dated
from plugin.shops.tables import Shop
from plugin.web.shell import locale_of


class Form(TypedDict):
    """What ``kit.html`` wants of a form."""

    values: Values
    errors: dict[str, str]


def typed() -> Values:
    """The fields of the request, as they were typed."""
    return {name: request.form.getlist(name) if name in SEVERAL else request.form.get(name, "") for name in FIELDS}


def as_read(values: Values, shop: Shop) -> Values:
    """The same with days as moments: a day begins where the shop is."""
    return dated(values, zone(shop.timezone))


def currency_of(shop: Shop) -> str:
    """In what the shop keeps its books. Raises TryAgain while Shopify has not told us yet, moments after the install."""
    if not shop.currency:
        raise TryAgain("the shop's currency is not known yet", shop=str(shop.id))
    return shop.currency


def fresh(values: Values) -> Form:
    return Form(values=values, errors={})


def faulty(values: Values, faults: Faulty, shop: Shop) -> Form:
    """The first fault of each field is told; mending it shows the next."""
    in_words = partial(told, locale_of(shop))
    return Form(values=values, errors={fault.field: in_words(fault) for fault in reversed(faults.faults)})


def told(locale: str, fault: Fault) -> str:
    """What is wrong, and what would be right."""
    key = f"range_{fault.field}" if fault.reason == "range" else fault.reason
    return texts.say_or(locale, f"programmes.fault.{key}", fault.text)

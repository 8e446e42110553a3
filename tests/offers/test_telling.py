"""Every reason that the engine can give has its words, in every language."""

import re
from pathlib import Path

import pytest

from plugin.locales import LOCALES
from plugin.messaging.texts import keys, tell
from plugin.offers.rules import evaluation
from plugin.offers.rules.cart import Told
from plugin.offers.rules.compiling import Shop
from plugin.offers.rules.model import Basket
from plugin.offers.rules.telling import reason
from tests.offers.cast import line
from tests.offers.said import FREE, NOW, given, offer, part, rate, why
from tests.offers.test_kinds import GIFT, TIERS

RULES = Path(evaluation.__file__).parent
GIVEN = ("class", "schedule", "country", "currency", "market", "shopper", "barred", "quantity", "amount", "units", "used", "better",
         "nothing", "margin", "taken")


def test_no_reason_is_without_words() -> None:
    """Also those that a later hand adds to the rules."""
    found = {key for path in RULES.glob("*.py") for key in re.findall(r'Told\([^)]*key="([a-z_]+)"', path.read_text())}
    assert found <= set(GIVEN)
    assert {f"reasons.{key}" for key in GIVEN} <= keys("en")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", GIVEN)
def test_reasons_are_told(locale: str, key: str) -> None:
    assert tell(locale, reason(Told(1, key == "taken", key, 100, {"count": 2, "more": 3}), "EUR"))


def test_the_words_say_what_is_missing() -> None:
    assert _said(given(GIFT, line(1, 4500), line(4, 1000)).told[0]) == "\u20ac5.00 more needed in the cart."
    assert _said(given(TIERS, line(1, 300, 3)).told[0]) == "Units of its goods still needed: 2."
    assert _said(given(TIERS, line(1, 300, 7)).told[0]) == "Applied: \u20ac2.10 off. Units to the next step: 3."
    several = offer("basket", benefit=rate(1000), basket=Basket(quantity=3)), offer("shipping", 2, benefit=FREE)
    assert _said(given(several, line(1, 4500)).told[0]) == "Units still needed in the cart: 2."
    tiny = offer("kit", parts=(part(1), part(2)), whole=rate(1))
    assert _said(given(tiny, line(1, 1), line(2, 1)).told[0]) == "It would take nothing off."
    capped = given(TIERS, line(1, 300, 5), shop=Shop("EUR", NOW, cap=0))
    assert _said(capped.told[0]) == "Your margin floor leaves nothing of it."
    assert why(given(TIERS, line(1, 300, 5), shop=Shop("EUR", NOW, cap=500)))[1]["trimmed"] == 75


def _said(told: Told) -> str:
    return tell("en", reason(told, "EUR"))

"""What stands in a programme's form: reading it and filling it again changes nothing."""

from datetime import UTC

import pytest

from plugin.referrals.rules import read_form
from plugin.referrals.rules.filling import FIELDS, filled, suggested
from tests.books.stage import START


@pytest.mark.parametrize("changed", [
    {}, {"friend_kind": "store_credit", "friend_value": "7.5%"}, {"friend_kind": "fixed", "friend_value": "5.00", "minimum": "10.00"},
    {"cap": "3", "cap_days": "30", "expiry_days": "90", "new_only": ""}, {"countries": "DE, GB", "currencies": "GBP"},
    {"starts_at": "2027-01-01", "ends_at": "2027-02-01", "model": "first_visit", "enrol": "invited"}])
def test_a_form_shows_what_was_saved(changed: dict[str, str]) -> None:
    """Reading a form and filling it again changes nothing, for every field."""
    typed = {**suggested("Friends of North", "GBP"), **changed}
    again = filled(read_form(typed, currency="GBP", now=START), UTC)
    assert set(again) == set(FIELDS) and again == typed


@pytest.mark.parametrize(("currency", "worth"), [("GBP", "5.00"), ("JPY", "500"), ("KWD", "5.000")])
def test_the_suggestion_fits_the_currency(currency: str, worth: str) -> None:
    values = suggested("Friends", currency)
    assert values["advocate_value"] == worth and read_form(values, currency=currency, now=START)

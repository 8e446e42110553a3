"""Token exchange and refresh on the wire, by shopifyapp through our transport."""

import time
from datetime import timedelta

import pytest

from plugin.clock import machine_now
from plugin.config import Settings
from plugin.errors import Broken, Refused, TryAgain
from plugin.shopify import tokens
from plugin.shopify.failures import Frozen
from tests.wire.conftest import make_settings
from tests.wire.double import HANG_UP, Answer, Double, answer
from tests.wire.signed import SHOP, claims, token


@pytest.fixture
def here(double: Double) -> Settings:
    return make_settings(shopify_origin=double.origin)


def test_exchange(double: Double, here: Settings) -> None:
    """The double refuses anything but the documented fields."""
    grant = tokens.exchange(here, SHOP, token(claims()))
    assert (grant.access, grant.refresh, grant.scopes) == ("shpat_1", "refresh-1", "read_orders,write_discounts")
    assert timedelta(minutes=59) < grant.expires_at - machine_now() <= timedelta(hours=1)
    assert timedelta(days=89) < grant.refresh_expires_at - machine_now() <= timedelta(days=90)
    assert double.token_calls[0]["_path"] == f"/_shop/{SHOP}/admin/oauth/access_token"
    assert "shpat_1" not in repr(grant)


def test_refresh_and_rotation(double: Double, here: Settings) -> None:
    first = tokens.refresh(here, SHOP, "refresh-0")
    again = tokens.refresh(here, SHOP, "refresh-0")
    assert (first.refresh, again.refresh) == ("refresh-1", "refresh-2")
    tokens.refresh(here, SHOP, "refresh-2")
    with pytest.raises(Refused) as caught:
        tokens.refresh(here, SHOP, "refresh-0")
    assert caught.value.reason == "refresh_token"


@pytest.mark.parametrize(("made", "expected"), [
    (answer({"error": "invalid_client"}, 401), Frozen), (answer(b"<html>", 404), Frozen), (answer({}, 402), Frozen),
    (answer({}, 423), Frozen), (answer({}, 403), Frozen),
    (answer({}, 500), TryAgain), (answer(b"x", 502), TryAgain), (answer({}, 429, Retry_After="60"), TryAgain),
    (answer({}, 429, Retry_After="soon"), TryAgain),
    (answer(b"not json"), TryAgain), (answer([]), TryAgain), (answer({}), TryAgain), (answer(b" " * 100_000), TryAgain),
    (answer(b"[" * 50_000), TryAgain),
    (answer({"access_token": "a"}), TryAgain), (answer({"access_token": "a", "refresh_token": "b"}), TryAgain),
    (answer({"access_token": "a", "refresh_token": "b", "scope": "x", "expires_in": "3600", "refresh_token_expires_in": 1}), TryAgain),
    (answer({"access_token": "a", "refresh_token": "b", "scope": "x", "expires_in": 1e300, "refresh_token_expires_in": 1}), TryAgain),
    (answer({"access_token": 5, "refresh_token": "b", "scope": "x", "expires_in": 3600, "refresh_token_expires_in": 7200}), TryAgain),
    (answer({"access_token": "a", "refresh_token": "b", "scope": ["x"], "expires_in": 3600, "refresh_token_expires_in": 7200}), TryAgain),
    (answer({"error": "invalid_request"}, 400), Broken), (answer({}, 302, Location="http://evil.example/"), Broken)])
@pytest.mark.parametrize("ask", ["exchange", "refresh"])
def test_how_requests_end(double: Double, here: Settings, made: Answer, expected: type[Exception], ask: str) -> None:
    double.token_script = lambda _handler, _call: made
    began = time.monotonic()
    with pytest.raises(expected) as caught:
        getattr(tokens, ask)(here, SHOP, token(claims()))
    assert type(caught.value) is expected
    assert len(double.token_calls) == 1
    assert time.monotonic() - began < 2


def test_a_token_that_shopify_does_not_take(double: Double, here: Settings) -> None:
    double.token_script = lambda _handler, _call: answer({"error": "invalid_subject_token"}, 400)
    with pytest.raises(Refused) as caught:
        tokens.exchange(here, SHOP, token(claims()))
    assert caught.value.reason == "signature"


def test_a_lost_answer(double: Double, here: Settings) -> None:
    double.token_script = lambda _handler, _call: HANG_UP
    with pytest.raises(TryAgain):
        tokens.refresh(here, SHOP, "refresh-0")


def test_the_request_goes_nowhere_but_to_its_shop(double: Double) -> None:
    """The host comes from a domain that was verified; should it not have been, no secret leaves."""
    with pytest.raises((TryAgain, Broken, Refused)):
        tokens.exchange(make_settings(shopify_origin=double.origin), "evil.example", token(claims()))
    assert not double.token_calls


def test_real_shopify_by_default() -> None:
    settings = make_settings(shopify_origin="https://{shop}")
    assert settings.origin(SHOP) == "https://north.myshopify.com"

"""Signed links: one purpose each, keys that rotate."""

from dataclasses import replace
from itertools import permutations

import pytest
import time_machine

from plugin.config import Settings
from plugin.errors import Broken, Refused
from plugin.web.signing import Signer

PURPOSES = ("visit", "magic", "unsubscribe", "claim")


def refused(signer: Signer, purpose: str, token: str, max_age: int | None = None) -> bool:
    with pytest.raises(Refused) as caught:
        signer.read(purpose, token, max_age)
    return caught.value.reason == "link"


def test_there_and_back(bare_settings: Settings) -> None:
    signer = Signer(bare_settings)
    token = signer.sign("visit", {"id": "5", "n": [1, None]})
    assert signer.read("visit", token, None) == {"id": "5", "n": [1, None]}
    assert signer.read("visit", token, 60) == {"id": "5", "n": [1, None]}


@pytest.mark.parametrize(("made", "read"), list(permutations(PURPOSES, 2)))
def test_no_purpose_reads_anothers_tokens(bare_settings: Settings, made: str, read: str) -> None:
    signer = Signer(bare_settings)
    assert refused(signer, read, signer.sign(made, {"id": "5"}))


def test_keys_rotate(bare_settings: Settings) -> None:
    newer = "f1e2d3c4b5a6978812345aa0bb1cc2dd"
    old = Signer(bare_settings)
    both = Signer(replace(bare_settings, secret_keys=(newer, *bare_settings.secret_keys)))
    alone = Signer(replace(bare_settings, secret_keys=(newer,)))
    assert both.read("visit", old.sign("visit", {"id": "5"}), None) == {"id": "5"}
    assert alone.read("visit", both.sign("visit", {"id": "5"}), None) == {"id": "5"}
    assert refused(alone, "visit", old.sign("visit", {"id": "5"}))


def test_age(bare_settings: Settings) -> None:
    signer = Signer(bare_settings)
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False) as clock:
        token = signer.sign("magic", {"id": "5"})
        clock.shift(600)
        assert signer.read("magic", token, 600)
        clock.shift(1)
        assert refused(signer, "magic", token, 600)
        assert signer.read("magic", token, None)


@pytest.mark.parametrize("change", [
    lambda t: "", lambda t: t[:-1], lambda t: t + "x", lambda t: t.upper(), lambda t: t.replace(".", ""), lambda t: "ü" + t,
    lambda t: "\udcff" + t, lambda t: "." * 3,
    lambda t: t + " ", lambda t: "x" * 5000, lambda t: t.split(".")[0], lambda t: "\0"])
def test_junk(bare_settings: Settings, change: object) -> None:
    signer = Signer(bare_settings)
    assert refused(signer, "visit", change(signer.sign("visit", {"id": "5"})))  # type: ignore[operator]


@pytest.mark.parametrize("purpose", ["", "Visit", "a b", "x" * 100, "visit\n"])
def test_purposes_are_words(bare_settings: Settings, purpose: str) -> None:
    with pytest.raises(Broken):
        Signer(bare_settings).sign(purpose, {})

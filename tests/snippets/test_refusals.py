"""Whatever is refused has words in every locale, and the edge says them in the language of whoever asked."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge

from plugin.app import create_app
from plugin.context import Context
from plugin.errors import NotFound as NoSuchThing
from plugin.errors import Refused, TryAgain
from plugin.messaging import texts
from plugin.money import Money

ROOT = Path(__file__).parents[2]


def _classes(trees: list[ast.Module]) -> set[str]:
    """Refused and everything that is made of it."""
    found, before = {"Refused"}, 0
    while len(found) > before:
        before = len(found)
        found |= {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
                  for base in node.bases if getattr(base, "id", "") in found}
    return found


def _keys() -> Iterator[str]:
    """The key of each refusal that the code can raise: ``errors.<reason>``, or the one that it names."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for folder in ("plugin", "jobs") for path in (ROOT / folder).rglob("*.py")]
    kinds = _classes(trees)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name in kinds:
                yield from (key for call in ast.walk(node) if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "__init__"
                            for key in _key(call))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                yield from _key(node)
            elif isinstance(node, ast.Call):
                yield from (key for key in _key(node) if ".refused" in key and not key.startswith("errors."))


def _key(call: ast.Call) -> Iterator[str]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "key"]
    reason = call.args[0] if call.args else None
    if named:
        yield from (str(key.value) for key in named if isinstance(key, ast.Constant))  # one that a caller hands in is the caller's
    elif isinstance(reason, ast.Constant):
        yield f"errors.{reason.value!s}"


@pytest.mark.parametrize("locale", texts.LOCALES)
def test_every_refusal_has_words(locale: str) -> None:
    keys = set(_keys())
    assert len(keys) > 30
    assert keys - texts.keys(locale) == set()


def test_a_refusal_can_be_kept_and_told_later() -> None:
    stored = Refused("pair", "a pair already", key="errors.margin", goods="Mug", programmes=["A", "B"], left_bp=100, floor_bp=250).plain()
    assert texts.tell("de", stored) == "Mug mit A und B ließe 1\xa0% Marge; deine Mindestmarge ist 2,5\xa0%."


RAISED = {"refused": Refused("closed", "in English"), "missing": NoSuchThing("advocate"), "later": TryAgain("in English"),
          "wordless": Refused("never_heard_of", "in English"), "broken": ValueError("in English"), "method": MethodNotAllowed(),
          "nowhere": NotFound(), "large": RequestEntityTooLarge(),
          "margin": Refused("margin", "in English", goods="Mug", programmes=["A"], left_bp=1, floor_bp=2, money=Money(1, "EUR"))}


@pytest.fixture
def failing(context: Context) -> Flask:
    """The app with one address for each thing that can go wrong."""
    app = create_app(context)

    def fail(what: str) -> str:
        raise RAISED[what]

    app.add_url_rule("/fails/<what>", "fail", fail)
    return app


@pytest.mark.parametrize(("what", "status", "words"), [
    ("refused", 422, "läuft zurzeit nicht"), ("missing", 404, "gibt es hier nicht"), ("later", 503, "in diesem Moment nicht"),
    ("wordless", 422, "Das geht nicht."), ("broken", 500, "schiefgegangen"), ("method", 405, "Unter dieser Adresse ist nichts"),
    ("nowhere", 404, "Unter dieser Adresse ist nichts"), ("large", 413, "auf einmal"), ("margin", 422, "Mindestmarge ist 0,02\xa0%")])
def test_errors_are_told_in_the_readers_language(failing: Flask, what: str, status: int, words: str) -> None:
    answer = failing.test_client().get(f"/fails/{what}", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert answer.status_code == status and words in answer.text and "in English" not in answer.text
    assert '<html lang="de-AT" dir="ltr">' in answer.text


@pytest.mark.parametrize(("query", "browser", "lang"), [
    ("?locale=ar", "de", 'lang="ar" dir="rtl"'), ("?locale=nl", "pt;q=0.8", 'lang="pt-BR" dir="ltr"'), ("", None, 'lang="en" dir="ltr"'),
    ("?locale=%3Cb%3E", "x" * 9000, 'lang="en" dir="ltr"')])
def test_the_language_of_an_error_page(failing: Flask, query: str, browser: str | None, lang: str) -> None:
    headers = {"Accept-Language": browser} if browser else {}
    assert f"<html {lang}>" in failing.test_client().get(f"/fails/refused{query}", headers=headers).text


def _reasons() -> Iterator[str]:
    """The text of each reason that a rule can give: why an order is not attributed, why it must be reviewed."""
    for folder, name, subject in (("attribution", "Finding", "reason"), ("guardrails", "Reason", "rule_why")):
        for path in (ROOT / "plugin" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name and node.args:
                    says = [keyword.value for keyword in node.keywords if keyword.arg == "says"] or [node.args[0]]
                    yield from (f"trace.{subject}.{one.value!s}" for one in says if isinstance(one, ast.Constant))


@pytest.mark.parametrize("locale", texts.LOCALES)
def test_every_reason_of_a_rule_has_words(locale: str) -> None:
    keys = set(_reasons())
    assert len(keys) > 25
    assert keys - texts.keys(locale) == set()

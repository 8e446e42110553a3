"""Shopify's review rules that can be read off the code; docs/built-for-shopify.md names the test of each."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from plugin.web.shell import NAVIGATION
from tests.house.tree import ROOT, name_of

PAGE = ROOT / "docs" / "built-for-shopify.md"
STORE = ("storefront_snippets/theme", "storefront_snippets/scripts", "storefront_snippets/share/src", "storefront_snippets/offers/src",
         "storefront_snippets/afterwards/src")
OURS = ("plugin", "jobs", "admin_ui/static", "admin_ui/templates", *STORE)
VENDORED = ("htmx.min.js", "uplot.min.js", "uplot.min.css")
CATALOGUES = sorted((ROOT / "plugin" / "messaging" / "locales").glob("*/*.json"))
PRESSED = {"storefront_snippets/scripts/offer.ts": ("scripts/offer.ts", "this.addEventListener('submit'"),
           "storefront_snippets/offers/src/Checkout.tsx": ("offers/src/Suggestions.tsx", "onClick="),
           "storefront_snippets/afterwards/src/page.ts": ("afterwards/src/drawing.ts", "onPress: accept")}
"""What adds to a cart or an order → where it is pressed."""
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


def sources(*folders: str) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".graphql", ".html", ".js", ".ts", ".tsx", ".liquid", ".css") and path.name not in VENDORED:
                yield path, path.read_text(encoding="utf-8")


def found(pattern: str, *folders: str) -> list[str]:
    return [f"{name_of(path)}: {match[0]}" for path, text in sources(*folders or OURS) for match in re.finditer(pattern, text)]


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`((?:tests|storefront_snippets)/[\w/.]+\.(?:py|js))(?:::(\w+))?`", PAGE.read_text())
    assert len(named) >= 30
    assert not [f"{file}::{name}" for file, name in named if not (ROOT / file).is_file() or f"def {name or 'test_'}" not in
                (ROOT / file).read_text() and file.endswith(".py")]


def test_no_rest() -> None:
    assert found(r"/admin/(?:api/[^\"'\s]*/)?(?!api|oauth)\w+\.json", "plugin", "jobs") == []


def test_nothing_that_shopify_has_ended() -> None:
    ended = ("script_?tag(?:Create|s\\.json|Update)", "themeFiles(?:Upsert|Delete)", "draftOrder(?:Create|Update)", "checkout\\.liquid")
    assert found(f"(?i){'|'.join(ended)}") == []


def test_the_admin_keeps_nothing_in_the_browser() -> None:
    assert found(r"localStorage|sessionStorage|document\.cookie|indexedDB", "admin_ui/static", "admin_ui/templates") == []
    assert found(r"set_cookie\(", "plugin/web", "plugin/shops") == []


def test_no_toasts() -> None:
    """An error that goes away by itself is missed by whoever looks elsewhere, and by screen readers."""
    assert found(r"\.toast\b|<s-toast", "admin_ui/static", "admin_ui/templates") == []


def test_no_dialog_opens_itself() -> None:
    opening = found(r"showOverlay\(|showModal\(|<s-modal[^>]*\bopen\b", "admin_ui/static", "admin_ui/templates")
    assert {line.split(":")[0] for line in opening} <= {"admin_ui/static/fallback-parts.js", "admin_ui/static/fallback-fields.js"}


def test_no_countdowns() -> None:
    pressing = "(?i)countdown|hurry|last chance|don.t miss|only \\d+ left"
    assert found(pressing, "admin_ui", *STORE) == []
    assert not [name_of(path) for path in CATALOGUES if re.search(pressing, path.read_text())]


def test_nothing_is_added_by_itself() -> None:
    """What adds to a cart or an order hangs on a button or on a form that somebody sends. (The embed only writes attributes.)"""
    adding = r"applyCartLinesChange\(|applyChangeset\(|cart/(?:add|change)\b"
    files = {line.split(":")[0] for line in found(adding, *STORE)} - {"storefront_snippets/theme/assets/tandem-offer.js"}
    assert files == set(PRESSED)
    assert not [file for file, (place, press) in PRESSED.items() if press not in (ROOT / "storefront_snippets" / place).read_text()]


def test_no_payment_fields_and_no_third_party() -> None:
    assert found(r"(?i)autocomplete=[\"']cc-|card.?number|\bcvv\b|\biban\b", *STORE, "admin_ui/templates") == []
    addresses = found(r"(?:src|href)=[\"']https?://[^\"'{]+", *STORE, "admin_ui/templates")
    assert addresses == []


def test_the_menu_is_plain() -> None:
    assert not [path for path, _ in NAVIGATION if path in ("/app", "/app/home")]
    labels = [(path, text) for path in CATALOGUES if path.name == "nav.json" for text in json.loads(path.read_text()).values()]
    assert labels and not [label for label in labels if EMOJI.search(label[1]) or len(label[1]) > 24]


def test_extensions_are_new_enough() -> None:
    files = (ROOT / "storefront_snippets").glob("*/shopify.extension.toml")
    versions = [tomllib.loads(path.read_text()).get("api_version") for path in files]
    assert [version for version in versions if version is not None and version < "2026-01"] == []
    assert any(versions)

"""Documents hold what they promise: every setting is there, every link leads somewhere, every decision has its parts."""

import re
from pathlib import Path

import pytest

from plugin.config import SETTINGS
from tests.house.tree import ROOT, files, name_of

PAGES = [path for path in files() if path.suffix == ".md"]
DECISIONS = sorted(path for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md") if not path.name.startswith("0000"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"\./run (\w+)")


def test_every_setting_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(setting.name for setting in SETTINGS)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert not [target for target in LINK.findall(page.read_text()) if not _exists(page, target)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_named_exists(page: Path) -> None:
    commands = set(re.findall(r"^def ([a-z]+)\(", (ROOT / "run").read_text(), re.MULTILINE)) | {"COMMAND"}
    assert set(COMMAND.findall(page.read_text())) <= commands


@pytest.mark.parametrize("page", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts(page: Path) -> None:
    parts = re.findall(r"^## (\w+)", page.read_text(), re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences", "Alternatives"]


def test_decisions_are_numbered_in_one_row() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_version_is_that_of_the_changelog() -> None:
    newest = re.search(r"^## (\d+\.\d+\.\d+|Unreleased)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest


def _exists(page: Path, target: str) -> bool:
    if target.startswith(("http://", "https://", "mailto:")):
        return True
    path, _, anchor = target.partition("#")
    found = (page.parent / path).resolve() if path else page
    return found.exists() and (not anchor or anchor in _anchors(found))


def _anchors(page: Path) -> set[str]:
    """Headings as the usual renderers name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}

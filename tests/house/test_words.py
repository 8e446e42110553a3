"""One word for a thing, and no word that says the work is not done."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import files, identifiers, name_of, parsed, python_files

BANNED = ("referrer", "affiliate", "ambassador", "click", "touch", "deal")
# Words of others, which we must spell as they do: Path.touch, Playwright's and click's own names.
THEIRS = {"click", "touch", "touchscreen", "on_click", "onclick"}
THEIRS_IN_THE_STORE = {"referrer"}  # the HTTP header, which a store receives
UNFINISHED = re.compile(r"\b(TODO|FIXME|HACK)\b")
TEXT = {".py", ".md", ".toml", ".txt", ".json", ".js", ".ts", ".tsx", ".mjs", ".css", ".html", ".liquid", ".graphql", ".sh", ".svg", ""}
HOSTS = ("registry[.]npmjs", "registry[.]yarnpkg", "files[.]pythonhosted", "pypi[.]org/simple", "deb[.]debian[.]org")


@pytest.mark.parametrize("folder", ["plugin", "jobs", "devstore", "scripts", "benchmarks", "tests"])
def test_the_words_of_the_design_are_used(folder: str) -> None:
    assert not list(_wrong_words(folder))


def test_nothing_is_left_for_later() -> None:
    assert not [f"{name_of(path)}: {found.group()}" for path in files()
                if path.suffix in TEXT and "test_words" not in path.name and (found := UNFINISHED.search(_text(path)))]


def test_no_committed_file_names_a_registry_host() -> None:
    """Which registry serves a package is the machine's affair; locks with addresses break behind a mirror."""
    hosts = re.compile("|".join(HOSTS))
    assert not [name_of(path) for path in files() if path.suffix in TEXT and "test_words" not in path.name and hosts.search(_text(path))]


def _wrong_words(folder: str) -> Iterator[str]:
    for path in python_files(folder):
        for name, line in identifiers(parsed(path)):
            parts = re.split(r"[_.]|(?<=[a-z])(?=[A-Z])", name.replace("one_click", ""))  # the mail header's own word, RFC 8058
            allowed = THEIRS | THEIRS_IN_THE_STORE if folder == "devstore" else THEIRS
            if name.lower() not in allowed and any(part.lower().rstrip("s") in BANNED for part in parts):
                yield f"{name_of(path)}:{line} {name}"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")

"""The repository as the house tests see it: what git would commit, parsed."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("plugin", "jobs", "devstore", "scripts", "benchmarks", "tests", "run")


class Function(NamedTuple):
    """One function or method, where it is, and how many lines it has."""

    path: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def lines(self) -> int:
        return (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1

    def __str__(self) -> str:
        return f"{self.path}:{self.node.lineno} {self.node.name}"


@cache
def files() -> tuple[Path, ...]:
    """Everything committed or about to be: tracked, and untracked but not ignored."""
    words = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(path for name in set(told.split("\0")) if name and (path := ROOT / name).is_file()))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> list[Path]:
    """Our Python, in the named top folders or in all."""
    wanted = folders or PRODUCT
    return [path for path in files() if path.relative_to(ROOT).parts[0] in wanted and (path.suffix == ".py" or path.name == "run")]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def functions(*folders: str) -> Iterator[Function]:
    for path in python_files(*folders):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(name_of(path), node)


def identifiers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that the code makes or uses, with its line."""
    for node in ast.walk(tree):
        for field in ("id", "name", "attr", "arg"):
            word = getattr(node, field, None)
            if isinstance(word, str):
                yield word, getattr(node, "lineno", 0)


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, as dotted names; ``from a import b`` gives ``a`` and ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)

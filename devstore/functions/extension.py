"""The app's Function extensions: what their shopify.extension.toml says, and the module that its build made."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from devstore.functions.query import Query, read

SNIPPETS = Path(__file__).parents[2] / "storefront_snippets"


@dataclass(frozen=True)
class Target:
    """One target: the query that makes its input, and the module's export."""

    name: str
    query: Query
    export: str


@dataclass(frozen=True)
class Extension:
    """``variables``: namespace and key of the discount's metafield with the query's variables, if the extension names one."""

    handle: str
    module: Path
    targets: tuple[Target, ...]
    variables: tuple[str, str] | None


@cache
def extensions(root: Path = SNIPPETS) -> dict[str, Extension]:
    """By handle. Read once, as deployed."""
    found = (_read(file.parent, one) for file in sorted(root.glob("*/shopify.extension.toml"))
             for one in tomllib.loads(file.read_text()).get("extensions", []) if one["type"] == "function")
    return {one.handle: one for one in found}


def _read(folder: Path, said: dict[str, Any]) -> Extension:
    variables = said.get("input", {}).get("variables")
    targets = tuple(Target(one["target"], read(folder / one["input_query"]), one["export"]) for one in said["targeting"])
    path = said.get("build", {}).get("path", "dist/index.wasm")
    return Extension(said["handle"], folder / path, targets, (variables["namespace"], variables["key"]) if variables else None)

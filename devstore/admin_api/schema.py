"""The pruned schema and the scopes it asks for, loaded once."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema

from devstore.admin_api.scalars import teach

VERSION = "2026-10"
_HERE = Path(__file__).parent


@cache
def schema() -> GraphQLSchema:
    """``assume_valid``: the published schema itself deprecates fields that its interfaces do not."""
    loaded = build_schema((_HERE / "schema.graphql").read_text(), assume_valid=True)
    teach(loaded)
    return loaded


@cache
def access() -> dict[str, dict[str, Any]]:
    """``Type`` or ``Type.field`` → ``{scopes: one of these, text}``."""
    loaded: dict[str, dict[str, Any]] = json.loads((_HERE / "access.json").read_text())
    return loaded

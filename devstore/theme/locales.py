"""Locale files of a theme or a theme app extension: lookup, interpolation, plurals."""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HOLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Locales:
    """`locales/*.json` of one folder; the file `xx.default.json` answers for every missing key."""

    def __init__(self, folder: Path) -> None:
        self._texts = _read(folder, schema=False)
        self._schema_texts = _read(folder, schema=True)
        self.default = _default_language(folder)

    def translate(self, key: str, language: str, values: Mapping[str, object]) -> str:
        """The text of `key`, or Shopify's "Translation missing" words. Values are escaped unless the key ends in `_html`."""
        found = self._find(self._texts, key, language)
        if isinstance(found, dict):
            found = (found.get("one") if str(values.get("count")) == "1" else None) or found.get("other")
        if not isinstance(found, str):
            return f"Translation missing: {language}.{key}"
        raw = key.endswith("_html")
        return _HOLE.sub(lambda hole: _shown(values.get(hole[1], ""), raw), found)

    def setting_text(self, value: object, language: str) -> object:
        """A schema's default: texts of the form `t:a.b` come from the `.schema.json` files."""
        if not (isinstance(value, str) and value.startswith("t:")):
            return value
        found = self._find(self._schema_texts, value[2:], language)
        return found if isinstance(found, str) else value

    def _find(self, texts: dict[str, Any], key: str, language: str) -> object:
        for name in (language, language.split("-")[0], self.default):
            node: Any = texts.get(name)
            for part in key.split("."):
                node = node.get(part) if isinstance(node, dict) else None
            if node is not None:
                return node
        return None


def _read(folder: Path, *, schema: bool) -> dict[str, Any]:
    files = folder.glob("*.json") if folder.is_dir() else ()
    return {file.name.split(".")[0]: json.loads(file.read_text()) for file in files if file.name.endswith(".schema.json") is schema}


def _default_language(folder: Path) -> str:
    found = sorted(folder.glob("*.default.json")) if folder.is_dir() else []
    return found[0].name.split(".")[0] if found else "en"


def _shown(value: object, raw: bool) -> str:
    text = "" if value is None else str(value)
    return text if raw else html.escape(text)

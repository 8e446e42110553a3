"""``python -m scripts.write_locales``: the extensions' ``locales/*.json`` from the one catalogue; ``--check`` only looks.

Each extension takes one subject of ``plugin/messaging/locales``. A ``{name}`` in a text becomes what the reader of that file knows:
``{{ name }}`` in the theme, for Liquid, and ``{{name}}`` in a UI extension, for ``i18n.translate``. Between letters written from the
right it stands in an isolate: "£42.00" would else become "42.00£", and a code that begins with a digit would be read in two halves.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugin.locales import FALLBACK, direction
from plugin.messaging import texts

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "plugin" / "messaging" / "locales"
# Shopify looks for "pt-PT" and then for "pt", never for Brazil's; it is nearer to a reader in Portugal than English is.
ALSO = {"pt-BR": ("pt-PT",)}


@dataclass(frozen=True, slots=True)
class Target:
    """One family of files: where, from which subject, with what behind the locale's name, and how a value's place is marked."""

    folder: str
    subject: str
    ending: str
    place: str


TARGETS = (
    Target("storefront_snippets/theme/locales", "theme", ".json", r"{{ \1 }}"),
    Target("storefront_snippets/theme/locales", "editor", ".schema.json", r"{{ \1 }}"),
    Target("storefront_snippets/share/locales", "extension", ".json", r"{{\1}}"),
    Target("storefront_snippets/offers/locales", "placements", ".json", r"{{\1}}"),
    Target("storefront_snippets/afterwards/locales", "afterwards", ".json", r"{{\1}}"),
)


def wanted() -> Iterator[tuple[Path, str]]:
    """Every file that the extensions should have, with its text. Raises FileNotFoundError for a subject that a locale lacks."""
    for target in TARGETS:
        for locale in texts.LOCALES:
            told = json.loads((CATALOGUE / locale / f"{target.subject}.json").read_text(encoding="utf-8"))
            place = f"\u2068{target.place}\u2069" if direction(locale) == "rtl" else target.place
            written = json.dumps(_marked(told, place), ensure_ascii=False, indent=2) + "\n"
            for name in (f"{locale}.default" if locale == FALLBACK else locale, *ALSO.get(locale, ())):
                yield ROOT / target.folder / f"{name}{target.ending}", written


def main(words: Sequence[str]) -> int:
    files = dict(wanted())
    extra = [path for folder in {path.parent for path in files} for path in folder.glob("*.json") if path not in files]
    stale = [path for path, written in files.items() if not path.exists() or path.read_text(encoding="utf-8") != written]
    if "--check" not in words:
        for path in extra:
            path.unlink()
        for path in stale:
            path.write_text(files[path], encoding="utf-8")
        print(f"{len(stale)} written, {len(extra)} removed, {len(files)} in all.")
        return 0
    for path in sorted(stale + extra):
        print(f"{path.relative_to(ROOT)} is not what the catalogue says. Write: python -m scripts.write_locales")
    return 1 if stale or extra else 0


def _marked(node: Any, place: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(node, dict):
        return {name: _marked(child, place) for name, child in node.items()}
    return re.sub(r"\{(\w+)\}", place, node)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

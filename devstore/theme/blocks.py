"""App blocks and app embeds: the files of a theme app extension, placed in the store's theme."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devstore.state.shops import own_settings
from devstore.theme.engine import Engine, schema_text
from devstore.theme.page import page_of

EXTENSION_ASSETS = "/_cdn/extensions/theme/assets"


@dataclass(frozen=True)
class Block:
    """One `blocks/*.liquid` with what its schema says."""

    handle: str
    schema: Mapping[str, Any]

    @property
    def target(self) -> str:
        return str(self.schema.get("target", "section"))

    @property
    def fields(self) -> list[Mapping[str, Any]]:
        """The settings that hold a value."""
        return [one for one in self.schema.get("settings", []) if "id" in one]

    @property
    def where(self) -> str:
        """Where it stands, for a reader: "every page" or names of templates."""
        allowed = self.schema.get("enabled_on", {}).get("templates", ["*"])
        return "every page" if "*" in allowed else ", ".join(f"{name.replace('/', ' ')} page" for name in allowed)

    def fits(self, template: str) -> bool:
        """Whether its schema allows it on a template (`product`, `index`, `customers/account`)."""
        allowed = self.schema.get("enabled_on", {}).get("templates", ["*"])
        barred = self.schema.get("disabled_on", {}).get("templates", [])
        return ("*" in allowed or template in allowed) and "*" not in barred and template not in barred


class Extension:
    """A theme app extension as an installed app brings it; every block has the defaults of its settings."""

    def __init__(self, root: Path) -> None:
        self.engine = Engine(root, EXTENSION_ASSETS)
        self.assets = self.engine.root / "assets"

    def words(self, value: object) -> object:
        """A text of a schema as the editor shows it, in the extension's own language."""
        return self.engine.locales.setting_text(value, self.engine.locales.default)

    def blocks(self) -> list[Block]:
        folder = self.engine.root / "blocks"
        return [self._block(file) for file in sorted(folder.glob("*.liquid"))] if folder.is_dir() else []

    def placed(self, target: str, template: str, settings: Mapping[str, Mapping[str, str]]) -> list[tuple[Block, Mapping[str, str]]]:
        """Blocks of a target that the merchant has on this template. A setting `disabled: true` takes a block away."""
        fitting = [block for block in self.blocks() if block.target == target and block.fits(template)]
        chosen = [(block, own_settings(settings, block.handle)) for block in fitting]
        return [(block, own) for block, own in chosen if not own.get("disabled")]

    def render(self, block: Block, own: Mapping[str, object], variables: Mapping[str, object]) -> str:
        """The block's HTML in Shopify's wrapper; its script and stylesheet are asked for once a page."""
        page = page_of(variables)
        if script := block.schema.get("javascript"):
            page.load_script(self.engine.asset_url(script))
        if style := block.schema.get("stylesheet"):
            page.load_style(self.engine.asset_url(style))
        values = self._settings(block, page.language, variables) | _chosen(block, own)
        inside = {"id": f"tandem_{block.handle}", "type": f"shopify://apps/tandem/blocks/{block.handle}", "settings": values}
        body = self.engine.render(f"blocks/{block.handle}.liquid", {**variables, "block": {**inside, "shopify_attributes": ""}})
        if block.target == "head":
            return body
        kind = "shopify-block" + (" shopify-app-block" if block.target == "section" else "")
        return f'<div id="shopify-block-tandem_{block.handle}" class="{kind}" data-block-handle="{block.handle}">{body}</div>'

    def _block(self, file: Path) -> Block:
        return Block(file.stem, json.loads(schema_text(file.read_text()) or "{}"))

    def _settings(self, block: Block, language: str, variables: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for setting in block.fields:
            value = self.engine.locales.setting_text(setting.get("default"), language)
            found[setting["id"]] = _unset(setting, variables) if value is None else value
        return found


def _unset(setting: Mapping[str, Any], variables: Mapping[str, object]) -> object:
    """What a setting without a default is until the merchant chooses: blank text, and the page's own product."""
    kinds = {"product": variables.get("product"), "text": "", "textarea": "", "color": "", "url": ""}
    return kinds.get(setting.get("type", ""))


def _chosen(block: Block, own: Mapping[str, object]) -> dict[str, object]:
    """What the merchant typed, as the setting's kind: ranges and numbers are whole numbers, checkboxes true or false."""
    kinds = {one["id"]: one.get("type") for one in block.fields}
    return {name: _typed(kinds.get(name), value) for name, value in own.items()}


def _typed(kind: str | None, value: object) -> object:
    if kind == "checkbox":
        return value not in ("false", False)
    return int(value) if kind in ("range", "number") and isinstance(value, str) and value.isdigit() else value

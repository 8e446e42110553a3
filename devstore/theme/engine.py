"""Reads Liquid files of one folder (the theme, or a theme app extension) and renders them in Shopify's dialect."""

import re
from collections.abc import Mapping
from pathlib import Path

from liquid import Environment, Mode, RenderContext
from liquid.exceptions import LiquidError, TemplateNotFoundError
from liquid.filter import with_context
from liquid.loader import BaseLoader, TemplateSource

from devstore.theme import filters, tags
from devstore.theme.locales import Locales

_SCHEMA = re.compile(r"\{%-?\s*schema\s*-?%\}(.*?)\{%-?\s*endschema\s*-?%\}", re.DOTALL)
_VERBATIM = (
    (re.compile(r"\{%-?\s*javascript\s*-?%\}(.*?)\{%-?\s*endjavascript\s*-?%\}", re.DOTALL), "script"),
    (re.compile(r"\{%-?\s*stylesheet\s*-?%\}(.*?)\{%-?\s*endstylesheet\s*-?%\}", re.DOTALL), "style"),
)


class Folder(BaseLoader):
    """Files by their path; `render 'x'` looks in `snippets/` and adds `.liquid`. Changed files are read again."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def get_source(self, env: Environment, template_name: str, *, context: RenderContext | None = None, **kwargs: object) -> TemplateSource:
        file = self._file(template_name)
        changed = file.stat().st_mtime_ns
        return TemplateSource(prepared(file.read_text()), str(file), lambda: file.stat().st_mtime_ns == changed)

    def _file(self, name: str) -> Path:
        for path in (name, f"{name}.liquid", f"snippets/{name}.liquid"):
            file = (self.root / path).resolve()
            if file.is_relative_to(self.root) and file.is_file():
                return file
        raise TemplateNotFoundError(name)


class Engine:
    """One folder's templates, with `asset_url` and `t` bound to that folder."""

    def __init__(self, root: Path, assets: str) -> None:
        self.root = root.resolve()
        self.assets = assets
        self.locales = Locales(self.root / "locales")
        self._env = Environment(loader=Folder(self.root), tolerance=Mode.STRICT, strict_filters=True)
        filters.add_to(self._env)
        tags.add_to(self._env)
        self._env.add_filter("t", self._translate_filter())
        self._env.add_filter("translate", self._translate_filter())
        self._env.add_filter("asset_url", self.asset_url)
        self._env.add_filter("inline_asset_content", self._inline)

    def render(self, name: str, variables: Mapping[str, object]) -> str:
        """Shopify prints a template's error in its place and goes on; so do we."""
        try:
            return self._env.get_template(name).render(**variables)
        except LiquidError as error:
            return f"Liquid error ({name}): {error}"

    def render_text(self, text: str, variables: Mapping[str, object]) -> str:
        """Render text that is no file: an app proxy's `application/liquid` answer."""
        try:
            return self._env.from_string(prepared(text)).render(**variables)
        except LiquidError as error:
            return f"Liquid error: {error}"

    def asset_url(self, name: object) -> str:
        return f"{self.assets}/{name}"

    def _inline(self, name: object) -> str:
        file = (self.root / "assets" / str(name)).resolve()
        return file.read_text() if file.is_relative_to(self.root) and file.is_file() else ""

    def _translate_filter(self) -> filters.Filter:
        @with_context
        def translate(key: object, *, context: RenderContext, **values: object) -> str:
            return self.locales.translate(str(key), filters.page_in(context).language, values)

        return translate


def schema_text(source: str) -> str:
    """The JSON between `{% schema %}` tags, "" when there is none."""
    found = _SCHEMA.search(source)
    return found[1] if found else ""


def prepared(source: str) -> str:
    """A file as it is rendered: no schema, and script and style parts taken as they stand."""
    source = _SCHEMA.sub("", source)
    for pattern, element in _VERBATIM:
        source = pattern.sub(lambda found, name=element: f"{{% raw %}}<{name}>{found[1]}</{name}>{{% endraw %}}", source)  # type: ignore[misc]
    return source

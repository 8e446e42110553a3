"""What the filters need to know of the page being rendered; it travels as the Liquid global `_page`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devstore.theme.money import MoneyFormat


@dataclass
class Page:
    """One rendering: language, money, host, and what blocks ask to be loaded once."""

    language: str
    money: MoneyFormat
    host: str
    root: str = ""
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def path(self, rest: str) -> str:
        """A path of the store in the page's language: `/de/cart`."""
        return f"{self.root}{rest}" if rest != "/" else (self.root or "/")

    def load_script(self, url: str) -> None:
        if url not in self.scripts:
            self.scripts.append(url)

    def load_style(self, url: str) -> None:
        if url not in self.styles:
            self.styles.append(url)


def page_of(variables: Mapping[str, object]) -> Page:
    page = variables["_page"]
    assert isinstance(page, Page)
    return page

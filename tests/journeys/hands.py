"""Ways of using a page: by touch on a phone, with the mouse at a desk, from the keyboard alone. What is pressed goes by its name."""

from dataclasses import dataclass
from typing import ClassVar

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.journeys import keys

Place = Page | FrameLocator | Locator


@dataclass
class Mouse:
    page: Page
    screen: ClassVar[dict[str, object]] = {"viewport": {"width": 1280, "height": 900}}

    @property
    def wide(self) -> bool:
        """Whether the page must be scrolled sideways. (A phone's window grows with the page, so it is no measure.)"""
        size = self.page.viewport_size
        return size is not None and int(self.page.evaluate("document.documentElement.scrollWidth")) > size["width"]

    def press(self, name: str, inside: Place | None = None) -> None:
        self.aim(self._named(name, inside))

    def write(self, label: str, text: str, inside: Place | None = None) -> None:
        field = (inside or self.page).get_by_label(label, exact=True).first
        self.aim(field)
        field.fill(text)

    def tick(self, label: str) -> None:
        self.aim(self.page.get_by_label(label, exact=True).first)

    def aim(self, target: Locator) -> None:
        target.click()

    def _named(self, name: str, inside: Place | None) -> Locator:
        """A button, a link or a summary; of several the first."""
        place = inside or self.page
        return place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name)).first


class Touch(Mouse):
    screen: ClassVar[dict[str, object]] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

    def aim(self, target: Locator) -> None:
        target.tap()


class Keys(Mouse):
    """Tab from where one is, round and round, and nothing else: a thing that is not on the way cannot be used."""

    def press(self, name: str, inside: Place | None = None) -> None:
        expect(self._named(name, inside)).to_be_visible()
        keys.enter(self.page, name)

    def tick(self, label: str) -> None:
        keys.enter(self.page, label, "Space")

    def write(self, label: str, text: str, inside: Place | None = None) -> None:
        expect((inside or self.page).get_by_label(label, exact=True).first).to_be_visible()
        keys.write(self.page, label, text)


HANDS: dict[str, type[Mouse]] = {"touch": Touch, "mouse": Mouse, "keys": Keys}

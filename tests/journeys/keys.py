"""From the keyboard alone: Tab, Shift+Tab, Enter, Space and letters."""

from playwright.sync_api import Error, Frame, Page

FOCUSED = """(() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (!one || one === document.body) return null;
  const around = [one, one.closest('.box') ?? one].map((each) => getComputedStyle(each));
  const ring = around.some((each) => each.boxShadow !== 'none' || (each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0));
  const names = [one.getAttribute('aria-label'), one.labels?.[0]?.textContent, one.textContent,
    one.getRootNode().host?.textContent, one.value, one.title];
  return { name: (names.find((each) => each?.trim()) ?? '').replace(/\\s+/g, ' ').trim(), tag: one.localName, ring };
})()"""
MOST = 60


def focused(page: Page) -> dict[str, object] | None:
    """What has the focus: name, tag, whether one sees it. In a frame: what has it there."""
    for frame in reversed(page.frames):
        found = _focused_in(frame)
        if found and found["tag"] != "iframe":
            return dict(found)
    return None


def _focused_in(frame: Frame) -> dict[str, object] | None:
    try:
        found: dict[str, object] | None = frame.evaluate(FOCUSED) if frame.evaluate("document.hasFocus()") else None
    except Error:  # a preview that is being drawn anew: nothing in it has the focus
        return None
    return found


def reach(page: Page, name: str, *, most: int = MOST) -> list[str]:
    """Press Tab until something of that name has the focus, seen all the way. Returns what was passed."""
    passed: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        found = focused(page)
        if found is None:
            continue
        assert found["ring"], f"nobody sees the focus on {found['name']!r}"
        passed.append(str(found["name"]))
        if name.lower() in passed[-1].lower():
            return passed
    raise AssertionError(f"{name!r} is not reached from the keyboard, only {passed}")


def enter(page: Page, name: str, key: str = "Enter") -> None:
    reach(page, name)
    page.keyboard.press(key)


def write(page: Page, name: str, text: str) -> None:
    reach(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)

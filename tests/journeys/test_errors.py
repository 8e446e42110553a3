"""An error in forms of the desk: what was typed stays, and the error stands at its field, where it is read out."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import World
from tests.journeys.test_pages import desk, open_page

__all__ = ["desk"]  # a fixture


@dataclass(frozen=True)
class Slip:
    """A form at ``path`` (its ``form`` id), what is typed by field name, and the field that is wrong."""

    path: str
    form: str
    wrong: str
    typed: dict[str, str] = field(default_factory=dict)


SLIPS = (
    Slip("/app/programmes/new", "programme", "countries", {"name": "Winter", "countries": "Atlantis"}),
    Slip("/app/programmes/{programme_id}", "programme", "hold_days", {"name": "Winter", "hold_days": "900"}),
    Slip("/app/pairs/{pair_id}", "pair", "percent", {"percent": "0"}),
    Slip("/app/pairs", "floor", "floor", {"floor": "101", "cost": "40"}),
    Slip("/app/planner", "planner", "margin", {"hours": "10", "margin": "2O"}),
    Slip("/app/readiness", "voice", "stars", {"asked": "40", "stars": "9"}),
    Slip("/app/baseline", "report", "order", {"order": "#99999"}),
    Slip("/app/advocates", "enrol", "email", {"email": "not an address"}),
    Slip("/app/referrals/{order_id}", "advocate", "code", {"code": "NOBODY"}),
)


@pytest.fixture(scope="module")
def locale() -> str:
    return "en"


@pytest.mark.parametrize("slip", SLIPS, ids=[f"{one.path} {one.form}" for one in SLIPS])
def test_the_desk(desk: object, world: World, slip: Slip) -> None:
    page: Page = desk.new_page()  # type: ignore[attr-defined]
    open_page(page, world, slip.path.format(**world.paths()), "en")
    form = page.locator(f"form#{slip.form}")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for name, text in slip.typed.items():
        form.locator(f"[name={name}]").locator("input, textarea").fill(text)
    form.locator("s-button[type=submit]").last.click()
    wrong = page.locator(f"form#{slip.form} [name={slip.wrong}]")
    alert = wrong.locator("[role=alert]")
    expect(alert).not_to_be_empty()
    control = wrong.locator("input, textarea")
    expect(control).to_have_attribute("aria-invalid", "true")
    assert alert.get_attribute("id") in str(control.get_attribute("aria-describedby")).split()
    expect(control).to_be_focused()
    for name, text in slip.typed.items():
        expect(page.locator(f"form#{slip.form} [name={name}]").locator("input, textarea")).to_have_value(text)
    page.close()

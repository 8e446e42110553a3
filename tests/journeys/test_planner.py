"""The planner in the frame of the admin: what is typed is worked out at once, a slip loses nothing, and what is saved is there again."""

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.journeys.hands import HANDS, Mouse
from tests.walk.conftest import Stage, Visit

PLAN = {"Hours of work": "10", "What an hour costs you": "25", "Fees": "44", "Margin of their order": "20", "Advocate's reward": "7",
        "Friend's discount": "5"}


@pytest.mark.parametrize("way", HANDS)
def test_a_plan(stage: Stage, visitor: Visit, world: object, way: str) -> None:
    """10 hours at 25.00 and 44.00 of fees, 8.00 left of each customer: 37 sales, and at 10 % 370 invitations."""
    hand = HANDS[way](visitor(**HANDS[way].screen))
    hand.page.goto(f"{stage.place.admin}/store/north/apps/tandem")
    app = hand.page.frame_locator("#app-frame")
    expect(app.get_by_role("heading", name="Tandem").or_(app.locator("s-page")).first).to_be_visible()
    hand.press("Planner")
    for label, text in PLAN.items():
        hand.write(label, text, app)
    pays(app)
    hand.write("Margin of their order", "2O", app)
    expect(app.get_by_text("Some of the fields cannot be read")).to_be_visible()
    hand.write("Margin of their order", "10", app)
    expect(app.get_by_text("This never breaks even.")).to_be_visible()
    hand.write("Margin of their order", "20", app)
    pays(app)
    hand.press("Save the plan", app)
    expect(app.get_by_text("Hours and fees also count in the profit and loss below.")).to_be_visible()
    expect(app.get_by_text("Adding up your orders")).to_have_count(0)
    assert not hand.wide
    comes_back(hand, app)


def pays(app: FrameLocator) -> None:
    expect(app.get_by_text("You break even with 37 referred customers a month.")).to_be_visible()
    expect(app.get_by_text("that takes 370 invitations")).to_be_visible()


def comes_back(hand: Mouse, app: FrameLocator) -> None:
    hand.page.reload()
    pays(app)
    for label, text in PLAN.items():
        expect(app.get_by_label(label, exact=True).first).to_have_value(text)

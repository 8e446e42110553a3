"""An error in each form: what was typed stays, and the error stands at its field, where it is read out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from devstore.demo.cast import Merchant
from plugin.messaging import texts
from plugin.referrals.flows.naming import LONGEST_WORDS
from tests.journeys.conftest import World
from tests.journeys.test_pages import desk, open_page
from tests.journeys.test_shoppers import ALICE, magic_link
from tests.walk.conftest import Visit

__all__ = ["desk"]  # a fixture
CONTROL = "input, textarea, select"


@dataclass(frozen=True)
class Slip:
    """A form at ``path`` (its ``form`` id), what is typed by field name, and the field that is wrong."""

    path: str
    form: str
    wrong: str
    typed: dict[str, str] = field(default_factory=dict)


SLIPS = (
    Slip("/app/advocates", "enrol", "email", {"email": "not an address"}),
    Slip("/app/advocates", "rows", "which"),
    Slip("/app/advocates", "save-view", "name", {"name": ""}),
    Slip("/app/advocates/{advocate_id}", "note", "text", {"text": ""}),
    Slip("/app/baseline", "report", "order", {"order": "#99999"}),
    Slip("/app/baseline", "token", "name", {"name": ""}),
    Slip("/app/audiences", "campaign", "name", {"name": "", "code": "PODCAST-"}),
    Slip("/app/audiences/campaigns/{campaign_id}", "campaign", "name", {"name": "", "public_name": "The Kitchen Hour"}),
    Slip("/app/audiences/segments/new", "segment", "value_0", {"name": "Often here", "value_0": "many"}),
    Slip("/app/audiences/segments/{segment_id}", "segment", "name", {"name": "", "value_0": "3"}),
    Slip("/app/kit", "parts", "name", {"name": ""}),
    Slip("/app/margin", "floor", "floor", {"floor": "101", "cost": "40"}),
    Slip("/app/offers/new/tiers", "offer", "value_b", {"title": "More of it", "value_b": "5"}),
    Slip("/app/offers/new/gift", "offer", "least_amount", {"title": "A gift", "least_amount": "-1"}),
    Slip("/app/offers/{offer_id}", "offer", "countries", {"title": "Zirkel", "countries": "Atlantis"}),
    Slip("/app/planner", "planner", "margin", {"hours": "10", "margin": "2O"}),
    Slip("/app/programmes/new", "programme", "countries", {"name": "Winter", "countries": "Atlantis"}),
    Slip("/app/proposals", "assume", "bundle", {"bundle": "100", "friends": "10"}),
    Slip("/app/programmes/{programme_id}", "programme", "hold_days", {"name": "Winter", "hold_days": "900"}),
    Slip("/app/readiness", "voice", "stars", {"asked": "40", "stars": "9"}),
    Slip("/app/referrals/{order_id}", "advocate", "code", {"code": "NOBODY"}),
)


@pytest.fixture(scope="module")
def locale() -> str:
    return "en"


@pytest.fixture
def page(desk: object) -> Iterator[Page]:
    made: Page = desk.new_page()  # type: ignore[attr-defined]
    yield made
    made.close()


@pytest.mark.parametrize("slip", SLIPS, ids=[f"{one.path} {one.form}" for one in SLIPS])
def test_the_desk(page: Page, world: World, slip: Slip) -> None:
    sends(page, world, slip)
    wrong = page.locator(f"form#{slip.form} [name={slip.wrong}]")
    alert, control = wrong.locator("[role=alert]"), wrong.locator(CONTROL)
    expect(alert).not_to_be_empty()
    expect(control).to_have_attribute("aria-invalid", "true")
    assert alert.get_attribute("id") in str(control.get_attribute("aria-describedby")).split()
    expect(control).to_be_focused()
    expect(control).to_be_in_viewport()
    for name, text in slip.typed.items():
        expect(typed(page, slip, name)).to_have_value(text)


@pytest.mark.parametrize("slip", [Slip("/app/pairs", "pair", "first", {"words_first": "enamel", "percent": "15"}),
                                  Slip("/app/margin", "closer", "goods_a", {"own": "10"})], ids=["pair", "floor"])
def test_a_product_that_nobody_chose(page: Page, world: World, slip: Slip) -> None:
    sends(page, world, slip)
    wrong = page.locator(f"form#{slip.form} [name={slip.wrong}]")
    expect(wrong.locator("[role=alert]")).not_to_be_empty()
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
    for name, text in slip.typed.items():
        expect(typed(page, slip, name)).to_have_value(text)


def test_going_ahead_without_a_reason(page: Page, world: World) -> None:
    """What customers say speaks against a launch: then there is a form to go ahead all the same."""
    Merchant(world.stage.place).send("/app/readiness/voice", {"asked": "40", "missing": "4", "reviews": "50", "stars": "2.1"})
    slip = Slip("/app/readiness", "override", "reason", {"reason": "because"})
    sends(page, world, slip)
    expect(typed(page, slip, "reason")).to_have_attribute("aria-invalid", "true")
    expect(typed(page, slip, "reason")).to_be_focused()
    expect(typed(page, slip, "reason")).to_have_value("because")


def sends(page: Page, world: World, slip: Slip) -> None:
    open_page(page, world, slip.path.format(**world.paths()), "en")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for name, text in slip.typed.items():
        typed(page, slip, name).fill(text)
    page.locator(f"form#{slip.form} s-button[type=submit]").last.click()


def typed(page: Page, slip: Slip, name: str) -> Locator:
    return page.locator(f"form#{slip.form} [name={name}]").locator(CONTROL)


@pytest.mark.parametrize(("trouble", "words"), [("offline", "kit.offline"), (401, "kit.signed_out"), (503, "kit.failed")])
def test_what_cannot_be_sent_is_not_lost(page: Page, world: World, trouble: str | int, words: str) -> None:
    """No network, a session that has ended, a server that is away: said out loud, and the form stands as it was."""
    page.route("**/app/advocates*", lambda route: route.fallback() if route.request.method == "GET" else
               route.abort() if isinstance(trouble, str) else route.fulfill(status=trouble, body=""))
    slip = Slip("/app/advocates", "enrol", "email", {"email": "hannah@world.example"})
    sends(page, world, slip)
    expect(page.locator("#errors [role=alert]")).to_have_text(texts.say("en", words))
    expect(page.locator("#errors [role=alert]")).to_be_in_viewport()
    expect(typed(page, slip, "email")).to_have_value("hannah@world.example")


def test_own_words_end_where_the_field_does(visitor: Visit, world: World) -> None:
    """A browser counts the end of a line as one letter and sends two: what the field took is what is kept."""
    page = visitor(locale="en")
    page.goto(magic_link(page, world, "en", ALICE))
    page.get_by_role("button").click()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    field = page.get_by_label(texts.say("en", "me.words_label"))
    field.fill("friend\n" * LONGEST_WORDS)
    text = field.input_value()
    assert len(text) == LONGEST_WORDS
    page.locator("form[action$=words] button").first.click()
    expect(page.get_by_text(texts.say("en", "me.saved"))).to_be_visible()
    expect(page.get_by_label(texts.say("en", "me.words_label"))).to_have_value(re.compile(re.escape(text.strip())))


@pytest.mark.parametrize("typed", ["", "nobody at home"])
def test_an_address_that_is_none(visitor: Visit, world: World, typed: str) -> None:
    """The store's block: the browser says what is missing, in its own words, and leads there."""
    page, asked = visitor(locale="en"), []
    page.goto(world.stage.shop("north", "/"))
    page.on("request", lambda request: asked.append(request.url) if "magic" in request.url else None)
    field = page.locator("tandem-share [type=email]")
    field.fill(typed)
    page.locator("tandem-share form button").click()
    expect(field).to_be_focused()
    assert field.evaluate("one => one.validationMessage") and field.input_value() == typed and not asked


def test_an_address_that_only_a_browser_takes_for_one(visitor: Visit, world: World) -> None:
    """From the store's block to a page that has the field with what was typed, and what is wrong with it."""
    page = visitor(locale="en")
    page.goto(world.stage.shop("north", "/"))
    page.locator("tandem-share [type=email]").fill("nobody@home")
    page.locator("tandem-share form button").click()
    expect(page.get_by_role("alert")).to_have_text(texts.say("en", "me.no_address"))
    expect(page.locator("[type=email]")).to_have_value("nobody@home")
    expect(page.locator("[type=email]")).to_be_focused()


def test_a_mail_that_cannot_be_asked_for(visitor: Visit, world: World) -> None:
    """Without a network it is said in place. (What the app itself has to say stands on a page of its own.)"""
    page = visitor(locale="en")
    page.route("**/apps/tandem/magic", lambda route: route.abort())
    page.goto(world.stage.shop("north", "/"))
    block = page.locator("tandem-share")
    block.locator("[type=email]").fill(ALICE)
    block.locator("form button").click()
    expect(block.get_by_role("status").filter(has_text=texts.say("en", "theme.share.failed"))).to_be_visible()
    expect(block.locator("[type=email]")).to_have_value(ALICE)
    expect(block.locator("form button")).to_be_enabled()

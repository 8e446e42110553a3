"""What the margin floor takes from a welcome bundle is said in the preview, and a friend with code and bundle pays just that."""

from playwright.sync_api import Page, expect

from devstore.demo.books import Books, engine_for
from devstore.demo.cast import Shopper
from devstore.demo.story import PROGRAMME
from tests.offers_story.cases import CANDLE, VASE
from tests.offers_story.conftest import Builder
from tests.offers_story.shopping import buy, goods_paid, take
from tests.walk.conftest import Stage, Visit, publish, until

COST, REWARD, FRIEND_BP, FLOOR_BP = 1750 + 400, 500, 1500, 2000
"""Of a vase and a candle at the store; what the advocate is promised; the friend's own discount."""


def test_the_floor_trims_the_bundle_beside_the_code(builder: Builder, stage: Stage, visitor: Visit) -> None:
    link = advocates_link(stage)
    values = builder.values("welcome", {"goods_a": (VASE,), "goods_b": (CANDLE,), "value": "45"})
    [without] = builder.preview(values)
    builder.merchant.send("/app/margin-floor", {"floor": f"{FLOOR_BP // 100}", "cost": ""})
    [example] = builder.preview(values)
    assert example.paid > without.paid == 5400 * 55 // 100
    offer = builder.publish(values)
    friend = visitor()
    comes_by(friend, link)
    friend.goto(stage.shop("north", f"/products/{VASE}"))
    assert take(friend, example) == example.paid
    order = buy(friend, stage)
    paid, rewarded = goods_paid(order), reward(stage, str(order["id"]))
    assert paid == example.paid - (example.paid * FRIEND_BP + 5_000) // 10_000
    assert 0 < rewarded < REWARD and (paid - COST - rewarded) * 10_000 >= FLOOR_BP * paid
    builder.pause(offer)
    builder.merchant.send("/app/margin-floor", {"floor": "", "cost": ""})


def reward(stage: Stage, order: str) -> int:
    """What the advocate gets for it; the floor cuts that before anything else."""
    books = Books(engine_for(stage.place.database), "north.myshopify.com")
    return until("the reward is held", lambda: books.reward(order))[1]


def advocates_link(stage: Stage) -> str:
    publish(stage.place, "north", PROGRAMME)
    advocate = Shopper(stage.place, "Alice", "alice@advocates.example")
    order = advocate.buy(["wool-throw"])
    return str(until("the link", lambda: advocate.share(order).get("link")))


def comes_by(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Get my code and shop").click()
    expect(page.get_by_text("is applied at checkout")).to_be_visible()
    with page.expect_response("**/cart/update.js"):
        page.get_by_role("button", name="Accept").click()

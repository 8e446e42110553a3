"""A programme whose reward asks for a bundle: chosen among the offers that are on, told before it is published, refused where it is off."""

from plugin import clock
from plugin.context import Context
from plugin.offers import flows as offers
from plugin.offers.rules.filling import read, suggested
from plugin.referrals.rules import filling
from plugin.referrals.tables import Programme
from tests.desk.conftest import CANDLE, Desk, World, on_one


def _offer(context: Context, desk: Desk, title: str) -> str:
    """Candles for less, switched on. Its id."""
    wish = read(suggested("tiers", title) | {"goods_a": [f"p:{CANDLE}"]}, "tiers", "GBP").offer
    assert wish is not None
    with context.transaction() as session:
        made = offers.save_offer(session, desk.shop.id, wish, currency="GBP", now=clock.now())
        offers.publish_offer(session, desk.shop.id, made.id, currency="GBP", now=clock.now())
        return str(made.id)


def _form(bundle: str) -> dict[str, str | list[str]]:
    return filling.suggested("Friends", "GBP") | {"bundles": [bundle], "basket": "30", "from_a": "50", "worth_a": "8", "from_b": "100",
                                                  "worth_b": "15"}


def test_what_a_reward_asks_for_is_chosen_told_and_published(context: Context, desk: Desk, world: World) -> None:
    bundle = f"{_offer(context, desk, 'More candles')} More candles"
    address = f"/app/programmes/{world.programme}"
    assert f'<s-choice value="{bundle}">More candles' in desk.get(address).text
    told = desk.post("/app/programmes/preview", _form(bundle)).text
    assert "is for orders with More candles" in told and "orders that keep goods of £30.00 or more" in told
    assert "grows with the basket: from £50.00: £8.00 off; from £100.00: £15.00 off" in told
    saved = desk.done(address, _form(bundle))
    assert f'<s-choice value="{bundle}" selected>' in saved and 'value="50.00"' in saved and 'value="8.00"' in saved
    assert "You get the reward only if the friend&#39;s order holds More candles and keeps it." in saved  # what changes for advocates
    desk.done(f"{address}/publication")
    with context.transaction() as session:
        assert session.get_one(Programme, (desk.shop.id, world.programme)).draft is None


@on_one
def test_a_bundle_that_is_off_cannot_be_asked_for(context: Context, desk: Desk, world: World) -> None:
    offer = _offer(context, desk, "More candles")
    desk.done(f"/app/programmes/{world.programme}", _form(f"{offer} More candles"))
    desk.done(f"/app/offers/{offer}/pause")
    answer = desk.post(f"/app/programmes/{world.programme}/publication")
    assert answer.status_code == 422 and "are not switched on, so nobody could earn the reward: More candles" in answer.text
    assert "selected>More candles" in answer.text  # it can still be seen and taken out
    assert "appear here once they are switched on" in desk.get("/app/programmes/new").text

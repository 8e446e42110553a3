"""What the shop's own orders speak for: with its uncertainty and what is assumed; one tap makes a draft."""

from datetime import timedelta

from sqlalchemy import select

from plugin import clock
from plugin.context import Context
from plugin.mirror.tables import Cost, OrderLine
from plugin.offers.tables import Offer
from plugin.referrals.tables import Programme
from plugin.shops.tables import Shop
from tests.desk.conftest import CANDLE, VASE, Desk, World, everything, on_one
from tests.rules.shopfront import mirrored


def _history(context: Context, shop: Shop) -> None:
    """Of 60 buyers of a vase for 40.00 twenty took a candle for 10.00; each costs 1.00."""
    with context.transaction() as session:
        for product in (VASE, CANDLE):
            session.add(Cost(shop_id=shop.id, inventory_item_id=f"{product}1", amount=100, currency="GBP", updated_at=clock.now()))
        for number in range(60):
            order = mirrored(session, shop, f"9{number:03}", None, clock.now() - timedelta(days=2))
            line = session.get_one(OrderLine, (shop.id, order.id, "1"))
            line.product_id, line.kept = VASE, 1
            if number < 20:
                session.add(OrderLine(shop_id=shop.id, order_id=order.id, id="2", position=1, product_id=CANDLE, variant_id=None, title="",
                                      quantity=1, removed=0, kept=1, amount=1000, currency=shop.currency, discounts=[]))


@on_one
def test_too_little_is_said_plainly(desk: Desk, world: World) -> None:
    shown = desk.get("/app/proposals").text
    assert "No proposal yet" in shown and "Set a margin floor first" in shown
    desk.done("/app/margin-floor", {"floor": "20", "cost": ""})
    assert "too few orders" in desk.get("/app/proposals").text


@on_one
def test_a_proposal_tells_its_effect_and_how_sure_it_is(context: Context, desk: Desk, world: World) -> None:
    _history(context, desk.shop)
    shown = desk.done("/app/proposals", {"floor": "20", "bundle": "30", "friends": "10"})
    assert "Whoever buys Vase gets Candle" in shown and "Today it is 10%" in shown
    assert "with 95% certainty 22.72% to 45.95%" in shown and "20 of 61 orders had both" in shown
    assert 'value="30"' in shown and 'value="20"' in shown
    assert "Nothing to propose" in desk.done("/app/proposals", {"floor": "99", "bundle": "30", "friends": "10"})


def test_one_tap_makes_drafts_that_nobody_sees(context: Context, desk: Desk, world: World) -> None:
    _history(context, desk.shop)
    form = desk.done(f"/app/proposals/bundle?first={VASE}&second={CANDLE}&bundle=1500")
    assert "Vase with Candle" in form and 'value="15"' in form
    discount = desk.done("/app/proposals/discount?friend=500")
    assert 'value="5"' in discount
    again = desk.done("/app/proposals/discount?friend=2000")  # somebody works on that programme already
    assert 'value="20"' in again
    with context.transaction() as session:
        made = session.scalars(select(Offer).where(Offer.kind == "buy_get")).one()
        assert (made.state, made.title) == ("draft", "Vase with Candle")
        first, second = session.scalars(select(Programme).order_by(Programme.made_at, Programme.id)).all()
        assert first.id == world.programme and first.state == "live" and first.draft and first.draft["friend"]["basis_points"] == 500
        assert second.state == "draft" and second.draft and second.draft["friend"]["basis_points"] == 2000


@on_one
def test_what_is_no_proposal_is_not_drafted(context: Context, desk: Desk, rival: Desk, world: World) -> None:
    before = everything(context)
    for address in ("bundle?first=71&second=404&bundle=1500", f"bundle?first={VASE}&second={VASE}&bundle=1500", "bundle",
                    f"bundle?first={VASE}&second={CANDLE}&bundle=99999", "discount?friend=0", "discount?friend=9000", "discount?friend=x"):
        assert desk.post(f"/app/proposals/{address}").status_code == 422
    assert rival.post(f"/app/proposals/bundle?first={VASE}&second={CANDLE}&bundle=1500").status_code == 422
    assert everything(context) == before

"""What each act on many rows does: rewards issued, orders worked out again, deliveries tried again, advocates stopped and resumed."""

from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from sqlalchemy import select

from jobs.draining import drain
from plugin.attribution.tables import Decision, Link
from plugin.context import Context
from plugin.db import new_id
from plugin.desk import flows
from plugin.errors import Refused
from plugin.guardrails.tables import Case
from plugin.insights import acts
from plugin.mirror.tables import Order
from plugin.outbox.tables import Delivery
from plugin.referrals import flows as referrals
from plugin.referrals.tables import Advocate
from plugin.rewards.tables import Reward
from tests.books.stage import DAY, Stage
from tests.desk.acting import begun, case_of
from tests.desk.conftest import Desk, World, everything


def test_many_rewards_are_issued_with_counts_and_the_rest_after_a_stop(context: Context, desk: Desk, world: World, stage: Stage,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Releasing cases is what issues rewards in bulk: each leaves when its hold is over."""
    monkeypatch.setattr(flows, "STEP", 1)
    stage.tell(stage.order("5002", code=stage.friend_code("CODE2"), off=500, customer="300"))
    stage.settle("5002")
    with context.transaction() as session:
        session.add(Case(shop_id=desk.shop.id, order_id="5002", state="open", verdict="hold", rule="risk", reasons=[], opened_at=stage.now,
                         judged_at=stage.now))
    path, _ = begun(desk, "release", [world.order, "5002"])
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    assert "1 of 2" in desk.get(path).text
    desk.done(f"{path}/cancellation")
    drain(context, desk.shop.id)
    assert (case_of(context, desk, world.order).state, case_of(context, desk, "5002").state) == ("released", "open")
    desk.done(f"{path}/resumption")
    drain(context, desk.shop.id)
    stage.move(15 * DAY)
    for order_id in (world.order, "5002"):
        stage.settle(order_id)
    stage.deliver()
    with context.transaction() as session:
        issued = {reward.order_id: reward.state for reward in session.scalars(select(Reward))}
    assert issued == {world.order: "issued", "5002": "issued"}


def test_many_orders_are_worked_out_again_with_counts_and_a_stop(context: Context, desk: Desk, world: World, stage: Stage,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 1)
    for order_id in ("6001", "6002"):
        stage.tell(stage.order(order_id, customer="400"))
        stage.settle(order_id)
    stage.settle(world.order)
    before = _books(context)
    with context.transaction() as session:
        revisions = {order.id: order.revision for order in session.scalars(select(Order))}
    shown = desk.post("/app/lists/orders/acts", {"act": "settle", "which": "all"}).text
    assert "Work out 3 orders again?" in shown
    path, _ = begun(desk, "settle", ["6001", "6002", world.order])
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    assert "It stopped at 1 of 3." in desk.done(f"{path}/cancellation")
    drain(context, desk.shop.id)
    assert _grown(context, revisions) == {"6001"}
    desk.done(f"{path}/resumption")
    drain(context, desk.shop.id)
    assert "3 of 3" in desk.get(path).text and _grown(context, revisions) == {"6001", "6002", world.order}
    stage.settle(world.order)
    assert _books(context) == before  # nothing had changed, so nothing came of it


def _grown(context: Context, revisions: dict[str, int]) -> set[str]:
    with context.transaction() as session:
        return {order.id for order in session.scalars(select(Order)) if order.revision > revisions[order.id]}


def _books(context: Context) -> list[str]:
    return everything(context)["postings"] + everything(context)["rewards"]


def test_deliveries_are_tried_again_once_and_for_good(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        other = session.scalars(select(Delivery).where(Delivery.id != world.delivery)).first()
    items = [world.delivery, *([other.id] if other else []), new_id()]
    path, shown = begun(desk, "retry", items)
    drain(context, desk.shop.id)
    shown = unescape(desk.get(path).text)
    assert "1 row was changed." in shown and "This cannot be undone: they may leave at once." in shown and "Undo</s-button>" not in shown
    with context.transaction() as session:
        assert session.get_one(Delivery, (desk.shop.id, world.delivery)).state == "waiting"
    assert desk.post(f"{path}/undoing").status_code == 422


def test_a_stop_that_is_undone_never_was(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    """An order that came in between is judged again, and attributed."""
    path, _ = begun(desk, "stop", [world.advocate], reason="A mistake.")
    drain(context, desk.shop.id)
    stage.move(timedelta(minutes=5))
    stage.tell(stage.order("5002", code=stage.friend_code("CODE2"), off=500, customer="300"))
    stage.settle("5002")
    assert _verdict(context, desk, "5002") == "refused"
    desk.done(f"{path}/undoing")
    drain(context, desk.shop.id)
    stage.settle("5002")
    assert _verdict(context, desk, "5002") == "attributed"
    with context.transaction() as session:
        link, advocate = session.get_one(Link, (desk.shop.id, world.advocate)), session.get_one(Advocate, (desk.shop.id, world.advocate))
    assert (link.state, link.stopped_at, link.gaps, advocate.state) == ("active", None, None, "active")


def test_what_came_while_somebody_was_stopped_earns_nothing_for_good(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    for number, expected in ((1, "refused"), (2, "refused")):
        desk.done(f"/app/advocates/{world.advocate}/stop")
        stage.move(timedelta(minutes=5))
        order_id = f"510{number}"
        stage.tell(stage.order(order_id, code=stage.friend_code(f"CODE{number}"), off=500, customer=str(300 + number)))
        stage.move(timedelta(minutes=5))
        assert "The link works again." in desk.done(f"/app/advocates/{world.advocate}/resumption")
        stage.settle(order_id)
        assert _verdict(context, desk, order_id) == expected
    stage.settle("5101")
    assert _verdict(context, desk, "5101") == "refused"
    with context.transaction() as session:
        assert len(session.get_one(Link, (desk.shop.id, world.advocate)).gaps or ()) == 2
        with pytest.raises(Refused):
            referrals.resume(session, desk.shop.id, world.advocate, flows.Ask(None, "", stage.now))


def _verdict(context: Context, desk: Desk, order_id: str) -> str:
    with context.transaction() as session:
        return session.get_one(Decision, (desk.shop.id, order_id)).verdict

"""Leaving somebody in peace: by the merchant's word, from the advocate's page or an order's, with who and when, and back again."""

from html import unescape

from sqlalchemy import select

from plugin.context import Context
from plugin.desk.tables import Note
from plugin.messaging import silence
from plugin.mirror.tables import Order
from plugin.people.tables import Person
from plugin.referrals.tables import Advocate
from tests.books.stage import Stage
from tests.desk.conftest import Desk, World, on_one
from tests.wire.signed import claims, token


def _why(context: Context, desk: Desk, world: World, stage: Stage, *, buyer: bool = False) -> str | None:
    with context.transaction() as session:
        owner = session.get_one(Order, (desk.shop.id, world.order)) if buyer else session.get_one(Advocate, (desk.shop.id, world.advocate))
        assert owner.person_id is not None
        return silence.hurt(session, desk.shop.id, owner.person_id, stage.now)


def _kinds(context: Context) -> list[tuple[str, str, str | None]]:
    with context.transaction() as session:
        return [(note.kind, note.text, note.staff) for note in session.scalars(select(Note).order_by(Note.id))]


def test_an_advocate_is_left_in_peace_and_asked_again(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    page = f"/app/advocates/{world.advocate}"
    assert "May be asked to share, now and then." in desk.get(page).text
    shown = unescape(desk.done(f"{page}/peace", {"reason": " Wrote an angry mail. "}))
    assert "Nothing is asked of them any more." in shown and "Left in peace since" in shown and "Wrote an angry mail." in shown
    assert f'hx-post="{page}/peace/end' in shown and "Undo" in shown
    assert _why(context, desk, world, stage) == "left_alone"
    shown = unescape(desk.done(f"{page}/peace/end"))
    assert "Mail that asks may reach them" in shown and _why(context, desk, world, stage) is None
    assert [kind for kind, _, _ in _kinds(context)] == ["left_alone", "asked_again"]


@on_one
def test_who_said_so_is_kept_and_saying_it_twice_is_once(context: Context, desk: Desk, world: World) -> None:
    address = f"https://{desk.shop.domain}"
    staff = token(claims(iss=f"{address}/admin", dest=address, sub="4242"))
    for _ in range(2):
        answer = desk.app.test_client().post(f"/app/advocates/{world.advocate}/peace", data={"reason": "Enough."},
                                             headers={"Authorization": f"Bearer {staff}", "HX-Request": "true"})
        assert answer.status_code == 303
    assert _kinds(context) == [("left_alone", "Enough.", "4242")]


def test_a_complaint_is_noted_with_its_order_and_silences_who_bought(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    page = f"/app/referrals/{world.order}"
    shown = unescape(desk.done(f"{page}/peace", {"reason": "Came broken."}))
    assert "Left in peace since" in shown and "Came broken." in shown
    assert (_why(context, desk, world, stage, buyer=True), _why(context, desk, world, stage)) == ("left_alone", None)
    with context.transaction() as session:
        assert [note.subject for note in session.scalars(select(Note))] == [f"order:{world.order}"]
    desk.done(f"{page}/peace/end")
    assert _why(context, desk, world, stage, buyer=True) is None


@on_one
def test_an_order_of_nobody_says_so(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        session.get_one(Order, (desk.shop.id, world.order)).person_id = None
    assert "Nobody whom we know placed this order." in desk.get(f"/app/referrals/{world.order}").text
    assert desk.post(f"/app/referrals/{world.order}/peace").status_code == 404


@on_one
def test_what_is_too_long_comes_back_at_its_field(context: Context, desk: Desk, world: World) -> None:
    for page in (f"/app/advocates/{world.advocate}", f"/app/referrals/{world.order}"):
        answer = desk.post(f"{page}/peace", {"reason": "x" * 301})
        assert answer.status_code == 422 and "At most 300 letters fit here." in answer.text and "x" * 301 in answer.text
    with context.transaction() as session:
        assert set(session.scalars(select(Person.left_alone_at))) == {None}


def test_another_shop_can_silence_nobody_here(context: Context, rival: Desk, desk: Desk, world: World, stage: Stage) -> None:
    for path in (f"/app/advocates/{world.advocate}/peace", f"/app/referrals/{world.order}/peace",
                 f"/app/advocates/{world.advocate}/peace/end", f"/app/referrals/{world.order}/peace/end"):
        assert rival.post(path).status_code == 404
    assert _why(context, desk, world, stage) is None and _kinds(context) == []

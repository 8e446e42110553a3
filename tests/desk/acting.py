"""Acts on many rows, begun as the desk begins them, and what they are about."""

from typing import Any

from plugin.context import Context
from plugin.guardrails.tables import Case
from tests.books.stage import Stage
from tests.desk.conftest import Desk


def case_of(context: Context, desk: Desk, order_id: str) -> Case:
    with context.transaction() as session:
        return session.get_one(Case, (desk.shop.id, order_id))


def opened(context: Context, desk: Desk, stage: Stage, count: int) -> list[str]:
    """Cases that wait, of orders nobody else has to do with."""
    ids = [str(7000 + number) for number in range(count)]
    with context.transaction() as session:
        session.add_all(Case(shop_id=desk.shop.id, order_id=id, state="open", verdict="hold", rule="risk", reasons=[], opened_at=stage.now,
                             judged_at=stage.now) for id in ids)
    return ids


def begun(desk: Desk, act: str, items: list[Any], *, reason: str = "") -> tuple[str, str]:
    """Confirm, and read the page that shows how far it is. Returns its path and its text."""
    answer = desk.post("/app/bulks", {"act": act, "items": ",".join(map(str, items)), "reason": reason})
    assert answer.status_code == 303, answer.text
    path = answer.headers["Location"]
    return path, desk.get(path).text

"""What belongs to one shop is not there for another: every address of the admin that names a thing, asked by a stranger to it."""

import re
from pathlib import Path

import pytest

from plugin.context import Context
from tests.desk.conftest import Desk, World, everything, on_one

ROUTES = Path(__file__).parents[1] / "house" / "routes.txt"
NAMES = {"data_request": "request"}
NAMED = re.compile(r"<(?:uuid:)?([a-z_]+)_id>")
KNOWN = {"advocate", "campaign", "segment", "order", "delivery", "event", "offer", "programme", "request"}


def _addresses() -> list[tuple[str, str]]:
    """Method and path, with {advocate}, {offer} … in it; of things that World has one of."""
    told = [line.split()[:2] for line in ROUTES.read_text().splitlines() if " /app/" in line and "<" in line]
    told = [(method, NAMED.sub(lambda found: f"{{{NAMES.get(found[1], found[1])}}}", path)) for method, path in told]
    return [(method, path) for method, path in told if "<" not in path and set(re.findall(r"{(\w+)}", path)) <= KNOWN]


ADDRESSES = _addresses()


def test_most_addresses_are_asked() -> None:
    assert len(ADDRESSES) > 40


@on_one
@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_another_shops_things_are_not_there(context: Context, rival: Desk, world: World, method: str, path: str) -> None:
    before = everything(context)
    place = path.format(**vars(world))
    answer = rival.get(place) if method == "GET" else rival.post(place, {"revision": "1"})
    assert answer.status_code == 404
    assert "Alice" not in answer.text and everything(context) == before

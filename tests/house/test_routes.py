"""Every address has a guard, and who may call what is a file that a reviewer sees change."""

from functools import cache
from pathlib import Path

from plugin.web.guards import GUARDS
from scripts.list_routes import app, lines

INVENTORY = Path(__file__).with_name("routes.txt")
GUARD_OF = {"/app": "embedded", "/proxy": "proxy", "/extension": "extension", "/me": "public", "/mail": "public"}


@cache
def routes() -> tuple[str, ...]:
    return tuple(lines(app()))


def test_every_route_is_guarded() -> None:
    assert not [line for line in routes() if _guard(line) not in GUARDS]


def test_each_door_has_its_own_guard() -> None:
    assert not [line for line in routes() if _guard(line) != GUARD_OF.get("/" + line.split()[1].split("/")[1], _guard(line))]


def test_the_open_doors_say_why() -> None:
    assert not [line for line in routes() if _guard(line) in ("public", "bare") and "(" not in line]


def test_the_inventory_is_up_to_date() -> None:
    wanted = INVENTORY.read_text().splitlines()
    assert list(routes()) == wanted, "write it anew: .venv/bin/python -m scripts.list_routes > tests/house/routes.txt"


def _guard(line: str) -> str:
    return line.split()[2]

"""``./run demo --story`` ends 0 only if all holds, and writes its figures."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devstore.demo.books import effects, moved, sums

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"orders", "attributed", "refused", "rewards", "effects", "refunds", "money", "ledger_sum", "accounts", "seconds", "steps"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("story") / "story.json"
    command = [sys.executable, "-m", "devstore.demo", "--story", "--json", str(file)]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return dict(json.loads(file.read_text()))


def test_the_figures_are_those_of_the_stories(told: dict[str, Any]) -> None:
    assert set(told) == KEYS
    assert (told["orders"], told["attributed"], told["refunds"], told["refused"]) == (9, 3, 3, {})
    assert told["rewards"] == {"reversed": 1, "spent": 1, "void": 1}


def test_the_books_show_the_spent_reward_and_the_debt_alone(told: dict[str, Any]) -> None:
    standing = {name: amounts for name, amounts in told["accounts"].items() if any(amounts.values())}
    assert standing == {"spent": {"GBP": -500}, "debt": {"GBP": 500}}
    assert told["ledger_sum"] == {"GBP": 0}


def test_the_store_saw_two_rewards_added_and_one_deleted(told: dict[str, Any]) -> None:
    assert (told["effects"]["reward_code_added"], told["effects"]["reward_code_deleted"]) == (2, 1)
    assert told["effects"]["friend_code_used"] == 3


def test_the_page_after_payment_is_accepted_once_and_declined_once(told: dict[str, Any]) -> None:
    added = next(one for one in told["steps"] if "one press adds it" in one["step"])
    assert added["now"] - added["paid"] == 585
    assert {name: told["steps"][-1][name] for name in ("added", "bought", "kept")} == {"added": 1, "bought": 1, "kept": 1}


def test_the_referee_sees_a_difference() -> None:
    """What judges the story must be able to say no."""
    assert moved({"spent": {"GBP": -1}}, {"spent": {"GBP": -2}, "debt": {"GBP": 0}}) == {"spent": {"GBP": -1}}
    assert sums({"spent": {"GBP": -500}, "debt": {"GBP": 499}}) == {"GBP": -1}
    assert effects([{"kind": "code_added", "code": "X", "title": "Tandem friend 15 %"}]) == {"friend_code_added": 1}

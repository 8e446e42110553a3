"""The extract, replayed with real processes, stopped in the middle and taken up again: everything agrees at the end."""

import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstore.demo.processes import ROOT
from devstore.demo.replaying import plan
from devstore.demo.replaying.lines import read
from devstore.demo.replaying.position import key_of
from devstore.demo.web import ask
from tests.replay import EXTRACT, GOOD, csv

PATIENCE = 240.0


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "devstore.demo", "--replay", *map(str, words)]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), cwd=ROOT, text=True, capture_output=True, timeout=PATIENCE, check=False)


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Path]:
    """The folder of a replay that got Ctrl-C after some orders."""
    folder = tmp_path / "state"
    folder.mkdir()
    ports = random.sample(range(12_000, 20_000), 4)  # of no other stack's choice: they must still be free when it goes on
    (folder / "ports.json").write_text(json.dumps(dict(zip(("devstore", "app", "mail", "valkey"), ports, strict=True))))
    process = subprocess.Popen(command(EXTRACT, "--folder", folder), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _wait_for_orders(process, folder, 20)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130, said
        assert "the same command goes on from here" in said
        yield folder
    finally:
        process.kill()


def _wait_for_orders(process: subprocess.Popen[str], folder: Path, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while _orders(folder) < count:
        assert process.poll() is None and time.monotonic() < until, "the replay did not come to its orders"
        time.sleep(0.2)


def _orders(folder: Path) -> int:
    """What the store has sold; 0 until it trades."""
    try:
        told = json.loads((folder / "position.json").read_text())
        port = json.loads((folder / "ports.json").read_text())["devstore"]
    except FileNotFoundError:
        return 0
    if not told["variants"]:
        return 0
    return int(next(shop["orders"] for shop in ask(f"http://127.0.0.1:{port}/_devstore/state")["shops"] if shop["handle"] == "retail"))


def test_a_stopped_replay_goes_on_and_agrees(stopped: Path, tmp_path: Path) -> None:
    done = run(EXTRACT, "--folder", stopped, "--json", tmp_path / "told.json")
    assert done.returncode == 0, done.stdout + done.stderr
    told, planned = json.loads((tmp_path / "told.json").read_text()), plan.make(read(EXTRACT))
    assert told["orders"] == told["effects"]["order_placed"] == len(planned.sales)
    assert told["refunds"] == told["effects"]["refund"] == planned.refunds
    assert told["rows"]["given"] == told["rows"]["used"] + sum(told["rows"]["refused"].values())
    assert told["attributed"] > 0
    effects, rewards = told["effects"], told["rewards"]
    assert effects.get("reward_code_added", 0) - effects.get("reward_code_deleted", 0) == rewards.get("issued", 0) + rewards.get("spent", 0)
    assert not any(told["ledger_sum"].values())
    assert set(told["seconds"]) >= {"set out", "trade", "settle", "check"}
    assert "Simulated" in told["simulated"] and re.search(r"Everything agrees", done.stdout)


def test_a_killed_replay_says_so(tmp_path: Path) -> None:
    file, folder = csv(tmp_path, GOOD), tmp_path / "state"
    folder.mkdir()
    (folder / "position.json").write_text(json.dumps({"key": _key(file), "state": "under way", "variants": [["85048", 695, 1]]}))
    done = run(file, "--folder", folder)
    assert done.returncode == 1 and "--fresh starts over" in done.stderr


def test_another_files_state_is_not_thrown_away(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "position.json").write_text(json.dumps({"key": "another", "state": "stopped", "variants": [["85048", 695, 1]]}))
    done = run(EXTRACT, "--folder", folder)
    assert done.returncode == 1 and "holds a replay of something else" in done.stderr


def _key(file: Path) -> str:
    return key_of(file, None, plan.SEED)


@pytest.mark.parametrize(("rows", "why"), [([], "has no rows"), ([GOOD | {"UnitPrice": "0"}], "No row of the file can be bought")])
def test_a_file_without_anything_to_sell(tmp_path: Path, rows: list[dict[str, str]], why: str) -> None:
    done = run(csv(tmp_path, *rows), "--folder", tmp_path / "state")
    assert done.returncode == 2 and why in done.stderr
    assert not (tmp_path / "state").exists()

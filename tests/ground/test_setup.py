"""The steps behind ./run: done once, done again when what they depend on changed, and plain words where they cannot be done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.setup import base, browser, node, python

RUN = base.ROOT / "run"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root of its own, with its own lock."""
    monkeypatch.setattr(base, "ROOT", tmp_path)
    monkeypatch.setattr(base, "VAR", tmp_path / "var")
    return tmp_path


def test_a_step_is_done_once_and_again_when_its_inputs_change(place: Path) -> None:
    lock, done = place / "lock.txt", []
    for text, expected in (("one", 1), ("one", 1), ("two", 2)):
        lock.write_text(text)
        base.once(place / "made" / ".done", [lock, "3.11"], lambda: done.append(1))
        assert len(done) == expected


def test_a_step_that_failed_is_not_done(place: Path) -> None:
    def fail() -> None:
        raise base.Impossible("no")

    with pytest.raises(SystemExit):
        base.once(place / ".done", ["x"], fail)
    assert not (place / ".done").exists()


def test_a_removed_file_changes_a_folder(place: Path) -> None:
    folder = place / "folder"
    folder.mkdir()
    (folder / "a").write_text("a")
    before = base.digest([folder])
    (folder / "a").unlink()
    assert base.digest([folder]) != before


def test_two_at_once_do_a_step_once(tmp_path: Path) -> None:
    """The second waits for the lock and then finds the work done."""
    program = f"""import sys, time; sys.path.insert(0, {str(base.ROOT)!r})
from pathlib import Path
from scripts.setup import base
base.VAR = Path({str(tmp_path)!r})
def work():
    time.sleep(0.5)
    (base.VAR / "count").open("a").write("x")
base.once(base.VAR / ".done", ["same"], work)"""
    both = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [process.wait(30) for process in both] == [0, 0]
    assert (tmp_path / "count").read_text() == "x"


def test_without_a_browser_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        browser.browser()
    assert "sudo apt-get install chromium" in capsys.readouterr().err


def test_an_old_node_is_not_taken(tmp_path: Path) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v20.20.2\n")
    old.chmod(0o755)
    assert node._version(str(old)) == 20
    assert node._version(None) == 0


def test_the_environment_is_made_by_the_machines_own_python() -> None:
    """.venv has no pip, so the Python outside must be found from inside it."""
    found = python.machine_python()
    assert Path(found).exists()
    assert not found.startswith(str(base.VENV))


def test_run_alone_lists_the_commands() -> None:
    told = subprocess.run([sys.executable, RUN], capture_output=True, text=True, check=True).stdout
    for command in ("setup", "demo", "test", "check", "web", "worker", "scheduler", "bench", "fmt"):
        assert f"./run {command}" in told


def test_an_unknown_command_is_refused() -> None:
    assert subprocess.run([sys.executable, RUN, "dance"], capture_output=True, check=False).returncode == 2


def test_run_is_understood_by_the_oldest_python_that_may_read_it() -> None:
    """An older Python must get as far as the sentence that says so."""
    head = RUN.read_text().partition("from scripts.setup")[0]
    assert "match " not in head
    assert ":=" not in head

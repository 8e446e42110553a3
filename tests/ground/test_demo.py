"""./run demo: settings that the app accepts, ports that are free, and processes that all end."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devstore.demo import launch
from devstore.demo.processes import ROOT, Crew, Ended
from devstore.demo.servers import answers, valkey_command
from devstore.ports import free_port
from plugin.config import Settings

PORTS = {"devstore": 4400, "app": 4401, "mail": 4402, "valkey": 4403}
PARENT = """import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


@pytest.fixture
def place(tmp_path: Path) -> launch.Place:
    return launch.Place(tmp_path, PORTS, launch._secrets(tmp_path / "secrets.json"))


def test_the_app_accepts_the_settings_of_the_demo(place: launch.Place) -> None:
    settings = Settings.from_environment(place.environment())
    assert settings.origin("north.myshopify.com") == "http://127.0.0.1:4400/_shop/north.myshopify.com"
    assert settings.shopify_admin_origin == "http://admin.localhost:4400"
    assert settings.clock_offset_file == place.clock


def test_secrets_are_kept_and_are_nobody_elses(place: launch.Place) -> None:
    assert launch._secrets(place.folder / "secrets.json") == place.secrets
    assert (place.folder / "secrets.json").stat().st_mode & 0o077 == 0


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with launch._alone(tmp_path / "demo"), pytest.raises(Ended, match="another demo"), launch._alone(tmp_path / "demo"):
        pass


def test_a_taken_port_is_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        assert free_port(wanted) != wanted


def test_two_runs_never_choose_the_same_port() -> None:
    """Nobody listens yet when the second one chooses."""
    mine = free_port()
    other = subprocess.run([sys.executable, "-c", f"from devstore.ports import free_port; print(free_port({mine}))"],
                           cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(other.stdout) != mine
    assert free_port(mine) == mine, "a demo that starts again gets its own port back"


def test_ending_takes_the_grandchildren_along(tmp_path: Path) -> None:
    crew = Crew(tmp_path, os.environ)
    crew.start("parent", [sys.executable, "-c", PARENT])
    log = tmp_path / "parent.log"
    crew.wait("parent", lambda: log.read_text().strip() != "")
    grandchild = int(log.read_text())
    crew.stop()
    assert _gone(grandchild)


def test_a_killed_launcher_takes_its_children_along(tmp_path: Path) -> None:
    """On Linux, where the kernel can be asked for it."""
    program = f"""import os, sys, time; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from devstore.demo.processes import Crew
crew = Crew(Path({str(tmp_path)!r}), os.environ)
crew.start("child", [sys.executable, "-c", "import time; time.sleep(60)"])
print(crew.members["child"].pid, flush=True)
time.sleep(60)"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout
        child = int(launcher.stdout.readline())
        launcher.kill()
    assert _gone(child)


def test_a_deaf_process_is_ended_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devstore.demo.processes.POLITE_SECONDS", 0.3)
    crew = Crew(tmp_path, os.environ)
    crew.start("deaf", [sys.executable, "-c", DEAF])
    crew.wait("deaf", lambda: "deaf" in (tmp_path / "deaf.log").read_text())
    process = crew.members["deaf"]
    crew.stop()
    assert process.returncode == -signal.SIGKILL


def test_a_process_that_ends_too_soon_is_told_with_its_last_words(tmp_path: Path) -> None:
    crew = Crew(tmp_path, os.environ)
    crew.start("short", [sys.executable, "-c", "raise SystemExit('the port is taken')"])
    with pytest.raises(Ended, match="short ended with 1:\nthe port is taken"):
        crew.wait("short", lambda: False)


def test_valkey_starts_and_ends(tmp_path: Path) -> None:
    crew, port = Crew(tmp_path, os.environ), free_port(0)
    crew.start("valkey", valkey_command(port, tmp_path / "valkey"))
    crew.wait("valkey", lambda: answers(port))
    crew.stop()
    assert not answers(port)


def test_a_word_that_the_demo_does_not_know_is_refused() -> None:
    done = subprocess.run([sys.executable, "-m", "devstore.demo", "--storey"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--story" in done.stdout


def _gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False

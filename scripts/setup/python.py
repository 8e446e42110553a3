"""The environment in .venv, made with nothing but a Python that has pip.

Debian's Python lacks ensurepip and refuses to install outside an environment; so the environment is made without
pip, and the pip of the machine installs into it.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

from scripts.setup.base import PYTHON, ROOT, VENV, Impossible, call, digest, is_done, once, say


def runtime() -> None:
    """What web, worker and scheduler need."""
    if not (PYTHON.exists() and is_done(_stamp("requirements-dev.txt"), digest(_inputs("requirements-dev.txt")))):
        _install("requirements.txt")


def development() -> None:
    """The same and what demo, test, check and bench need."""
    _install("requirements-dev.txt")


def pip_install(requirements: str, *options: str | Path, into: Path | None = None) -> None:
    """Install a pinned, hashed list into the environment of the Python ``into``, or as ``options`` say."""
    target: list[str | Path] = ["--python", into] if into else []
    call(machine_python(), "-m", "pip", *target, "--disable-pip-version-check", "--no-input", "install", "--quiet",
         "--require-hashes", "--root-user-action=ignore", *options, "-r", ROOT / requirements)


def machine_python() -> str:
    """The Python outside .venv, with pip. Raises Impossible with the line to type."""
    if sys.prefix == sys.base_prefix:
        found = sys.executable
    else:
        found = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")
    if subprocess.run([found, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        raise Impossible("this Python has no pip. On Debian and Ubuntu: apt-get install python3-pip")
    return found


def _stamp(requirements: str) -> Path:
    return VENV / f".{requirements}.done"


def _inputs(requirements: str) -> list[Path | str]:
    return [ROOT / requirements, sys.base_prefix, str(sys.version_info[:2])]


def _install(requirements: str) -> None:
    def work() -> None:
        if not PYTHON.exists():
            shutil.rmtree(VENV, ignore_errors=True)
            venv.create(VENV, with_pip=False)
        say(f"installing {requirements} into .venv (about a minute the first time)")
        pip_install(requirements, into=PYTHON)
        _command()

    if not PYTHON.exists():
        _stamp(requirements).unlink(missing_ok=True)
    once(_stamp(requirements), _inputs(requirements), work)


def _command() -> None:
    """``.venv/bin/tandem``: the command as installing the project would make it, but always of this work tree."""
    script = VENV / "bin" / "tandem"
    script.write_text(f"#!{PYTHON}\nimport sys\n\nsys.path.insert(0, {str(ROOT)!r})\nfrom plugin.cli import main\n\nsys.exit(main())\n")
    script.chmod(0o755)

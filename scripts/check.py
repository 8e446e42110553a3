"""``./run check``: everything that reads the code and runs none of it. All checks run, also after one failed."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "lint": [f"{BIN}/ruff", "check", "--quiet", ".", "run"],
    "types": [f"{BIN}/mypy"],
    "layers": [f"{BIN}/lint-imports", "--no-cache"],
    "theme": ["npm", "run", "--silent", "check:theme"],
    "typescript": ["npm", "run", "--silent", "check:types"],
    "admin": ["npm", "run", "--silent", "check:admin"],
    "locales": [sys.executable, "-m", "scripts.write_locales", "--check"],
    "house": [f"{BIN}/pytest", "tests/house"],
}


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"No such check: {', '.join(unknown)}. There are: {', '.join(CHECKS)}.")
        return 2
    failed = [name for name in names or CHECKS if not _passes(name)]
    print(f"check: {', '.join(failed)} failed." if failed else "check: all is well.", flush=True)
    return 1 if failed else 0


def _passes(name: str) -> bool:
    """Run one check; what it says is shown if it fails, and always where it is a test run (its closing line counts)."""
    began = time.monotonic()
    done = subprocess.run(CHECKS[name], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    passed = done.returncode == 0
    print(f"{'ok    ' if passed else 'FAILED'} {name:11} {time.monotonic() - began:5.1f} s", flush=True)
    if not passed or name == "house":
        print(done.stdout, flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

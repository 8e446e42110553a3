"""The tools of ``benchmarks/window``: installed as its lock file says, for a benchmark and nothing else."""

from scripts.setup.base import ROOT, once
from scripts.setup.node import npm

WINDOW = ROOT / "benchmarks" / "window"


def tools() -> None:
    """Without install scripts: nothing of what is measured runs here."""
    once(WINDOW / "node_modules" / ".done", [WINDOW / "package.json", WINDOW / "package-lock.json"],
         lambda: npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=WINDOW))

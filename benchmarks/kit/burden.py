"""Processor time, from /proc: what a request costs does not depend on what else keeps the machine busy, as its pace does."""

import os
from collections.abc import Iterator
from pathlib import Path

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
_PARENT, _TIMES = 1, slice(11, 15)  # places in /proc/PID/stat after the name: see proc_pid_stat(5)


def seconds(root: int) -> float:
    """User and system time so far of process ``root``, of all that it started and of those of them that have ended."""
    stats = dict(_stats())
    family, grown = {root}, True
    while grown:
        born = {pid for pid, stat in stats.items() if int(stat[_PARENT]) in family} - family
        family, grown = family | born, bool(born)
    return sum(int(ticks) for pid in family if pid in stats for ticks in stats[pid][_TIMES]) * TICK_SECONDS


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                yield int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended

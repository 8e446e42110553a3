"""Starts the app's processes by forking, so that two hundred restarts cost no two hundred imports; and says how each ended.

Run as ``python -m tests.kill.nursery``. One JSON object a line each way: ``{"role", "environment", "log"}`` starts a process and
answers ``{"pid"}``; ``{"ended": pid}`` answers ``{"code"}``, null while it lives, negative for the signal that ended it.
The processes are those of the commands: ``tandem web``, ``tandem scheduler``, and the two halves of ``tandem worker``.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import jobs.entry
import jobs.scheduler  # noqa: F401
import plugin.app  # noqa: F401
from jobs import worker
from plugin.cli import main as tandem

ROLES: dict[str, Callable[[], object]] = {
    "migrate": lambda: tandem(["migrate"]),
    "web": lambda: tandem(["web"]),
    "events": lambda: worker.serve("events"),
    "deliveries": lambda: worker.serve("deliveries"),
    "scheduler": lambda: tandem(["scheduler"]),
}


def main() -> None:
    """Until nobody speaks to us any more; then every child's group ends too."""
    living: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _ended(asked["ended"], living) if "ended" in asked else _start(asked, living)
        print(json.dumps(answer), flush=True)  # noqa: T201 - this is how it answers
    for pid in living:
        os.killpg(pid, signal.SIGKILL)


def _start(asked: dict[str, Any], living: set[int]) -> dict[str, object]:
    pid = os.fork()
    if pid == 0:
        _live(asked)
    living.add(pid)
    return {"pid": pid}


def _ended(pid: int, living: set[int]) -> dict[str, object]:
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return {"code": None}
    living.discard(pid)
    return {"code": os.waitstatus_to_exitcode(status)}


def _live(asked: dict[str, Any]) -> NoReturn:
    os.setsid()
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number, stream in enumerate((os.open(os.devnull, os.O_RDONLY), log, log)):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    code = 1
    try:
        ROLES[asked["role"]]()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    os._exit(code)


if __name__ == "__main__":
    main()

"""The process-wide context of workers and of the scheduler: made once, its connections made anew after a fork."""

import os
from dataclasses import dataclass

from sqlalchemy import Engine

from plugin.app import make_context
from plugin.config import Settings
from plugin.context import Context


@dataclass
class _Process:
    context: Context | None = None


_process = _Process()


def use(context: Context) -> None:
    """The context for jobs of this process."""
    _process.context = context


def current() -> Context:
    """This process's context; from the environment if nobody gave one."""
    if _process.context is None:
        _process.context = make_context(Settings.from_environment(os.environ))
    return _process.context


def _forget() -> None:
    """A child must not speak over its parent's connections, and must not close them either."""
    if _process.context is None:
        return
    bind = _process.context.sessions.kw.get("bind")
    if isinstance(bind, Engine):
        bind.dispose(close=False)
    _process.context = None


os.register_at_fork(after_in_child=_forget)

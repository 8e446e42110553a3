"""The process-wide context of workers and of the scheduler: made once, made anew after a fork."""

import os
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import Engine

from plugin import clock
from plugin.config import Settings
from plugin.context import Context
from plugin.db import make_engine, make_sessions


@dataclass
class _Process:
    context: Context | None = None
    engine: Engine | None = None


_process = _Process()


def make(settings: Settings) -> Context:
    """A context with its own engine and its own pool of connections to Shopify; also sets business time's offset."""
    clock.use(clock.file_reader(settings.clock_offset_file) if settings.clock_offset_file else None)
    engine = make_engine(settings.database_url)
    _process.engine = engine
    http = requests.Session()
    http.mount("http://", HTTPAdapter(pool_maxsize=32))
    http.mount("https://", HTTPAdapter(pool_maxsize=32))
    return Context(settings, make_sessions(engine), http)


def current() -> Context:
    """This process's context, from the environment at first use."""
    if _process.context is None:
        _process.context = make(Settings.from_environment(os.environ))
    return _process.context


def _forget() -> None:
    """A child must not speak over its parent's connections, and must not close them either."""
    if _process.engine is not None:
        _process.engine.dispose(close=False)
    _process.context = _process.engine = None


os.register_at_fork(after_in_child=_forget)

"""Our own server and verification without a database: the most that ``ingest`` could reach. ``granian benchmarks.kit.bare:app``."""

import os
from typing import TYPE_CHECKING

from flask import Flask

from plugin.config import Settings
from plugin.intake.webhooks import PATH, TAKEN, opened
from plugin.web.straight import Answer, Straight

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

settings = Settings.from_environment(os.environ)


def take(environ: "WSGIEnvironment") -> Answer:
    letter = opened(settings, environ)
    return letter if isinstance(letter, Answer) else TAKEN


app = Straight(Flask(__name__), PATH, take, settings)

"""Our own server and verification without a database: the most that ``ingest`` could reach. ``granian benchmarks.kit.bare:app``."""

import os
from collections.abc import Mapping
from typing import cast

from flask import Flask, Response, request

from plugin.config import Settings
from plugin.shopify import verify

app = Flask(__name__)
settings = Settings.from_environment(os.environ)


@app.post("/webhooks")
def webhooks() -> Response:
    verify.webhook(settings, request.get_data(cache=False), cast(Mapping[str, str], request.headers))
    return Response(status=200)

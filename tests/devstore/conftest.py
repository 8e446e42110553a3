"""A devstore of its own for every test that asks for ``world``, with a sink where the app would be."""

from collections.abc import Iterator

import pytest

from devstore.server import running
from devstore.state.settings import App, Settings
from tests.devstore.sink import sink
from tests.devstore.world import World

SECRET = "s3cret-of-the-tests-0123456789abcdef"


@pytest.fixture
def world() -> Iterator[World]:
    """north (GBP), south (EUR), tokyo (JPY); the app is installed in none."""
    with sink() as app:
        settings = Settings(app=App("client-1", SECRET, url=app.url), webhook_gaps=(0.05,) * 8, bulk_seconds=0.05, webhook_timeout=0.5)
        with running(settings, smtp_port=0) as store:
            yield World(store, app)

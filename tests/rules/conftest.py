"""The app, and a visitor of the shop."""

from collections.abc import Iterator

import pytest
from flask import Flask

from plugin.app import create_app
from plugin.context import Context
from plugin.shops.tables import Shop
from tests.rules.shopfront import Storefront


@pytest.fixture
def app(context: Context) -> Flask:
    return create_app(context)


@pytest.fixture
def bob(app: Flask, context: Context, north: Shop) -> Iterator[Storefront]:
    yield Storefront(app, context.settings, north)

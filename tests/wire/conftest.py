"""Settings without a database, for what needs none, and a double of Shopify's HTTP side."""

from collections.abc import Iterator

import pytest

from plugin.config import Settings
from tests.wire.double import Double
from tests.wire.signed import KEY, OLD_SECRET, SECRET

NOWHERE = "http://127.0.0.1:9"


def make_settings(**changed: object) -> Settings:
    values: dict[str, object] = {
        "database_url": "sqlite://", "shopify_api_key": KEY, "shopify_api_secret": SECRET, "shopify_old_api_secret": OLD_SECRET,
        "secret_keys": ("5d41c2f9a7e8b3604c1d92f7ab3e6581",), "token_keys": ("8Lk2mZ0yJx7Q5w9tRb3uVd6sNf1aHc4eGi0pXoYlTzA=",),
        "app_url": "https://tandem.example.com", "shopify_origin": NOWHERE + "/_shop/{shop}",
        "shopify_admin_origin": "http://admin.localhost:9", "shopify_cdn": NOWHERE + "/_cdn"}
    return Settings(**{**values, **changed})  # type: ignore[arg-type]


@pytest.fixture
def bare_settings() -> Settings:
    return make_settings()


@pytest.fixture
def double() -> Iterator[Double]:
    with Double() as running:
        yield running

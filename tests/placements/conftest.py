"""The development store of tests/store, with offers placed as the app places them."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from devstore.state.shops import Metafield, Shop
from plugin.offers.rules.model import Offer
from plugin.offers.rules.placing import placed
from plugin.offers.rules.specs import Shelf
from tests.store.conftest import address, admin, browser, devstore, fake_app, north, phone, store, visitor  # noqa: F401 - fixtures

OWNER, NOW = "gid://shopify/AppInstallation/1", datetime(2026, 11, 2, tzinfo=UTC)
Place = Callable[..., None]


@pytest.fixture
def place(north: Shop) -> Place:  # noqa: F811
    """Tells the shop's pages of these offers, as the app's delivery does."""

    def told(*offers: Offer, cap: int = 10_000, only: Sequence[str] = (), **more: object) -> None:
        """``only``: the products that the app has heard of."""
        products = [one for one in north.products.values() if not only or str(one.id) in only]
        variants = {str(variant.id): str(one.id) for one in products for variant in one.variants}
        shelf = Shelf({str(one.id): one.handle for one in products}, variants, cap=cap, **more)  # type: ignore[arg-type]
        home = north.metafields.setdefault(OWNER, {})
        for key, value in placed(offers, shelf).items():
            home[f"tandem.{key}"] = Metafield(1, OWNER, "tandem", key, "json", json.dumps(value), NOW, NOW)

    return told

"""Two shops of the app with live offers and goods, and visitors whose requests Shopify signed."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from plugin.app import create_app
from plugin.context import Context
from plugin.db import new_id
from plugin.mirror import tables as mirror
from plugin.offers.rules import plain
from plugin.offers.rules.model import Offer
from plugin.offers.tables import Configuration, OfferVersion
from plugin.offers.tables import Offer as OfferRow
from plugin.shops.tables import Shop
from tests.conftest import north, south  # noqa: F401 - not the development store's
from tests.rules.cast import NOON
from tests.rules.shelf import stocked
from tests.rules.shopfront import Storefront

Live = Callable[..., None]


@pytest.fixture
def app(context: Context) -> Flask:
    return create_app(context)


@pytest.fixture
def bob(app: Flask, context: Context, north: Shop) -> Storefront:  # noqa: F811
    return Storefront(app, context.settings, north)


@pytest.fixture
def eve(app: Flask, context: Context, south: Shop) -> Storefront:  # noqa: F811
    return Storefront(app, context.settings, south)


@pytest.fixture
def live(context: Context) -> Live:
    """Puts offers into force in a shop with a mug (11), a tray (12) and a bag (13), as if Shopify had followed."""

    def put(shop: Shop, *offers: Offer) -> None:
        with context.transaction() as session:
            if mirror.product(session, shop.id, "11") is None:
                stocked(session, shop)
            ids = [version_of(session, shop, one) for one in offers]
            row = session.get(Configuration, shop.id) or Configuration(shop_id=shop.id, external_id="1", sent=True, reason={})
            row.revision_id, row.state, row.shown, row.changed_at = new_id(), "live", ids, NOON
            session.add(row)

    return put


def version_of(session: Session, shop: Shop, offer: Offer) -> str:
    made = new_id()
    session.add(OfferRow(shop_id=shop.id, id=offer.id, number=offer.number, kind=offer.kind, title=offer.title, state="live", draft=None,
                         made_at=NOON, changed_at=NOON))
    session.add(OfferVersion(shop_id=shop.id, id=made, offer_id=offer.id, number=1, terms=plain.dump(offer), since=NOON, until=None))
    return str(made)

"""A bundle that is one product: where it is stuck its page says why and offers another try, and the list marks it."""

from html import unescape
from uuid import UUID

import pytest

from plugin import clock
from plugin.context import Context
from plugin.db import new_id
from plugin.offers.flows import bundles
from plugin.offers.tables.bundles import BundleProduct, bundle_product
from plugin.outbox import flows as outbox
from plugin.outbox import tables as outboxes
from tests.desk.conftest import Desk, on_one
from tests.desk.test_offers import form, made, merchant

__all__ = ["merchant"]  # a fixture


def stuck(context: Context, desk: Desk, error: str | None) -> UUID:
    """A kit whose product Shopify was asked for in vain, as often as we ask."""
    desk.done("/app/offers", form("kit"))
    offer_id, revision_id = made(context, desk.shop), new_id()
    with context.transaction() as session:
        session.add(BundleProduct(shop_id=desk.shop.id, offer_id=offer_id, revision_id=revision_id, state="waiting", changed_at=clock.now(),
                                  wanted={"title": "My kit", "components": [], "price": 4500, "status": "ACTIVE"}))
        outbox.put(session, desk.shop.id, bundles.KIND, revision_id, now=clock.now(), lane=f"bundle:{offer_id}")
        delivery = outboxes.find(session, desk.shop.id, bundles.KIND, revision_id)
        assert delivery is not None
        delivery.state, delivery.error = outboxes.DEAD, error
    return offer_id


@on_one
@pytest.mark.parametrize(("error", "said"), [("<b>Internal error</b>", "Shopify's last answer: <b>Internal error</b>"),
                                             (None, "Try again; if it goes on")])
def test_what_was_given_up_is_said_and_can_be_tried_again(context: Context, merchant: Desk, error: str | None, said: str) -> None:
    offer_id = stuck(context, merchant, error)
    page = merchant.get(f"/app/offers/{offer_id}").text
    assert "Not made" in page and "Try again" in page and said in unescape(page) and "On the way" not in page and "<b>Int" not in page
    assert "Product needs you" in merchant.get("/app/offers").text
    page = merchant.done(f"/app/offers/{offer_id}/bundle")
    assert "On the way to Shopify" in page and "Try again" not in page
    assert "Product needs you" not in merchant.get("/app/offers").text
    with context.reading() as session:
        row = bundle_product(session, merchant.shop.id, offer_id)
        assert row is not None and bundles.given_up(session, merchant.shop.id, row) is None


@on_one
@pytest.mark.parametrize(("state", "marked"), [("failed", True), ("gone", True), ("live", False), ("away", False), ("waiting", False)])
def test_the_list_marks_what_needs_the_merchant(context: Context, merchant: Desk, rival: Desk, state: str, marked: bool) -> None:
    offer_id = stuck(context, merchant, None)
    with context.transaction() as session:
        row = bundle_product(session, merchant.shop.id, offer_id)
        assert row is not None
        row.state, row.revision_id = state, new_id()
    assert ("Product needs you" in merchant.get("/app/offers").text) == marked
    assert "Product needs you" not in rival.get("/app/offers").text

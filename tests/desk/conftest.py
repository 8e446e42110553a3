"""The merchant's desk: pages asked for as App Bridge asks, and a shop where everything that a page can show has happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from plugin import clock
from plugin.app import create_app
from plugin.attribution import campaigns
from plugin.attribution.campaigns import Said
from plugin.context import Context
from plugin.db import Base, ShopId, new_id
from plugin.guardrails.tables import Case
from plugin.intake import flows as intake
from plugin.intake import history
from plugin.intake.tables import Inbox
from plugin.mirror.tables import Product, Variant
from plugin.offers import flows as offers
from plugin.offers.flows import segments
from plugin.offers.rules.filling import read, suggested
from plugin.offers.rules.segments import Condition
from plugin.offers.tables.sales import OfferSale
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.privacy.tables import DataRequest
from plugin.referrals.tables import Programme
from plugin.rewards.rules import RewardTerms
from plugin.shopify import scopes
from plugin.shops.tables import Shop
from tests.books.fake_shopify import FakeShopify
from tests.books.stage import START, Stage
from tests.wire.double import Double
from tests.wire.signed import claims, token

on_one = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what does not depend on the database; its queries are asked on both elsewhere."""

VASE, CANDLE = "71", "72"


@dataclass
class Desk:
    """One merchant in front of the app, with or without the token that App Bridge adds."""

    app: Flask
    shop: Shop

    def get(self, path: str, **query: str) -> TestResponse:
        return self.app.test_client().get(path, query_string={"locale": "en", **query}, headers=self._headers())

    def post(self, path: str, form: dict[str, Any] | None = None, *, signed: bool = True) -> TestResponse:
        headers = {"HX-Request": "true", **(self._headers() if signed else {})}
        return self.app.test_client().post(path, data=form or {}, headers=headers)

    def done(self, path: str, form: dict[str, Any] | None = None) -> str:
        """Send a form and read the page that it leads to."""
        answer = self.post(path, form)
        assert answer.status_code == 303, answer.text
        return self.app.test_client().get(answer.headers["Location"], headers=self._headers()).text

    def _headers(self) -> dict[str, str]:
        address = f"https://{self.shop.domain}"
        return {"Authorization": f"Bearer {token(claims(iss=f'{address}/admin', dest=address))}"}


@dataclass
class World:
    """What happened in North, by the ids that its pages have in their addresses."""

    programme: UUID
    advocate: UUID
    order: str = "5001"
    offer: UUID = field(default_factory=new_id)
    segment: UUID = field(default_factory=new_id)
    campaign: UUID = field(default_factory=new_id)
    delivery: UUID = field(default_factory=new_id)
    event: UUID = field(default_factory=new_id)
    request: UUID = field(default_factory=new_id)


@pytest.fixture
def double() -> Iterator[Double]:
    """Shopify's side of the token exchange: it grants what we ask for, unless a test says otherwise."""
    with Double() as double:
        double.scope = ",".join(scopes.REQUIRED)
        yield double


@pytest.fixture
def app(context: Context, double: Double) -> Flask:
    return create_app(replace(context, settings=replace(context.settings, shopify_origin=double.origin)))


@pytest.fixture
def desk(app: Flask, north: Shop) -> Desk:
    return _arrived(Desk(app, north))


@pytest.fixture
def rival(app: Flask, south: Shop) -> Desk:
    return _arrived(Desk(app, south))


def _arrived(desk: Desk) -> Desk:
    """The first visit fetches a token; what a test does after that is its own."""
    assert desk.get("/app").status_code == 200
    return desk


@pytest.fixture
def stage(context: Context, north: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    shopify = FakeShopify()
    monkeypatch.setattr("plugin.shops.reads.admin_api", lambda _context, _shop_id: shopify)
    yield Stage(context, north.id, shopify)
    clock.use(None)


@pytest.fixture
def world(context: Context, north: Shop, stage: Stage) -> World:
    """Bob bought with Alice's code; his order waits for a word; something gave up; somebody asked for their data."""
    stage.programme(RewardTerms("fixed", amount=stage.money(500)), RewardTerms("percentage", 1000))
    stage.tell(stage.order(code=stage.friend_code(), off=1000))
    stage.settle()
    with context.transaction() as session:
        programme = session.scalars(select(Programme)).one()
        made = World(programme.id, stage.advocate_id)
        history.begin(session, north.id, scopes="read_orders", now=stage.now)
        session.add(Case(shop_id=north.id, order_id="5001", state="open", verdict="hold", opened_at=stage.now, judged_at=stage.now,
                         reasons=[{"rule": "same_address", "verdict": "hold", "why": "Both ordered to one address."},
                                  {"rule": "brand_new", "verdict": "hold", "why": "A rule that nobody has translated."}]))
        session.add(DataRequest(shop_id=north.id, id=made.request, request_id="77", person_id=None, asked_at=stage.now,
                                answer={"people": [{"first_name": "<b>Bob</b>"}]}, due_at=stage.now + timedelta(days=30)))
        _give_up(session, north.id, made)
        goods(session, north.id)
        wish = read(suggested("tiers", "More vases"), "tiers", "GBP").offer
        assert wish is not None
        made.segment = segments.save_segment(session, north.id, "Often here", [Condition("orders", "least", 3)], now=stage.now).id
        made.campaign = campaigns.make(session, north.id, Said("Podcast"), now=stage.now).id
        made.offer = offers.save_offer(session, north.id, wish, currency="GBP", now=stage.now).id
        session.add(OfferSale(shop_id=north.id, id=new_id(), order_id="5001", line_id="15001", offer_id=made.offer, placement="product",
                              variant_id="8", ordered_at=stage.now, currency="GBP", bought=1, kept=1, caused=1200, discount=300, beside=0))
    return made


def _give_up(session: Any, shop_id: ShopId, made: World) -> None:  # noqa: ANN401 - a session
    outbox.put(session, shop_id, "mail", new_id(), now=START)
    delivery = session.scalars(select(Delivery).where(Delivery.kind == "mail").order_by(Delivery.id.desc())).first()
    delivery.state, delivery.error, made.delivery = "dead", "The mailbox is <full>.", delivery.id
    intake.tell(session, shop_id, "order/settle", "1", START)
    event = session.scalars(select(Inbox).where(Inbox.topic == "order/settle")).first()
    event.state, event.error, made.event = "dead", "It cannot be read.", event.id


def goods(session: Any, shop_id: ShopId) -> None:  # noqa: ANN401 - a session
    """A vase for 40.00 and a candle for 10.00."""
    for id, title, price in ((VASE, "Vase", 4000), (CANDLE, "Candle", 1000)):
        session.add(Product(shop_id=shop_id, id=id, title=title, handle=title.lower(), status="active", image=None, updated_at=START))
        session.add(Variant(shop_id=shop_id, id=f"{id}0", product_id=id, position=1, title="Default", amount=price, currency="GBP",
                            inventory_item_id=f"{id}1", stock=5, updated_at=START))
    session.flush()


def everything(context: Context) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with context.transaction() as session:
        return {table.name: sorted(map(str, session.execute(select(table)))) for table in Base.metadata.sorted_tables}

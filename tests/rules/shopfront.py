"""A programme that runs in a shop, people in it, and visitors of its storefront through a signed app proxy.

The signature is computed here on its own, from Shopify's description, not with the app's verifier.
"""
# ruff: noqa: ANN401 - forms take any field

import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from plugin import clock
from plugin.attribution.tables import Code, Link
from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId
from plugin.mirror.tables import Order, OrderLine
from plugin.people import flows as people
from plugin.people.tables import Person
from plugin.referrals import flows
from plugin.referrals.rules import Version
from plugin.shops.tables import Shop

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1"
FORM: Mapping[str, Any] = {"name": "Friends of North", "advocate_kind": "store_credit", "advocate_value": "5.00",
                           "friend_kind": "percentage", "friend_value": "10", "new_only": "on", "window_days": "30", "hold_days": "14"}


def programme(session: Session, shop: Shop, now: datetime, **changes: Any) -> Version:
    """A published programme."""
    saved = flows.save_programme(session, shop.id, {**FORM, **changes}, currency=shop.currency, now=now)
    return flows.publish(session, shop.id, saved.id, now=now)


def running(context: Context, shop: Shop, *, ready: int | None = None, **changes: Any) -> Link:
    """A published programme with Alice as its advocate; ``ready`` codes (all, if None) have been made at Shopify. Committed."""
    now = clock.now()
    with context.transaction() as session:
        version = programme(session, shop, now, **changes)
        link = flows.enrol(session, shop.id, person(session, shop, "alice@example.org", now).id, version.programme_id, how="shop", now=now)
        make_ready(session, shop.id, ready)
    return link


def person(session: Session, shop: Shop, email: str, now: datetime, *, customer_id: str | None = None) -> Person:
    return people.meet(session, shop.id, email=email, customer_id=customer_id, now=now)


def make_ready(session: Session, shop_id: ShopId, count: int | None = None) -> None:
    """Shopify has added these many planned codes."""
    codes = session.scalars(select(Code).where(Code.shop_id == shop_id, Code.state == "planned").order_by(Code.id)).all()
    for n, code in enumerate(codes[:count]):
        code.state, code.external_id = "ready", str(1000 + n)
    session.flush()


def mirrored(session: Session, shop: Shop, order_id: str, person: Person | None, at: datetime, **changes: Any) -> Order:
    """An order of one mug for 60.00 as the mirror keeps it."""
    plain = {"name": f"#{order_id}", "currency": shop.currency, "created_at": at, "updated_at": at, "digest": "", "told_cancelled": False,
             "cancelled_at": None, "financial": "paid", "paid_once": True, "test": False,
             "customer_id": person.customer_id if person else None, "person_id": person.id if person else None, "shipping": 0,
             "shipping_discounts": [], "codes": [], "attributes": {}, "landing_site": None, "country": "GB", "risk": "LOW", "gateways": []}
    row = Order(shop_id=shop.id, id=order_id, **{**plain, **changes})
    session.add_all([row, OrderLine(shop_id=shop.id, order_id=order_id, id="1", position=0, product_id="7", variant_id="8", title="Mug",
                                    quantity=1, removed=0, amount=6000, currency=shop.currency, discounts=[])])
    session.flush()
    return row


def told_contact(session: Session, shop: Shop, order_id: str, person: Person, *, ip: str = "192.0.2.1",
                 street: str = "1 Elm Street") -> None:
    """What the order told about who placed it: mail, address, network and browser."""
    address = {"address1": street, "address2": None, "zip": "N1 1AA", "country_code": "GB"}
    people.note_order(session, shop.id, order_id, person, email=person.email, address=address, ip=ip, agent=PHONE)


class Storefront:
    """One visitor of one shop, as Shopify forwards them."""

    def __init__(self, app: Flask, settings: Settings, shop: Shop, *, customer_id: str = "", agent: str = PHONE, ip: str = "198.51.100.7",
                 language: str | None = "en", prefix: str = "/apps/tandem", came_from: str | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        self.settings, self.shop, self.customer_id, self.ip, self.prefix = settings, shop, customer_id, ip, prefix
        told = {"User-Agent": agent, "Accept-Language": language, "Referer": came_from}
        self.headers = {name: value for name, value in told.items() if value}

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **params: str) -> TestResponse:
        return self._send("GET", path, headers, params)

    def head(self, path: str) -> TestResponse:
        return self._send("HEAD", path, None, {})

    def post(self, path: str, *, json: Any = None, params: Any = None, **form: str) -> TestResponse:
        return self._send("POST", path, None, params or {}, **({"json": json} if json is not None else {"data": form}))

    def _send(self, method: str, path: str, headers: Mapping[str, str] | None, params: Mapping[str, str], **body: Any) -> TestResponse:
        return self.client.open(f"/proxy/{path}?{self._signed(params)}", method=method, headers={**self.headers, **(headers or {})},
                                environ_base={"REMOTE_ADDR": self.ip}, **body)

    def _signed(self, params: Mapping[str, str]) -> str:
        told = {**params, "shop": self.shop.domain, "path_prefix": self.prefix, "timestamp": str(int(time.time())),
                "logged_in_customer_id": self.customer_id}
        message = "".join(f"{name}={told[name]}" for name in sorted(told))
        signature = hmac.new(self.settings.shopify_api_secret.encode(), message.encode(), hashlib.sha256).hexdigest()
        return urlencode({**told, "signature": signature})

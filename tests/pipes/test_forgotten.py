"""A shop that is to be forgotten: every column of every table was thought of. A new one fails until somebody says what becomes of it."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, String, Table, Uuid, insert, select, update
from sqlalchemy.orm import Session

from jobs.events import EVENTS
from plugin import clock
from plugin.db import Base, new_id
from plugin.intake.rules import Event
from plugin.shops.tables import Shop

WORD = "zq"
"""Short enough for any column."""
AT = datetime(2026, 6, 1, tzinfo=UTC)
IDS = frozenset({"id", "order_id", "line_id", "product_id", "variant_id", "external_id", "collection_id", "inventory_item_id",
                 "location_id", "operation_id", "bundle_id", "transaction_id", "last_id", "account_id"})
"""Shopify's names of things: orders, goods, discounts, of which none says who."""
WORDS = frozenset({"kind", "state", "currency", "currencies", "status", "scope", "placement", "arm", "role", "combines", "classes",
                   "purpose", "source", "form", "verdict", "how", "opens"})
"""One of a few words of ours or of Shopify's."""
GONE_BEFORE = frozenset({"shop_tokens"})
"""Dropped when the app was uninstalled."""
UNTOUCHED = frozenset({"postings"})
"""The books, which nothing may change, and which hold amounts alone."""
READ = frozenset({"domain", "state", "timezone", "currency"})
"""Of the shop itself, what the flow reads."""
KEPT: dict[str, str] = {
    # the merchant's own words: rules, offers, groups of shoppers, campaigns
    "programmes": "draft name", "programme_versions": "terms", "programme_changes": "terms was",
    "offers": "draft title", "offer_versions": "terms", "offer_changes": "terms was", "offer_findings": "told was",
    "offer_configurations": "reason shown", "offer_drawings": "pages terms", "bundle_products": "former listed reason said wanted",
    "native_discounts": "said sent", "coded_discounts": "codes", "segments": "conditions name", "segment_changes": "conditions name",
    "campaigns": "name prefix public_name slug", "campaign_changes": "name public_name", "margin_takes": "takes",
    "product_floors": "name", "guides": "placed",
    # what the shop sells, and discounts of its own
    "products": "handle image tags title vendor", "variants": "sku title", "collections": "handle title", "markets": "countries name",
    "shop_discounts": "code title", "discounts": "error key seed title",
    # codes and links that anybody may have: without them past orders would be decided otherwise; whose they are is an id of ours
    "links": "code code_key gaps slug", "codes": "code code_key", "code_batches": "code_ids", "visits": "token", "claims": "nonce",
    "orders": "codes digest financial gateways heard risk shipping_discounts", "order_lines": "discounts title", "refunds": "lines",
    # how an order was judged: reasons are words of ours with numbers
    "decisions": "counted reason trace visits", "cases": "reasons rule", "goals": "evidence", "rewards": "why",
    "order_evidence": "risk", "outcomes": "visitor",  # its own order
    # which credit is ours must be known as long as it may be taken back; the customer's number is Shopify's
    "credit_attempts": "customer_id",
    # the books' accounts, what was read when
    "accounts": "name", "backfills": "error url", "deliveries": "lane", "shops": "country locale plan scopes subscription",
}


def test_every_column_was_thought_of(session: Session, north: Shop) -> None:
    _fill(session, north)
    _redact(session, north)
    left = {(table, column) for table, column in _found(session) if column not in IDS | WORDS and table not in GONE_BEFORE}
    known = {(table, column) for table, columns in KEPT.items() for column in columns.split()}
    assert sorted(left - known) == [], "either it is forgotten with the shop, or it says here why it stays"
    assert sorted(known - left) == [], "what is forgotten does not stay"


def _fill(session: Session, shop: Shop) -> None:
    """A row in each table in which everything that can be a text is our word."""
    lists = set(_lists())
    for table in Base.metadata.sorted_tables:
        if "shop_id" in table.c and table.name not in UNTOUCHED:
            session.execute(insert(table).values({one.name: shop.id if one.name == "shop_id" else _value(table, one, lists)
                                                  for one in table.c}))
    texts = [one.name for one in Shop.__table__.columns if isinstance(one.type, String) and one.name not in READ]
    session.execute(update(Shop).values(dict.fromkeys(texts, WORD)))
    session.flush()
    session.expire_all()


def _lists() -> Iterable[str]:
    for mapper in Base.registry.mappers:
        for part in mapper.class_.__mro__:
            yield from (f"{mapper.class_.__tablename__}.{name}" for name, kind in vars(part).get("__annotations__", {}).items()
                        if "list[" in str(kind))


def _value(table: Table, column: Column[Any], lists: set[str]) -> Any:  # noqa: ANN401 - of any type
    if isinstance(column.type, JSON):
        return [WORD] if f"{table.name}.{column.name}" in lists else {"q": WORD}
    known = ((Uuid, new_id()), (Boolean, False), (Integer, 1), (Date, date(2026, 6, 1)), (LargeBinary, WORD.encode()), (String, WORD))
    return next((value for kind, value in known if isinstance(column.type, kind)), AT)


def _redact(session: Session, shop: Shop) -> None:
    """As the event does it, after the shop has left."""
    row, now = session.get_one(Shop, shop.id), clock.now()
    row.state = "uninstalled"
    body = json.dumps({"shop_id": 1, "shop_domain": row.domain}).encode()
    EVENTS["shop/redact"](session, shop.id, Event(new_id(), "webhook", "shop/redact", "1", None, now, body), now)
    session.expire_all()


def _found(session: Session) -> set[tuple[str, str]]:
    """Where the word still stands."""
    return {(table.name, name) for table in Base.metadata.sorted_tables if table.name not in UNTOUCHED
            for row in session.execute(select(table)).mappings() for name, value in row.items() if WORD in str(value)}

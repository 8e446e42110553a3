"""Disputes about payments: as disputes/create and disputes/update tell them, and as they stand with an order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.shopify import gid
from plugin.shopify.payloads.reading import parse, refuse

SUMMARY = "OrderDisputeSummary"


@dataclass(frozen=True, slots=True)
class DisputeTold:
    """``kind`` and ``status`` are Shopify's words in small letters: chargeback or inquiry; needs_response, under_review, won …"""

    id: str
    order_id: str
    kind: str
    status: str


def dispute(raw: bytes) -> DisputeTold:
    told = parse(raw)
    id, order_id = told.id("id", SUMMARY), told.id("order_id", "Order")
    if id is None or order_id is None:
        refuse("body", "a dispute without its id or its order")
    return DisputeTold(id, order_id, told.need_text("type", longest=16).lower(), told.need_text("status", longest=24).lower())


def disputes_from_node(node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The disputes of an Order node as webhook bodies."""
    order_id = int(gid.digits(node["id"], "Order"))
    for one in node["disputes"]:
        yield {"admin_graphql_api_id": one["id"], "id": int(gid.digits(one["id"], SUMMARY)), "order_id": order_id,
               "type": one["initiatedAs"].lower(), "status": one["status"].lower()}

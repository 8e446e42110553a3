"""Refunds as webhooks tell them: on their own, perhaps before their order, or within it."""

from dataclasses import dataclass
from datetime import datetime

from plugin.money import Money
from plugin.shopify.payloads.reading import Fields, currency_code, parse, refuse

NO_CURRENCY = "XXX"
"""ISO 4217 for none: of a refund that gave back nothing. Its amounts are zero, and zero of the order's currency when they are added up."""


@dataclass(frozen=True, slots=True)
class RefundLineTold:
    line_id: str
    quantity: int
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundTold:
    """``unassigned``: goods refunded beyond the lines; negative if less was given back than the lines say."""

    id: str
    order_id: str
    created_at: datetime
    lines: tuple[RefundLineTold, ...]
    unassigned: Money


def refund(raw: bytes) -> RefundTold:
    """refunds/create: one refund, perhaps before its order."""
    fields = parse(raw)
    order_id = fields.id("order_id", "Order") or refuse("body.order_id", "missing")
    return refund_within(fields, order_id, _currency_within(fields))


def _currency_within(fields: Fields) -> str:
    """A refund names its currency only inside amounts. Refused if it has amounts and no currency: how many decimals would they have?

    Nothing is lost: the order is told with its refunds, and in its own currency.
    """
    for name, amount in (("refund_line_items", "subtotal_set"), ("order_adjustments", "amount_set")):
        for one in fields.children(name):
            both = one.child(amount)
            shop_money = both.child("shop_money") if both else None
            if shop_money and "currency_code" in shop_money:
                return currency_code(shop_money.need_text("currency_code"))
    if any(True for name in ("refund_line_items", "order_adjustments") for _ in fields.children(name)):
        refuse("body", "amounts without a currency")
    return NO_CURRENCY


def refund_within(fields: Fields, order_id: str, currency: str) -> RefundTold:
    """One refund of this order; its amounts are in ``currency``."""
    lines = tuple(_refund_line(one, currency) for one in fields.children("refund_line_items"))
    adjusted = sum((_adjustment(one, currency) for one in fields.children("order_adjustments")), 0)
    return RefundTold(fields.own_id("Refund"), order_id, fields.need_time("created_at"), lines, Money(-adjusted, currency))


def _refund_line(fields: Fields, currency: str) -> RefundLineTold:
    line = fields.child("line_item")
    line_id = (line.own_id("LineItem") if line else None) or fields.id("line_item_id", "LineItem")
    amount = fields.need_money("subtotal", currency)
    return RefundLineTold(line_id or refuse(fields.where, "no line"), fields.need_whole("quantity"), Money(max(0, amount.amount), currency))


def _adjustment(fields: Fields, currency: str) -> int:
    """Shopify writes what went beyond the lines below zero; shipping given back is none of the goods."""
    if fields.text("kind") != "refund_discrepancy":
        return 0
    amount = fields.money("amount", currency)
    return amount.amount if amount else 0

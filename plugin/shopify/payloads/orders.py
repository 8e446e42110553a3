"""Orders and their edits as webhooks tell them, turned into values. Only what the body says: the topic decides nothing.

Raises Refused("payload") for whatever is not what Shopify documents; null where data access is not granted is fine.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypedDict
from urllib.parse import parse_qsl, urlencode, urlsplit

from plugin.money import Money
from plugin.shopify.payloads.hearing import Heard, heard
from plugin.shopify.payloads.reading import Fields, currency_code, only_id, parse, refuse
from plugin.shopify.payloads.refunds import RefundTold, refund_within

DiscountKind = Literal["code", "automatic", "manual"]
OURS, MOST_OURS, OWN_PAGE = "_tandem", 50, "own"
_OFFER, _PLACEMENT = re.compile(r"[1-9][0-9]{0,5}", re.ASCII), re.compile(r"[a-z_]{1,16}", re.ASCII)
_KINDS: Mapping[str, DiscountKind] = {"discount_code": "code", "automatic": "automatic", "script": "automatic"}


@dataclass(frozen=True, slots=True)
class DiscountTold:
    kind: DiscountKind
    code: str | None
    title: str
    amount: Money


@dataclass(frozen=True, slots=True)
class LineTold:
    """``price`` is a unit's. ``removed`` units went by an edit of the order, beyond refunds.

    ``offer``: number of the offer that it was added from, 0 none; ``placement``: where that was, "" not known. Both are what the cart said,
    and anybody can write into a cart. ``bundle_id``: the product as which it was bought together with other lines.
    """

    id: str
    product_id: str | None
    variant_id: str | None
    title: str
    quantity: int
    removed: int
    price: Money
    discounts: tuple[DiscountTold, ...]
    offer: int = 0
    placement: str = ""
    bundle_id: str | None = None


class _Origin(TypedDict):
    offer: int
    placement: str


@dataclass(frozen=True, slots=True)
class BuyerTold:
    """Who ordered, as the order says: personal data, for ``people`` only."""

    email: str | None
    first_name: str | None
    locale: str | None
    address: Mapping[str, str | None] | None
    ip: str | None
    agent: str | None


@dataclass(frozen=True, slots=True)
class OrderTold:
    """``named_host``: the host of the shop that the body names, if it names one. ``digest`` tells two tellings apart."""

    id: str
    name: str
    currency: str
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    financial: str
    test: bool
    customer_id: str | None
    lines: tuple[LineTold, ...]
    shipping: Money
    shipping_discounts: tuple[DiscountTold, ...]
    codes: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    landing_site: str | None
    country: str | None
    risk: str | None
    gateways: tuple[str, ...]
    refunds: tuple[RefundTold, ...]
    buyer: BuyerTold | None
    named_host: str | None
    heard: Heard | None = None
    digest: str = ""


def order(raw: bytes) -> OrderTold:
    """orders/create, paid, updated, cancelled: all the same body."""
    fields = parse(raw)
    order_id = fields.own_id("Order")
    currency = currency_code(fields.need_text("currency"))
    refunds = tuple(refund_within(one, order_id, currency) for one in fields.children("refunds"))
    applications = tuple(fields.children("discount_applications"))
    shipping, shipping_discounts = _shipping(fields, applications, currency)
    told = OrderTold(
        id=order_id, name=fields.text("name", longest=100) or f"#{order_id}", currency=currency,
        created_at=fields.need_time("created_at"), updated_at=fields.need_time("updated_at"),
        cancelled_at=fields.time("cancelled_at"), financial=(fields.text("financial_status", longest=32) or "pending").lower(),
        test=fields.flag("test"), customer_id=_customer(fields), lines=_lines(fields, refunds, applications, currency),
        shipping=shipping, shipping_discounts=shipping_discounts, codes=_codes(fields), attributes=_attributes(fields),
        landing_site=_landing(fields.text("landing_site", longest=4000)), country=_country(fields),
        risk=(fields.text("risk_level", longest=16) or "").upper() or None, gateways=fields.texts("payment_gateway_names", longest=60),
        refunds=refunds, buyer=_buyer(fields), named_host=_host(fields.text("order_status_url", longest=2000)),
        heard=_heard(fields))
    return replace(told, digest=_digest(told))


def _digest(told: OrderTold) -> str:
    facts = replace(told, refunds=(), buyer=None, named_host=None, digest="", gateways=(), landing_site=None, name="", risk=None)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _customer(fields: Fields) -> str | None:
    customer = fields.child("customer")
    return customer.own_id("Customer") if customer else None


def _lines(fields: Fields, refunds: Sequence[RefundTold], applications: Sequence[Fields], currency: str) -> tuple[LineTold, ...]:
    refunded: dict[str, int] = {}
    for line in (line for refund in refunds for line in refund.lines):
        refunded[line.line_id] = refunded.get(line.line_id, 0) + line.quantity
    groups = {group.own_id("LineItemGroup"): group for group in fields.children("line_item_groups")}
    told = [(_line(one, refunded, applications, currency), one.id("sales_line_item_group_id", "LineItemGroup"))
            for one in fields.children("line_items")]
    lines = tuple(_of_group(line, groups.get(group or "")) for line, group in told)
    if len({line.id for line in lines}) != len(lines):
        refuse("body.line_items", "the same line twice")
    return lines


def _line(line: Fields, refunded: Mapping[str, int], applications: Sequence[Fields], currency: str) -> LineTold:
    line_id, quantity = line.own_id("LineItem"), line.need_whole("quantity")
    current = line.whole("current_quantity")
    gone = 0 if current is None else quantity - current - refunded.get(line_id, 0)
    return LineTold(
        id=line_id, product_id=line.id("product_id", "Product"), variant_id=line.id("variant_id", "ProductVariant"),
        title=line.text("title") or "", quantity=quantity, removed=max(0, gone), price=_not_negative(line, "price", currency),
        discounts=_allocated(line, applications, currency), **_added_from(line))


def _of_group(line: LineTold, group: Fields | None) -> LineTold:
    """A line of a bundle that was bought as one product: what the shop's page said with it stands at the group. The part on whose own page
    the bundle was offered is that page's product."""
    if group is None:
        return line
    bundle_id, said = group.id("product_id", "Product"), _added_from(group)
    if not said["offer"] or line.offer:
        return replace(line, bundle_id=bundle_id)
    page = _said(group).get("_page", "")
    placement = OWN_PAGE if page and page == line.product_id else said["placement"]
    return replace(line, bundle_id=bundle_id, offer=said["offer"], placement=placement)


def _added_from(line: Fields) -> _Origin:
    """Only our own properties are read: the others are the shopper's, and may be personal. Whatever they are, the order counts."""
    said = _said(line)
    offer, placement = said.get("_offer", ""), said.get("_placement", "")
    return {"offer": int(offer) if _OFFER.fullmatch(offer) else 0, "placement": placement if _PLACEMENT.fullmatch(placement) else ""}


def _said(line: Fields) -> dict[str, str]:
    told = line.told.get("properties")
    pairs = [(one.get("name"), one.get("value")) for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return {name: value for name, value in pairs if isinstance(name, str) and isinstance(value, str)}


def _not_negative(fields: Fields, name: str, currency: str) -> Money:
    amount = fields.need_money(name, currency)
    return refuse(f"{fields.where}.{name}", "below zero") if amount.amount < 0 else amount


def _allocated(fields: Fields, applications: Sequence[Fields], currency: str) -> tuple[DiscountTold, ...]:
    return tuple(_discount(one, applications, currency) for one in fields.children("discount_allocations"))


def _discount(allocation: Fields, applications: Sequence[Fields], currency: str) -> DiscountTold:
    amount = _not_negative(allocation, "amount", currency)
    index = allocation.whole("discount_application_index")
    if index is None or index >= len(applications):
        return DiscountTold("manual", None, "", amount)
    application = applications[index]
    kind = _KINDS.get(application.text("type") or "", "manual")
    code = application.text("code", longest=255) if kind == "code" else None
    return DiscountTold(kind, code, application.text("title") or code or application.text("description") or "", amount)


def _shipping(fields: Fields, applications: Sequence[Fields], currency: str) -> tuple[Money, tuple[DiscountTold, ...]]:
    total = 0
    discounts: tuple[DiscountTold, ...] = ()
    for line in fields.children("shipping_lines"):
        if line.flag("is_removed"):
            continue
        total += _not_negative(line, "price", currency).amount
        discounts += _allocated(line, applications, currency)
    return Money(total, currency), discounts


def _codes(fields: Fields) -> tuple[str, ...]:
    codes = (one.text("code", longest=255) for one in fields.children("discount_codes"))
    return tuple(code for code in codes if code)


def _attributes(fields: Fields) -> tuple[tuple[str, str], ...]:
    """Only what we put into the cart ourselves: the rest is the shopper's, and may be personal."""
    found: dict[str, str] = {}
    for one in fields.children("note_attributes"):
        name, value = one.told.get("name"), one.told.get("value")
        if isinstance(name, str) and name.startswith(OURS) and isinstance(value, str):
            found[one.need_text("name", longest=100)] = one.text("value", longest=1000) or ""
    return tuple(sorted(found.items())[:MOST_OURS])


def _heard(fields: Fields) -> Heard | None:
    """Only the kind of answer leaves this function: what a shopper wrote is theirs."""
    answers = [(one.told.get("name"), one.told.get("value")) for one in fields.children("note_attributes")]
    texts = [(name, value) for name, value in answers if isinstance(name, str) and isinstance(value, str)]
    note = fields.told.get("note")
    return heard(texts, note if isinstance(note, str) else "")


def _landing(text: str | None) -> str | None:
    """The path and what names a campaign; other parameters may be personal."""
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        kept = [(name, value) for name, value in parse_qsl(parts.query, max_num_fields=100) if name.startswith(("tandem", "utm_"))]
        return (parts.path + ("?" + urlencode(kept) if kept else ""))[:500] or None
    except ValueError:
        return None


def _address(fields: Fields) -> Fields | None:
    return fields.child("shipping_address") or fields.child("billing_address")


def _country(fields: Fields) -> str | None:
    address = _address(fields)
    return ((address.text("country_code", longest=2) or "").upper() or None) if address else None


def _buyer(fields: Fields) -> BuyerTold:
    customer, details, address = fields.child("customer"), fields.child("client_details"), _address(fields)
    keys = ("address1", "address2", "zip", "country_code")
    return BuyerTold(
        email=fields.text("email", longest=320) or fields.text("contact_email", longest=320)
        or (customer.text("email", longest=320) if customer else None),
        first_name=customer.text("first_name", longest=100) if customer else None,
        locale=fields.text("customer_locale", longest=16),
        address={key: address.text(key) for key in keys} if address else None,
        ip=fields.text("browser_ip", longest=64),
        agent=details.text("user_agent", longest=1000) if details else None)


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


def edited(raw: bytes) -> str:
    """orders/edited: the id of the order. What became of it comes with orders/updated."""
    edit = parse(raw).child("order_edit") or refuse("body.order_edit", "missing")
    return edit.id("order_id", "Order") or refuse(edit.where, "no order")


def deleted_order(raw: bytes) -> str:
    """orders/delete: the id alone. A body that says more is another event's, replayed under this topic."""
    return only_id(parse(raw), "Order")

"""Making a shared discount at Shopify, once, whatever happens on the way."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import failpoint
from plugin.attribution.rules import new_code
from plugin.context import Context
from plugin.errors import TryAgain
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.rewards import reads, tables
from plugin.rewards.tables import Discount
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import UserErrors
from plugin.shops import reads as shops


def create_discount(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: a Discount. Its seed code was stored with it, so a lost answer is looked up before the next try."""
    for lease in leases:
        _create(context, lease)


def _create(context: Context, lease: Lease) -> None:
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        discount = tables.discount(session, lease.shop_id, lease.subject_id)
        if discount.state in {"ready", "gone"}:
            outbox.finish(session, lease)
            return
        was_sent = discount.state == "sent"
        discount.state = "sent"
    api = shops.admin_api(context, lease.shop_id)
    failpoint.reach("D7")
    external_id = (_look_up(api, discount) if was_sent else None) or _call(context, lease, api, discount)
    failpoint.reach("D8")
    if external_id is not None:
        with context.transaction() as session:
            outbox.hold_on(session, lease)
            row = tables.discount(session, lease.shop_id, discount.id)
            row.state, row.external_id = "ready", external_id
            outbox.finish(session, lease)
            failpoint.reach("D9")


def _look_up(api: AdminApi, discount: Discount) -> str | None:
    """Ours only if our seed hangs on a discount with the title that we stored."""
    found = reads.find_code(api, discount.seed)
    return found.discount_id if found and found.title == discount.title else None


def _call(context: Context, lease: Lease, api: AdminApi, discount: Discount) -> str | None:
    try:
        if discount.kind == "free_shipping":
            answer = api.call("discount_code_free_shipping_create", discount=discount_input(discount))["discountCodeFreeShippingCreate"]
        else:
            answer = api.call("discount_code_basic_create", discount=discount_input(discount))["discountCodeBasicCreate"]
    except UserErrors as refused:
        if "TAKEN" not in refused.codes:
            _give_up(context, lease, refused)
            return None
        return _look_up(api, discount) or _choose_again(context, lease)
    return gid.digits(answer["codeDiscountNode"]["id"])


def _give_up(context: Context, lease: Lease, refused: UserErrors) -> None:
    with context.transaction() as session:
        row = tables.discount(session, lease.shop_id, lease.subject_id)
        row.state, row.error = "failed", refused.message[:255]
        outbox.bury(session, lease, refused.message)


def _choose_again(context: Context, lease: Lease) -> str | None:
    """Somebody else has a code like our seed: another seed, another try."""
    with context.transaction() as session:
        _reseed(session, lease, lease.subject_id)
    raise TryAgain("The seed code was taken by somebody else.", after=1.0)


def _reseed(session: Session, lease: Lease, discount_id: UUID) -> None:
    row = tables.discount(session, lease.shop_id, discount_id)
    row.seed, row.state = f"TANDEM{new_code()}", "planned"


def discount_input(discount: Discount) -> dict[str, Any]:
    """Shopify's input of either kind. Every code works once, from now until the end of its month."""
    told: dict[str, Any] = {
        "title": discount.title, "code": discount.seed, "usageLimit": 1, "startsAt": discount.starts_at.isoformat(),
        "endsAt": discount.ends_at.isoformat(), "context": {"all": "ALL"},
        "combinesWith": {f"{name}Discounts": name in discount.combines for name in ("order", "product", "shipping")}}
    if discount.minimum is not None and discount.currency:
        told["minimumRequirement"] = {"subtotal": {
            "greaterThanOrEqualToSubtotal": Money(discount.minimum, discount.currency).text()}}
    if discount.kind == "free_shipping":
        return told | {"destination": {"all": True}}
    return told | {"customerGets": {"items": {"all": True}, "value": _value(discount)}}


def _value(discount: Discount) -> dict[str, Any]:
    if discount.amount is not None and discount.currency:
        return {"discountAmount": {"amount": Money(discount.amount, discount.currency).text(), "appliesOnEachItem": False}}
    # The wire wants a fraction of one; it is a rate and no money.
    return {"percentage": (discount.basis_points or 0) / 10_000}

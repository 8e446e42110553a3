"""Discounts and their codes: making, changing, removing, and saying so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devstore.clock import iso
from devstore.payloads.discounts import discount_delete_payload, discount_payload
from devstore.state.discounts import Bulk, Discount, RedeemCode
from devstore.state.shops import Job, Shop

if TYPE_CHECKING:
    from devstore.state.store import Store

TAKEN = "Code must be unique. Please try a different code."
LONGEST = 255


def code_fault(shop: Shop, name: str) -> str | None:
    """Why this name cannot be a code of the shop; None if it can."""
    if not name.strip():
        return "Code can't be blank"
    if len(name) > LONGEST:
        return f"Code is too long (maximum is {LONGEST} characters)"
    if any(char in name for char in "\r\n\t"):
        return "Code contains invalid characters"
    return TAKEN if shop.code(name) else None


def add_code(store: Store, shop: Shop, discount: Discount, name: str, *, by_app: bool) -> RedeemCode:
    """The name must have no ``code_fault``."""
    code = RedeemCode(store.next_id(), name.strip(), discount.id, store.clock.now(), by_app)
    shop.codes[code.id] = code
    shop.code_names[code.code.casefold()] = code.id
    discount.codes[code.id] = code.code
    _log(store, shop, "code_added", code)
    return code


def rename_code(shop: Shop, discount: Discount, name: str) -> None:
    """Of a discount with one code. The name must have no ``code_fault``, or be the same but for case."""
    [number] = discount.codes
    code = shop.codes[number]
    del shop.code_names[code.code.casefold()]
    code.code = discount.codes[number] = name.strip()
    shop.code_names[code.code.casefold()] = number


def remove_code(store: Store, shop: Shop, code: RedeemCode) -> None:
    del shop.codes[code.id], shop.code_names[code.code.casefold()]
    shop.discounts[code.discount_id].codes.pop(code.id, None)
    _log(store, shop, "code_deleted", code)


def _log(store: Store, shop: Shop, kind: str, code: RedeemCode) -> None:
    discount = shop.discounts[code.discount_id]
    facts = {"code": code.code, "code_id": str(code.id), "discount": str(discount.id), "title": discount.title, "by_app": code.by_app}
    store.effects.add(shop.handle, kind, used=code.used, **facts)


def create(store: Store, shop: Shop, discount: Discount, code: str | None = None) -> None:
    shop.discounts[discount.id] = discount
    facts = {"discount": str(discount.id), "title": discount.title, "type": f"{discount.method}_{discount.kind}"}
    store.effects.add(shop.handle, "discount_created", by_app=discount.by_app, **facts)
    if code is not None:
        add_code(store, shop, discount, code, by_app=discount.by_app)


def changed(store: Store, shop: Shop, discount: Discount) -> None:
    """Call after changing a discount's fields."""
    discount.updated_at = store.clock.now()
    store.effects.add(shop.handle, "discount_updated", discount=str(discount.id), title=discount.title)
    store.tell(shop, "discounts/update", discount_payload(discount, discount.status(store.clock.now())))


def delete(store: Store, shop: Shop, discount: Discount) -> None:
    for number in list(discount.codes):
        remove_code(store, shop, shop.codes[number])
    discount.deleted = True
    store.effects.add(shop.handle, "discount_deleted", discount=str(discount.id), title=discount.title)
    store.tell(shop, "discounts/delete", discount_delete_payload(discount, iso(store.clock.now())))


def finish_bulk(store: Store, shop: Shop, bulk: Bulk, failing: frozenset[str] = frozenset()) -> None:
    """Add the codes of an asynchronous creation, each on its own."""
    discount = shop.discounts[bulk.discount_id]
    for name in bulk.codes:
        fault = "The discount was deleted" if discount.deleted else "Code is invalid" if name in failing else code_fault(shop, name)
        made = None if fault else add_code(store, shop, discount, name, by_app=True)
        bulk.outcomes.append((name, made.id if made else None, [fault] if fault else []))
    bulk.done = True
    if not discount.deleted:
        discount.updated_at = store.clock.now()


def finish_job(store: Store, shop: Shop, job: Job) -> None:
    """Remove the codes of an asynchronous deletion. Codes of other discounts stay."""
    for number in job.code_ids:
        code = shop.codes.get(number)
        if code is not None and code.discount_id == job.discount_id:
            remove_code(store, shop, code)
    job.done = True

"""Bringing Shopify in line with the offers that its own discounts carry: each is made, changed in place, or deleted.

A part of ``publish_offers``: what leaves is deleted before the Function hears of anything, and what comes is made after it, so that no
cart ever has an offer twice. Before a call leaves, its input is written down beside what Shopify surely has; until an answer was heard
each of them may stand there, so all are looked up by the offer's tag, and the newest is said again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.money import Money
from plugin.offers.deliveries.found import delete, first_changed
from plugin.offers.rules.model import Benefit, Goods, Offer
from plugin.offers.rules.native import FORMS, Form, given
from plugin.offers.tables.natives import NativeDiscount, natives
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi

Input = dict[str, Any]
DELETE = "discount_automatic_delete"
CLASSES = ("order", "product", "shipping")
OPERATIONS: Mapping[Form, tuple[str, str, str]] = {
    "bxgy": ("discountAutomaticBxgyCreate", "discount_bxgy_create", "discount_bxgy_update"),
    "basic": ("discountAutomaticBasicCreate", "discount_automatic_basic_create", "discount_automatic_basic_update"),
    "free_shipping": ("discountAutomaticFreeShippingCreate", "discount_automatic_free_shipping_create",
                      "discount_automatic_free_shipping_update")}
"""The field of the answer, making, changing."""
LISTS = (("productsToAdd", "productsToRemove"), ("productVariantsToAdd", "productVariantsToRemove"))


@dataclass(frozen=True, slots=True)
class Step:
    """What one discount is to become. ``said`` None: it goes. ``before``: all that may stand at Shopify, what surely does first; empty: it
    comes. ``external_id`` None: to be looked up. ``done``: it stands as it is said."""

    offer_id: UUID
    form: Form
    said: Input | None
    before: tuple[Input, ...] = ()
    external_id: str | None = None
    done: bool = False

    @property
    def makes_way(self) -> bool:
        """Must what may stand go, because it is not wanted or cannot be changed in place?"""
        return any(self.said is None or _must_be_new(one, self.said) for one in self.before)


def plan(session: Session, shop_id: ShopId, offers: Sequence[Offer], *, zone: tzinfo, now: datetime) -> list[Step]:
    """What is to be done so that these offers, and no others, are discounts of their own. Writes down what is about to be sent."""
    known, steps = {row.offer_id: row for row in natives(session, shop_id)}, []
    for offer in offers:
        row, form = known.pop(offer.id, None), FORMS[offer.kind]
        if row is None:
            row = NativeDiscount(shop_id=shop_id, offer_id=offer.id, form=form, external_id=None, said={}, sent=[])
            session.add(row)
        before = row.told
        said = _begun(told(offer, zone=zone, now=now), before, now)
        steps.append(Step(offer.id, form, said, before, row.external_id, done=not row.sent and row.said == said))
        if not steps[-1].done:
            row.sent, row.changed_at = [*(one for one in row.sent if one != said), said], now
    steps += [Step(row.offer_id, _form(row), None, row.told, row.external_id) for row in known.values()]
    session.flush()
    return steps


def take_away(api: AdminApi, steps: Sequence[Step]) -> None:
    """What goes, and what cannot be changed in place, is deleted."""
    for step in steps:
        if step.makes_way:
            delete(api, DELETE, _standing(api, step))


def bring(api: AdminApi, steps: Sequence[Step]) -> dict[UUID, str]:
    """What stands then, by offer."""
    return {step.offer_id: _bring(api, step, step.said) for step in steps if step.said is not None}


def record(session: Session, shop_id: ShopId, steps: Sequence[Step], stand: Mapping[UUID, str], now: datetime) -> None:
    """``stand``: what ``bring`` said."""
    said = {step.offer_id: step.said for step in steps if step.said is not None}
    for row in natives(session, shop_id):
        if row.offer_id not in said:
            session.delete(row)
        else:
            row.external_id, row.said, row.sent, row.changed_at = stand[row.offer_id], said[row.offer_id], [], now
    session.flush()


def _bring(api: AdminApi, step: Step, said: Input) -> str:
    if step.done and step.external_id is not None:
        return step.external_id
    name, create, update = OPERATIONS[step.form]
    found = None
    if step.before and not step.makes_way:
        found = first_changed(_standing(api, step), lambda id: api.call(
            update, id=gid.make("DiscountAutomaticNode", id), discount=changed(step.before, said)), lambda id: _stands(api, step, id))
    return found or gid.digits(api.call(create, discount=said)[name]["automaticDiscountNode"]["id"])


def _standing(api: AdminApi, step: Step) -> Iterator[str]:
    """All that may be this offer's at Shopify. What is surely known is not looked for."""
    if step.external_id is not None:
        yield step.external_id
    if step.external_id is None or len(step.before) > 1:
        yield from _looked_up(api, step)


def _looked_up(api: AdminApi, step: Step) -> Iterator[str]:
    """By the offer's tag, for a merchant may give the same title."""
    for title, tag in dict.fromkeys((one["title"], one["tags"][-1]) for one in step.before):
        nodes = api.call("discounts_by_title", query=f'title:"{title}"')["discountNodes"]["nodes"]
        yield from (gid.digits(node["id"]) for node in nodes if tag in node["discount"].get("tags", []))


def _stands(api: AdminApi, step: Step, known: str) -> bool:
    return known in _looked_up(api, step)


def _form(row: NativeDiscount) -> Form:
    return next(form for form in OPERATIONS if form == row.form)


# -- what Shopify is told ------------------------------------------------------------------------------------------------


def told(offer: Offer, *, zone: tzinfo, now: datetime) -> Input:
    """Shopify's input for an offer of which ``rules.native`` says that it can be said. Its title is the offer's own: the order's discount
    is known by it."""
    starts, ends = (moment.replace(tzinfo=zone) if moment else None for moment in (offer.schedule.starts, offer.schedule.ends))
    common = {"title": offer.title.replace('"', "").replace("\\", ""), "startsAt": max(starts or now, now).isoformat(),
              "endsAt": ends.isoformat() if ends else None, "tags": ["tandem", f"tandem-offer-{offer.number}"],
              "combinesWith": {f"{name}Discounts": name in offer.combines for name in CLASSES}}
    return common | {"bxgy": _bxgy, "basic": _basic, "free_shipping": _free_shipping}[FORMS[offer.kind]](offer)


def _bxgy(offer: Offer) -> Input:
    bought, got = offer.parts
    benefit = got.benefit or Benefit("free")
    return {"usesPerOrderLimit": str(offer.limit) if offer.limit else None,
            "customerBuys": {"items": _items(bought.goods), "value": {"quantity": str(bought.count)}},
            "customerGets": {"items": _items(got.goods), "value": {"discountOnQuantity": {
                "quantity": str(got.count), "effect": {"percentage": _rate(benefit)}}}}}


def _basic(offer: Offer) -> Input:
    if offer.kind == "basket":
        return {"customerGets": {"items": {"all": True}, "value": _value(offer.benefit or Benefit("free"), each=False)}, **_goal(offer)}
    [step] = offer.steps
    return {"customerGets": {"items": _items(given(offer)), "value": _value(step.benefit, each=True)},
            **(_minimum(quantity=step.least) if step.least > 1 else {})}


def _free_shipping(offer: Offer) -> Input:
    countries = sorted(offer.audience.countries)
    return {"destination": {"countries": {"add": countries}} if countries else {"all": True}, **_goal(offer)}


def _goal(offer: Offer) -> Input:
    if offer.basket.amounts:
        return _minimum(amount=offer.basket.amounts[0])
    return _minimum(quantity=offer.basket.quantity) if offer.basket.quantity else {}


def _minimum(*, quantity: int = 0, amount: Money | None = None) -> Input:
    wanted = ({"subtotal": {"greaterThanOrEqualToSubtotal": amount.text()}} if amount
              else {"quantity": {"greaterThanOrEqualToQuantity": str(quantity)}})
    return {"minimumRequirement": wanted}


def _value(benefit: Benefit, *, each: bool) -> Input:
    if benefit.amounts:
        return {"discountAmount": {"amount": benefit.amounts[0].text(), "appliesOnEachItem": each}}
    return {"percentage": _rate(benefit)}


def _rate(benefit: Benefit) -> Any:  # noqa: ANN401 - the wire wants a fraction of one; it is a rate and no money
    return 1 if benefit.worth == "free" else benefit.basis_points / 10_000


def _items(goods: Goods) -> Input:
    told = {"productsToAdd": [gid.make("Product", one) for one in sorted(goods.products)],
            "productVariantsToAdd": [gid.make("ProductVariant", one) for one in sorted(goods.variants)]}
    return {"products": {name: ids for name, ids in told.items() if ids}}


# -- what has changed ----------------------------------------------------------------------------------------------------


def _begun(said: Input, before: Sequence[Input], now: datetime) -> Input:
    """A beginning that has passed stays as it was told, where nothing says that it is yet to come."""
    times = [datetime.fromisoformat(one["startsAt"]) for one in (*before, said)]
    return {**said, "startsAt": before[0]["startsAt"]} if before and all(one <= now for one in times) else said


def _must_be_new(before: Input, said: Input) -> bool:
    """An update can change a goal but not take one away, and it can add countries but not say "everywhere" again."""
    return (_goal_kind(before) != _goal_kind(said)) or before.get("destination") != said.get("destination")


def _goal_kind(said: Input) -> list[str]:
    return sorted(said.get("minimumRequirement", {}))


def changed(before: Sequence[Input], said: Input) -> Input:
    """The input of an update, which adds and removes goods instead of setting them. ``before``: all that may stand there."""
    wanted = dict(said)
    for side in ("customerBuys", "customerGets"):
        olds, new = [one.get(side, {}).get("items", {}).get("products", {}) for one in before], said.get(side, {}).get(
            "items", {}).get("products", {})
        had = {add: list(dict.fromkeys(one for old in olds for one in old.get(add, []))) for add, _ in LISTS}
        removed = {gone: ids for add, gone in LISTS if (ids := [one for one in had[add] if one not in new.get(add, [])])}
        if removed:
            wanted[side] = {**said[side], "items": {"products": {**new, **removed}}}
    return wanted

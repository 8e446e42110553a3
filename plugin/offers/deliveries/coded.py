"""Bringing Shopify in line with the offers that are given as a code: each a discount of its own, whose Function reads that one offer.

A part of ``publish_offers``. Before a call leaves, the code is written down; an answer that was lost is looked up by every code under
which it may have arrived.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.offers.deliveries.found import delete, first_changed
from plugin.offers.flows.configuring import Coded
from plugin.offers.tables.coded import CodedDiscount, coded
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi

FUNCTION, APP, TAG = "tandem-discount", "$app", "tandem-code"
CLASSES = ("order", "product", "shipping")


@dataclass(frozen=True, slots=True)
class Step:
    """What one discount is to become. ``wanted`` None: it goes. ``before``: the codes with which it may be at Shopify, none if it was never
    sent; ``external_id`` None: to be looked up by them."""

    offer_id: UUID
    wanted: Coded | None
    before: tuple[str, ...] = ()
    external_id: str | None = None


def plan(session: Session, shop_id: ShopId, wanted: Sequence[Coded], now: datetime) -> list[Step]:
    """What is to be done so that these, and no others, are discounts with a code. Writes down what is about to be sent."""
    known, steps = {row.offer_id: row for row in coded(session, shop_id)}, []
    for one in wanted:
        row = known.pop(one.offer.id, None)
        if row is None:
            row = CodedDiscount(shop_id=shop_id, offer_id=one.offer.id, external_id=None, codes=[])
            session.add(row)
        steps.append(Step(one.offer.id, one, tuple(row.codes), row.external_id))
        row.codes, row.changed_at = [*(code for code in row.codes if code != one.offer.code), one.offer.code], now
    steps += [Step(row.offer_id, None, tuple(row.codes), row.external_id) for row in known.values()]
    session.flush()
    return steps


def take_away(api: AdminApi, steps: Sequence[Step]) -> None:
    """What is no code any more."""
    for step in steps:
        if step.wanted is None:
            delete(api, "discount_code_delete", _standing(api, step))


def bring(api: AdminApi, steps: Sequence[Step], now: datetime) -> dict[UUID, str]:
    """What stands then, by offer."""
    return {step.offer_id: _bring(api, step, step.wanted, now) for step in steps if step.wanted is not None}


def record(session: Session, shop_id: ShopId, steps: Sequence[Step], stand: Mapping[UUID, str], now: datetime) -> None:
    """``stand``: what ``bring`` said."""
    said = {step.offer_id: step.wanted.offer.code for step in steps if step.wanted is not None}
    for row in coded(session, shop_id):
        if row.offer_id not in said:
            session.delete(row)
        else:
            row.external_id, row.codes, row.changed_at = stand[row.offer_id], [said[row.offer_id]], now
    session.flush()


def _bring(api: AdminApi, step: Step, wanted: Coded, now: datetime) -> str:
    found = first_changed(_standing(api, step), lambda id: api.call(
        "discount_code_app_update", id=gid.make("DiscountCodeNode", id), discount=told(wanted)), lambda id: id in _looked_up(api, step))
    if found is not None:
        return found
    given = {**told(wanted), "functionHandle": FUNCTION, "startsAt": now.isoformat()}
    return gid.digits(api.call("discount_code_app_create", discount=given)["discountCodeAppCreate"]["codeAppDiscount"]["discountId"])


def _standing(api: AdminApi, step: Step) -> Iterator[str]:
    """All that may be this offer's at Shopify."""
    if step.external_id is not None:
        yield step.external_id
    yield from _looked_up(api, step)


def _looked_up(api: AdminApi, step: Step) -> Iterator[str]:
    for code in step.before:
        found = _look_up(api, code)
        if found is not None:
            yield found


def _look_up(api: AdminApi, code: str) -> str | None:
    """The discount with this code, if it is ours: a merchant may have one too."""
    found = api.call("discount_of_code", code=code)["codeDiscountNodeByCode"]
    return gid.digits(found["id"]) if found and TAG in found["codeDiscount"].get("tags", []) else None


def told(wanted: Coded) -> dict[str, Any]:
    """What the discount says of itself, and what its Function reads: in one call, or one could be without the other. A cap of one use is
    Shopify's own to keep."""
    offer = wanted.offer
    fields = [{"namespace": APP, "key": key, "type": "json", "value": _json(value)} for key, value in _fields(wanted).items()]
    return {"metafields": fields, "title": offer.title, "code": offer.code, "context": {"all": "ALL"}, "tags": ["tandem", TAG],
            "discountClasses": [one.upper() for one in wanted.classes], "appliesOncePerCustomer": bool(offer.audience.cap
                                                                                                       and offer.audience.cap.times == 1),
            "combinesWith": {f"{one}Discounts": one in offer.combines for one in CLASSES}}


def _fields(wanted: Coded) -> dict[str, Any]:
    return {**{f"config_{at}": json.loads(page) for at, page in enumerate(wanted.pages)}, "variables": wanted.variables}


def _json(value: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(value, separators=(",", ":"))

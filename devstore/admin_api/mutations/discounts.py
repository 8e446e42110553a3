"""Creating, changing, switching and deleting discounts."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta

from devstore import gid
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.mutations.apps import keep_metafields, read_app
from devstore.admin_api.mutations.problems import Problem, done, refused
from devstore.admin_api.mutations.reading import (
    Input,
    Reader,
    read_basic,
    read_bxgy,
    read_code_limits,
    read_common,
    read_free_shipping,
    read_minimum,
)
from devstore.admin_api.nodes.discounts import automatic_node, code_node, discount_gid, discount_node
from devstore.state import discounting
from devstore.state.discounts import Discount

Part = Callable[[Reader, Discount], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """``argument`` is the input's name; ``parts`` read it one after another."""

    method: str
    kind: str
    argument: str
    parts: tuple[Part, ...]


BASIC = Kind("code", "basic", "basicCodeDiscount", (read_common, read_code_limits, read_basic))
CODE_APP = Kind("code", "app", "codeAppDiscount", (read_common, read_code_limits, read_app))
AUTOMATIC_APP = Kind("automatic", "app", "automaticAppDiscount", (read_common, read_app))
FREE_SHIPPING = Kind("code", "free_shipping", "freeShippingCodeDiscount", (read_common, read_code_limits, read_free_shipping))
AUTOMATIC_BASIC = Kind("automatic", "basic", "automaticBasicDiscount", (read_common, read_minimum, read_basic))
AUTOMATIC_FREE_SHIPPING = Kind(
    "automatic", "free_shipping", "freeShippingAutomaticDiscount", (read_common, read_minimum, read_free_shipping))
BXGY = Kind("automatic", "bxgy", "automaticBxgyDiscount", (read_common, read_bxgy))


def _shown(call: Call, discount: Discount) -> Node:
    if discount.kind == "app":
        return done(**{f"{discount.method}AppDiscount": discount_node(call, discount)})
    if discount.method == "code":
        return done(codeDiscountNode=code_node(call, discount))
    return done(automaticDiscountNode=automatic_node(call, discount))


def _create(kind: Kind) -> Resolver:
    def create(info: Info, **args: Input) -> Node:
        call, given = call_of(info), args[kind.argument]
        now = call.store.clock.now()
        discount = Discount(call.store.next_id(), kind.method, kind.kind, "", now, now, now, by_app=True)
        reader = Reader(call.shop, kind.argument, given)
        problems = [*_required(reader, kind), *_read(reader, kind, discount), *_code_problem(reader)]
        if problems:
            return refused(*problems)
        discounting.create(call.store, call.shop, discount, given.get("code"))
        keep_metafields(call, discount, given)
        return _shown(call, discount)

    return create


def _required(reader: Reader, kind: Kind) -> list[Problem]:
    """What an update may leave out but a creation may not."""
    problems = []
    if reader.given.get("startsAt") is None:
        problems.append(reader.problem("startsAt", "Starts at can't be blank", "BLANK"))
    if kind.method == "code" and reader.given.get("code") is None:
        problems.append(reader.problem("code", "Code can't be blank", "BLANK"))
    if kind.method == "code" and not reader.given.get("context") and not reader.given.get("customerSelection"):
        problems.append(reader.problem("context", "Context can't be blank", "BLANK"))
    if kind.kind == "app" and not (reader.given.get("functionHandle") or reader.given.get("functionId")):
        problems.append(reader.problem("functionHandle", "Function handle can't be blank", "BLANK"))
    if kind.kind == "basic" and reader.given.get("customerGets") is None:
        problems.append(reader.problem("customerGets", "Customer gets can't be blank", "BLANK"))
    return problems


def _read(reader: Reader, kind: Kind, discount: Discount) -> list[Problem]:
    for part in kind.parts:
        try:
            part(reader, discount)
        except Problem as problem:
            return [problem]
    return []


def _code_problem(reader: Reader) -> list[Problem]:
    name = reader.given.get("code")
    fault = discounting.code_fault(reader.shop, name) if name is not None else None
    if fault is None:
        return []
    return [reader.problem("code", fault, "TAKEN" if fault == discounting.TAKEN else "INVALID")]


def _another_code(reader: Reader, discount: Discount) -> str | None:
    """What its one code is to be called from now on; None where it has that name, or several."""
    name = reader.given.get("code")
    names = [one.casefold() for one in discount.codes.values()]
    return name if name is not None and len(names) == 1 and name.strip().casefold() not in names else None


def _find(call: Call, id_: str, method: str) -> Discount:
    kinds = ("DiscountCodeNode", "DiscountNode") if method == "code" else ("DiscountAutomaticNode", "DiscountNode")
    number = gid.read(id_, *kinds)
    found = call.shop.discounts.get(number) if number else None
    if found is None or found.deleted or found.method != method:
        raise Problem(["id"], "Discount does not exist.", "INVALID")
    return found


def _update(kind: Kind) -> Resolver:
    def update(info: Info, id: str, **args: Input) -> Node:
        call, reader = call_of(info), Reader(call_of(info).shop, kind.argument, args[kind.argument])
        try:
            discount = _find(call, id, kind.method)
        except Problem as problem:
            return refused(problem)
        if discount.kind != kind.kind:
            return refused(Problem(["id"], "The discount is of another type.", "INVALID"))
        wanted = copy.deepcopy(discount)
        another = _another_code(reader, wanted)
        problems = [*_read(reader, kind, wanted), *(_code_problem(reader) if another else [])]
        if problems:
            return refused(*problems)
        for field in fields(Discount):
            setattr(discount, field.name, getattr(wanted, field.name))
        if another:
            discounting.rename_code(call.shop, discount, another)
        keep_metafields(call, discount, reader.given)
        discounting.changed(call.store, call.shop, discount)
        return _shown(call, discount)

    return update


def _switch(method: str, *, on: bool) -> Resolver:
    """Activating starts it now without an end; deactivating ends it now."""

    def switch(info: Info, id: str) -> Node:
        call = call_of(info)
        try:
            discount = _find(call, id, method)
        except Problem as problem:
            return refused(problem)
        now = call.store.clock.now()
        if on:
            discount.starts_at, discount.ends_at = min(discount.starts_at, now), None
        else:
            discount.ends_at = now
            discount.starts_at = min(discount.starts_at, now - timedelta(seconds=1))
        discounting.changed(call.store, call.shop, discount)
        return _shown(call, discount)

    return switch


def _delete(method: str) -> Resolver:
    field = "deletedCodeDiscountId" if method == "code" else "deletedAutomaticDiscountId"

    def delete(info: Info, id: str) -> Node:
        call = call_of(info)
        try:
            discount = _find(call, id, method)
        except Problem as problem:
            return refused(problem)
        discounting.delete(call.store, call.shop, discount)
        return done(**{field: discount_gid(discount)})

    return delete


MUTATIONS: dict[str, Resolver] = {
    "discountCodeBasicCreate": _create(BASIC),
    "discountCodeBasicUpdate": _update(BASIC),
    "discountCodeFreeShippingCreate": _create(FREE_SHIPPING),
    "discountCodeFreeShippingUpdate": _update(FREE_SHIPPING),
    "discountAutomaticBxgyCreate": _create(BXGY),
    "discountAutomaticBxgyUpdate": _update(BXGY),
    "discountAutomaticBasicCreate": _create(AUTOMATIC_BASIC),
    "discountAutomaticBasicUpdate": _update(AUTOMATIC_BASIC),
    "discountAutomaticFreeShippingCreate": _create(AUTOMATIC_FREE_SHIPPING),
    "discountAutomaticFreeShippingUpdate": _update(AUTOMATIC_FREE_SHIPPING),
    "discountCodeAppCreate": _create(CODE_APP),
    "discountCodeAppUpdate": _update(CODE_APP),
    "discountAutomaticAppCreate": _create(AUTOMATIC_APP),
    "discountAutomaticAppUpdate": _update(AUTOMATIC_APP),
    "discountCodeActivate": _switch("code", on=True),
    "discountCodeDeactivate": _switch("code", on=False),
    "discountAutomaticActivate": _switch("automatic", on=True),
    "discountAutomaticDeactivate": _switch("automatic", on=False),
    "discountCodeDelete": _delete("code"),
    "discountAutomaticDelete": _delete("automatic"),
}

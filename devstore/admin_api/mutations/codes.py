"""Redeem codes of a shared discount, added and removed in bulk, a moment later."""

from datetime import timedelta

from graphql import GraphQLError

from devstore import gid
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.mutations.problems import Problem, done, refused
from devstore.admin_api.nodes.discounts import bulk_node
from devstore.clock import machine_now
from devstore.state.discounts import Bulk, Discount
from devstore.state.shops import Job

MOST = 250


def check_size(given: list[object]) -> None:
    """Arrays beyond 250 fail as a whole, outside userErrors."""
    if len(given) > MOST:
        message = f"The input array size of {len(given)} is greater than the maximum allowed of {MOST}."
        raise GraphQLError(message, extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"})


def _discount(call: Call, id_: str) -> Discount | None:
    number = gid.read(id_, "DiscountCodeNode", "DiscountNode")
    found = call.shop.discounts.get(number) if number else None
    return found if found and not found.deleted and found.method == "code" else None


def _add(info: Info, discountId: str, codes: list[dict[str, str]]) -> Node:
    call = call_of(info)
    check_size(list(codes))
    discount = _discount(call, discountId)
    if discount is None:
        return refused(Problem(["discountId"], "Code discount does not exist.", "INVALID"))
    if not codes:
        return refused(Problem(["codes"], "Codes can't be blank", "BLANK"))
    names = [one["code"] for one in codes]
    due = machine_now() + timedelta(seconds=call.store.settings.bulk_seconds)
    bulk = Bulk(call.store.next_id(), discount.id, names, due, call.store.clock.now())
    bulk.failing = names[::2] if call.user_errors else []
    call.shop.bulks[bulk.id] = bulk
    call.shop.open_work.append(bulk.id)
    return done(bulkCreation=bulk_node(call, bulk))


def _delete(info: Info, discountId: str, ids: list[str] | None = None, **others: object) -> Node:
    call = call_of(info)
    check_size(list(ids or []))
    discount = _discount(call, discountId)
    if discount is None:
        return refused(Problem(["discountId"], "Code discount does not exist.", "INVALID"))
    if others.get("search") is not None or others.get("savedSearchId") is not None:
        return refused(Problem(["search"], "devstore deletes codes by ids only.", "INVALID"))
    if not ids:
        return refused(Problem(["ids"], "Missing expected argument key: 'ids', 'search' or 'saved_search_id'.", "MISSING_ARGUMENT"))
    numbers = [gid.read(one, "DiscountRedeemCode") for one in ids]
    due = machine_now() + timedelta(seconds=call.store.settings.bulk_seconds)
    job = Job(call.store.next_id(), due, discount.id, [number for number in numbers if number])
    call.shop.jobs[job.id] = job
    call.shop.open_work.append(job.id)
    return done(job={"id": gid.make("Job", job.id), "done": False})


MUTATIONS: dict[str, Resolver] = {"discountRedeemCodeBulkAdd": _add, "discountCodeRedeemCodeBulkDelete": _delete}

"""Tags and metafields."""

from typing import Any

from graphql import GraphQLError

from devstore import gid
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.mutations.problems import Problem, done, refused
from devstore.admin_api.nodes.shops import digest, metafield_node
from devstore.admin_api.queries.one import FINDERS
from devstore.state.orders import Order
from devstore.state.people import Customer
from devstore.state.placing import touch
from devstore.state.products import Product
from devstore.state.shops import Metafield
from devstore.state.stocking import product_changed, tag_customer

_MOST = 25


def _tagged(call: Call, id_: str) -> Order | Customer | Product:
    kind, number = gid.kind(id_), gid.read(id_) or 0
    homes: dict[str, dict[int, Any]] = {"Order": call.shop.orders, "Customer": call.shop.customers, "Product": call.shop.products}
    found: Order | Customer | Product | None = homes.get(kind or "", {}).get(number)
    if found is None:
        raise Problem(["id"], f"{kind or 'Resource'} does not exist")
    return found


def _retag(*, add: bool) -> Resolver:
    def retag(info: Info, id: str, tags: list[str]) -> Node:
        call = call_of(info)
        try:
            thing = _tagged(call, id)
        except Problem as problem:
            return refused(problem)
        wanted = [tag.strip() for tag in tags if tag.strip()]
        before = list(thing.tags)
        kept = [tag for tag in before if add or tag not in wanted]
        tags = list(dict.fromkeys([*kept, *(wanted if add else [])]))
        if tags != before:
            _announce(call, thing, tags)
        return done(node=FINDERS[gid.kind(id) or ""](call, thing.id))

    return retag


def _announce(call: Call, thing: Order | Customer | Product, tags: list[str]) -> None:
    if isinstance(thing, Customer):
        tag_customer(call.store, call.shop, thing, tags)
    elif isinstance(thing, Order):
        thing.tags = tags
        touch(call.store, call.shop, thing)
    else:
        thing.tags = tags
        product_changed(call.store, call.shop, thing)
    call.store.effects.add(call.shop.handle, "tagged", id=str(thing.id), tags=list(thing.tags))


def _set_metafields(info: Info, metafields: list[dict[str, Any]]) -> Node:
    """All or none. Whose metafields may be written is who may be written."""
    call = call_of(info)
    if len(metafields) > _MOST:
        return refused(Problem(["metafields"], f"Exceeded the maximum metafields input limit of {_MOST}.", "LESS_THAN_OR_EQUAL_TO"))
    if "write_customers" not in call.scopes and any(gid.kind(one["ownerId"]) == "Customer" for one in metafields):
        raise GraphQLError("Access denied for metafieldsSet field.", extensions={"code": "ACCESS_DENIED"})
    problems = [{**found.node, "elementIndex": at} for at, one in enumerate(metafields) if (found := _fault(call, at, one))]
    if problems:
        return {"userErrors": problems}
    return done(metafields=[metafield_node(set_metafield(call, one)) for one in metafields])


def _fault(call: Call, at: int, given: dict[str, Any]) -> Problem | None:
    path = ["metafields", str(at)]
    kind, number = gid.kind(given["ownerId"]), gid.read(given["ownerId"])
    found = FINDERS[kind](call, number) if kind in FINDERS and number else kind in ("Shop", "AppInstallation")
    if not found:
        return Problem([*path, "ownerId"], "Owner does not exist.", "INVALID")
    known = call.shop.metafields.get(given["ownerId"], {}).get(f"{given.get('namespace') or '$app'}.{given['key']}")
    if known is None and not given.get("type"):
        return Problem([*path, "type"], "Type can't be blank", "BLANK")
    if given.get("compareDigest") is not None and given["compareDigest"] != (digest(known) if known else None):
        return Problem([*path, "compareDigest"], "The resource has been updated since it was loaded.", "STALE_OBJECT")
    return None


def set_metafield(call: Call, given: dict[str, Any]) -> Metafield:
    space, now = given.get("namespace") or "$app", call.store.clock.now()
    home = call.shop.metafields.setdefault(given["ownerId"], {})
    known = home.get(f"{space}.{given['key']}")
    if known is None:
        known = Metafield(call.store.next_id(), given["ownerId"], space, given["key"], given["type"], given["value"], now, now)
        home[f"{space}.{given['key']}"] = known
    known.value, known.updated_at, known.kind = given["value"], now, given.get("type") or known.kind
    call.store.effects.add(call.shop.handle, "metafield_set", owner=known.owner, key=f"{space}.{known.key}")
    return known


MUTATIONS: dict[str, Resolver] = {"tagsAdd": _retag(add=True), "tagsRemove": _retag(add=False), "metafieldsSet": _set_metafields}

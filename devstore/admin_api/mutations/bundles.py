"""Bundles that are one product, and what an app changes of a product: its price, its status, where it is published."""

from datetime import timedelta
from typing import Any

from devstore import gid
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.mutations.problems import Problem, done
from devstore.admin_api.nodes.products import product_node, variant_node
from devstore.admin_api.queries.many import online_store
from devstore.admin_api.queries.one import bundling_node
from devstore.clock import machine_now
from devstore.currency import parse
from devstore.state.products import Bundling, Component, Product, Variant
from devstore.state.stocking import product_changed, set_cost

Input = dict[str, Any]
MOST_COMPONENTS, MOST_UNITS = 30, 2000


def _create(info: Info, input: Input) -> Node:
    call = call_of(info)
    try:
        if not input["title"].strip():
            raise Problem(["input", "title"], "Title can't be blank")
        work = _work(call, input["title"], _components(call, input["components"]))
    except Problem as problem:
        return _refused(problem)
    return done(productBundleOperation=bundling_node(call, work))


def _update(info: Info, input: Input) -> Node:
    call = call_of(info)
    try:
        product = _product(call, input["productId"], ["input", "productId"])
        if not product.components:
            raise Problem(["input", "productId"], "Product is not a bundle.")
        components = _components(call, input["components"]) if input.get("components") else None
        work = _work(call, input.get("title"), components, product.id)
    except Problem as problem:
        return _refused(problem)
    return done(productBundleOperation=bundling_node(call, work))


def _refused(problem: Problem) -> Node:
    """Errors of these mutations have no codes."""
    return {"userErrors": [{"field": problem.node["field"], "message": problem.message}]}


def _work(call: Call, title: str | None, components: list[Component] | None, product_id: int | None = None) -> Bundling:
    due = machine_now() + timedelta(seconds=call.store.settings.bulk_seconds)
    work = Bundling(call.store.next_id(), due, title, components, product_id)
    call.shop.bundlings[work.id] = work
    call.shop.open_work.append(work.id)
    return work


def _product(call: Call, id_: str, path: list[str]) -> Product:
    found = call.shop.products.get(gid.read(id_, "Product") or 0)
    if found is None:
        raise Problem(path, "Product does not exist")
    return found


def _components(call: Call, given: list[Input]) -> list[Component]:
    if not given:
        raise Problem(["input", "components"], "Components can't be blank")
    if len(given) > MOST_COMPONENTS:
        raise Problem(["input", "components"], f"A bundle can't have more than {MOST_COMPONENTS} components")
    names = [option["name"].casefold() for one in given for option in one["optionSelections"]]
    if len(set(names)) != len(names):
        raise Problem(["input", "components"], "Option names must be unique")
    return [_component(call, at, one) for at, one in enumerate(given)]


def _component(call: Call, at: int, given: Input) -> Component:
    path = ["input", "components", str(at)]
    product = _product(call, given["productId"], [*path, "productId"])
    quantity = 1 if given.get("quantity") is None else given["quantity"]
    if given.get("quantityOption") is not None:
        raise Problem([*path, "quantityOption"], "devstore makes bundles of fixed quantities alone")
    if product.components:
        raise Problem([*path, "productId"], "A bundle can't be a component of another bundle")
    if not 1 <= quantity <= MOST_UNITS:
        raise Problem([*path, "quantity"], f"Quantity must be between 1 and {MOST_UNITS}")
    return Component(_chosen(product, given["optionSelections"], path).id, quantity)


def _chosen(product: Product, selections: list[Input], path: list[str]) -> Variant:
    """devstore's products have one option; all of it must be selected, and of a fixed bundle one value."""
    if [gid.read(one["componentOptionId"], "ProductOption") for one in selections] != [product.id]:
        raise Problem([*path, "optionSelections"], "All options of the component must be selected")
    found = [variant for variant in product.variants if variant.title in selections[0]["values"]]
    if len(found) != 1 or len(selections[0]["values"]) != 1:
        raise Problem([*path, "optionSelections", "0", "values"], "Option value does not exist")
    return found[0]


def _change(info: Info, product: Input | None = None, **_more: object) -> Node:
    call, given = call_of(info), product or {}
    try:
        found = _product(call, given.get("id") or "", ["id"])
    except Problem as problem:
        return _refused(problem)
    found.status = given.get("status") or found.status
    found.tags = found.tags if given.get("tags") is None else list(given["tags"])
    product_changed(call.store, call.shop, found)
    return done(product=product_node(call, found))


def _price(info: Info, productId: str, variants: list[Input], **_more: object) -> Node:
    call = call_of(info)
    product = call.shop.products.get(gid.read(productId, "Product") or 0)
    if product is None:
        return {"userErrors": [Problem(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST").node]}
    own = {variant.id: variant for variant in product.variants}
    for at, one in enumerate(variants):
        variant = own.get(gid.read(one.get("id") or "", "ProductVariant") or 0)
        if variant is None:
            missing = Problem(["variants", str(at), "id"], "Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST")
            return {"userErrors": [missing.node]}
        if one.get("price") is not None:
            variant.price = parse(str(one["price"]), call.shop.currency)
        if (one.get("inventoryItem") or {}).get("cost") is not None:
            set_cost(call.store, call.shop, variant, parse(str(one["inventoryItem"]["cost"]), call.shop.currency))
    product_changed(call.store, call.shop, product)
    return done(productVariants=[variant_node(call, one) for one in product.variants], product=product_node(call, product))


def _publish(info: Info, id: str, input: list[Input]) -> Node:
    call = call_of(info)
    try:
        product = _product(call, id, ["id"])
    except Problem as problem:
        return _refused(problem)
    if [gid.read(one.get("publicationId") or "", "Publication") for one in input] != [online_store(call)]:
        return _refused(Problem(["input", "0", "publicationId"], "Publication does not exist"))
    product.published = True
    product_changed(call.store, call.shop, product)
    return done(publishable=product_node(call, product))


MUTATIONS: dict[str, Resolver] = {
    "productBundleCreate": _create, "productBundleUpdate": _update, "productUpdate": _change, "productVariantsBulkUpdate": _price,
    "publishablePublish": _publish}

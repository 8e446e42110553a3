"""The oracle: effects, orders, codes, mail, state."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from devstore.app import services
from devstore.checkout.sessions import checkouts
from devstore.control.asking import Bad, store
from devstore.control.showing import code_shown, customer_shown, order_shown, product_shown, shop_shown
from devstore.state.shops import Shop
from devstore.state.store import Unknown

reading = Blueprint("reading", __name__)


def _shops() -> list[Shop]:
    """The shop of ``?shop=``, or all."""
    name = request.args.get("shop")
    return [store().shop(name)] if name else list(store().shops.values())


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if text and not text.isdecimal():
        raise Bad(f"{name} must be a number.")
    return int(text) if text else default


@reading.get("/effects")
def effects() -> ResponseReturnValue:
    """``?shop=&kind=&after=`` (the last n that was seen)."""
    name = request.args.get("shop")
    shop = store().shop(name).handle if name else None
    with store().lock:
        return jsonify(effects=store().effects.read(shop=shop, kind=request.args.get("kind"), after=_number("after", 0)))


@reading.get("/orders")
def orders() -> ResponseReturnValue:
    """Newest last; ``?limit=`` takes the last ones."""
    limit = _number("limit", 1000)
    with store().lock:
        return jsonify(orders=[order_shown(shop, one) for shop in _shops() for one in list(shop.orders.values())[-limit:]])


@reading.get("/checkouts/<token>")
def checkout(token: str) -> ResponseReturnValue:
    """The order that a checkout became."""
    with store().lock:
        found = checkouts().open.get(token)
        if found is None or found.order_id is None:
            raise Unknown(f"There is no order of checkout {token}.")
        shop = store().shop(found.shop)
        return jsonify(order_shown(shop, shop.orders[found.order_id]))


@reading.get("/codes")
def codes() -> ResponseReturnValue:
    with store().lock:
        return jsonify(codes=[code_shown(shop, one) for shop in _shops() for one in shop.codes.values()])


@reading.get("/customers")
def customers() -> ResponseReturnValue:
    with store().lock:
        return jsonify(customers=[customer_shown(one) for shop in _shops() for one in shop.customers.values()])


@reading.get("/products")
def products() -> ResponseReturnValue:
    with store().lock:
        return jsonify(products=[product_shown(one) for shop in _shops() for one in shop.products.values()])


@reading.get("/metafields")
def metafields() -> ResponseReturnValue:
    """What ``?owner=`` (a gid) carries in ``?shop=``, by namespace and key."""
    owner = request.args.get("owner", "")
    with store().lock:
        found = {name: one.value for shop in _shops() for name, one in shop.metafields.get(owner, {}).items()}
    return jsonify(metafields=found)


@reading.get("/mail")
def mail() -> ResponseReturnValue:
    """``?to=`` filters by recipient."""
    to = request.args.get("to")
    return jsonify(mail=[one for one in list(services().mailbox.mails) if to is None or to in one["to"]])


@reading.get("/state")
def state() -> ResponseReturnValue:
    """Shops with counts, webhooks on their way, points charged per shop."""
    buckets = services().buckets
    points = {"charged": dict(buckets.charged), "calls": dict(buckets.calls), "throttled": dict(buckets.throttled)}
    with store().lock:
        shown = [shop_shown(shop) for shop in store().shops.values()]
        return jsonify(
            shops=shown,
            webhooks=services().webhooks.status(),
            points=points,
            smtp_port=services().mailbox.port,
            effects=len(store().effects.entries),
        )

"""What the platform does to the app: install, uninstall, scopes, compliance topics, faults, webhooks, clock, tokens."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from devstore import signing
from devstore.app import services
from devstore.clock import iso
from devstore.control.asking import Asked, Bad, asked, customer_of, number, store
from devstore.control.showing import shop_shown
from devstore.faults import KINDS, Fault
from devstore.payloads.customers import data_request_payload, redact_payload
from devstore.payloads.shops import shop_redact_payload
from devstore.state import installing
from devstore.state.settings import COMPLIANCE_TOPICS
from devstore.webhooks import Disturbance

platform = Blueprint("platform", __name__)
STAFF = 901_001
DISTURBANCES = ("hold", "drop", "duplicate", "late", "shuffle")


@platform.post("/install")
def install() -> ResponseReturnValue:
    given = asked()
    with store().action():
        installing.install(store(), given.shop, given.read("scopes", list, None))
    return jsonify(shop_shown(given.shop))


@platform.post("/uninstall")
def uninstall() -> ResponseReturnValue:
    given = asked()
    with store().action():
        installing.uninstall(store(), given.shop)
    return jsonify(shop_shown(given.shop))


@platform.post("/scopes")
def scopes() -> ResponseReturnValue:
    given = asked()
    with store().action():
        installing.change_scopes(store(), given.shop, given.read("scopes", list))
    return jsonify(shop_shown(given.shop))


@platform.post("/compliance")
def compliance() -> ResponseReturnValue:
    """``shop``, ``topic``, and ``customer_id`` for the two customer topics."""
    given = asked()
    shop, topic = given.shop, given.text("topic")
    if topic not in COMPLIANCE_TOPICS:
        raise Bad(f"topic must be one of {', '.join(COMPLIANCE_TOPICS)}.")
    with store().action():
        if topic == "shop/redact":
            payload = shop_redact_payload(shop)
        else:
            _, customer = customer_of(given.text("customer_id"))
            request_id = store().next_id()
            payload = redact_payload(shop, customer) if topic == "customers/redact" else data_request_payload(shop, customer, request_id)
        store().tell(shop, topic, payload)
    return jsonify(sent=topic), 202


@platform.post("/faults")
def plan_fault() -> ResponseReturnValue:
    """``kind``; optional ``shop``, ``operation`` (an operation's name, a root field, ``oauth``), ``times`` (1; 0 always), ``seconds``."""
    given = asked()
    kind = given.text("kind")
    if kind not in KINDS:
        raise Bad(f"kind must be one of {', '.join(KINDS)}.")
    shop = given.shop.handle if given.fields.get("shop") else None
    times = given.int("times", 1)
    services().faults.add(Fault(kind, shop, given.text("operation", None), times or None, given.seconds("seconds", None)))
    return jsonify(planned=len(services().faults.planned)), 201


@platform.get("/faults")
def show_faults() -> ResponseReturnValue:
    faults = services().faults
    shown = [{"kind": one.kind, "shop": one.shop, "operation": one.operation, "times": one.times} for one in faults.planned]
    return jsonify(planned=shown, met=faults.met)


@platform.delete("/faults")
def forget_faults() -> ResponseReturnValue:
    services().faults.clear()
    return "", 204


@platform.post("/webhooks/<what>")
def disturb(what: str) -> ResponseReturnValue:
    """hold, drop, duplicate, late, shuffle (optional ``shop``, ``topic``, ``times``, ``seconds``, ``copies``), release, retry, gaps."""
    given, webhooks = asked(), services().webhooks
    if what == "release":
        return jsonify(released=webhooks.release(shuffle=given.flag("shuffle", False)))
    if what == "retry":
        webhooks.retry_now()
    elif what == "gaps":
        webhooks.gaps = tuple(float(one) for one in given.read("seconds", list))
    elif what in DISTURBANCES:
        webhooks.disturb(_disturbance(what, given))
    else:
        raise Bad(f"{what} is not one of {', '.join(DISTURBANCES)}, release, retry, gaps.")
    return jsonify(webhooks.status()), 202


def _disturbance(what: str, given: Asked) -> Disturbance:
    shop = given.shop.handle if given.fields.get("shop") else None
    facts = {"seconds": given.seconds("seconds", 1.0), "copies": given.int("copies", 1)}
    return Disturbance(what, shop, given.text("topic", None), given.int("times", None), **facts)


@platform.get("/webhooks")
def show_webhooks() -> ResponseReturnValue:
    webhooks = services().webhooks
    return jsonify(**webhooks.status(), log=list(webhooks.log))


@platform.get("/clock")
def show_clock() -> ResponseReturnValue:
    return jsonify(now=iso(store().clock.now()), offset=store().clock.offset())


@platform.post("/clock")
def move_clock() -> ResponseReturnValue:
    """``offset`` (seconds from the machine's time) or ``advance`` (seconds more)."""
    given, clock = asked(), store().clock
    offset, advance = given.seconds("offset", None), given.seconds("advance", None)
    if (offset is None) == (advance is None):
        raise Bad("Name offset or advance, in seconds.")
    clock.move(offset if offset is not None else clock.offset() + advance)
    return jsonify(now=iso(clock.now()), offset=clock.offset())


@platform.post("/tokens")
def id_token() -> ResponseReturnValue:
    """An ID token as the shop's pages would hand out: ``shop``, ``kind`` admin | checkout | customer-account, ``customer_id``."""
    given, app = asked(), store().settings.app
    shop, kind = given.shop, given.text("kind", "admin")
    if kind == "admin":
        return jsonify(token=signing.admin_id_token(app.secret, app.client_id, domain=shop.domain, staff_id=STAFF))
    if kind not in ("checkout", "customer-account"):
        raise Bad("kind must be admin, checkout or customer-account.")
    customer = given.fields.get("customer_id")
    wanted = number(customer) if customer else None
    return jsonify(token=signing.extension_id_token(app.secret, app.client_id, domain=shop.domain, customer_id=wanted))

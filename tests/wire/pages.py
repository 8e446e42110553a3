"""A few views of every guard, to send requests to."""

from flask import Blueprint, abort, render_template_string, request
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from plugin.clock import now as business_now
from plugin.errors import Broken, NotFound, Refused, TryAgain
from plugin.shopify.verify import Identity, Visitor
from plugin.shops import flows
from plugin.shops.tables import Shop
from plugin.web.guards import embedded, extension, proxy, public
from plugin.web.inputs import client_address, json_object
from plugin.web.shell import page

ERRORS = {
    "refused": Refused("amount", "The amount <b>is</b> too high."), "not_found": NotFound("programme"), "later": TryAgain("no", after=7.2),
    "broken": Broken("bob@example.com was here", order="5"), "bug": ZeroDivisionError("bob@example.com"),
    "link": Refused("link", "Old link."),
    "database": OperationalError("select 'bob@example.com'", {}, Exception("gone")),
    "unique": IntegrityError("insert bob@example.com", {}, Exception("bob@example.com")), "number": OverflowError("too large"),
    "surrogate": UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")}


def views() -> Blueprint:
    blueprint = Blueprint("pages", __name__)

    @blueprint.route("/app/test", methods=["GET", "POST"])
    @embedded
    def admin(shop: Shop, session: Session) -> str:
        if request.method == "POST":
            shop.plan = request.form.get("plan", "")
        return f"{shop.domain} {shop.plan}"

    @blueprint.post("/app/half")
    @embedded
    def half(shop: Shop, session: Session) -> tuple[str, int]:
        shop.plan = "half done"
        session.flush()
        return "the form again", 422

    @blueprint.get("/app/shell")
    @embedded
    def shell(shop: Shop, session: Session) -> str:
        return page("test_shell.html", shop=shop)

    @blueprint.route("/proxy/test", methods=["GET", "POST"])
    @proxy
    def storefront(shop: Shop, session: Session, visitor: Visitor) -> str:
        return f"{shop.domain} {visitor.customer_id} {visitor.params}"

    @blueprint.route("/extension/test", methods=["GET", "POST"])
    @extension
    def extended(shop: Shop, session: Session, identity: Identity) -> dict[str, object]:
        return {"shop": shop.domain, "customer": identity.subject, "body": json_object(request)}

    _open_views(blueprint)
    return blueprint


def _open_views(blueprint: Blueprint) -> None:
    @blueprint.get("/me/errors/<kind>")
    @public("a test")
    def errors(session: Session, kind: str) -> str:
        flows.recognise(session, "seen.myshopify.com", business_now())
        if kind.isdigit():
            abort(int(kind))
        raise ERRORS[kind]

    @blueprint.post("/me/deferred")
    @public("a test: a fault that only the commit finds")
    def deferred(session: Session) -> str:
        session.add(Shop(domain="seen.myshopify.com", seen_at=business_now()))
        session.add(Shop(domain="seen.myshopify.com", seen_at=business_now()))
        return render_template_string("well")

    @blueprint.get("/me/address")
    @public("a test")
    def address(session: Session) -> str:
        session.execute(text("select 1"))
        return f"{client_address(request)} {request.scheme}"

    @blueprint.post("/me/body")
    @public("a test")
    def body(session: Session) -> str:
        return str(len(request.get_data()))

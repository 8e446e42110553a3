"""Markets of a shop, as its merchant would change them."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from devstore.control.asking import Asked, Bad, asked, found, store
from devstore.state import markets
from devstore.state.shops import Market, Shop

trading = Blueprint("trading", __name__)
_STATUSES, _KINDS = ("ACTIVE", "DRAFT"), ("REGION", "COMPANY_LOCATION", "LOCATION")


@trading.get("/shops/<name>/markets")
def list_markets(name: str) -> ResponseReturnValue:
    return jsonify(markets=[_shown(one) for one in store().shop(name).markets.values()])


@trading.post("/markets")
def make_market() -> ResponseReturnValue:
    """``shop``, ``name``, ``countries`` (two letters each), ``everywhere``, ``status``, ``kind``."""
    given = asked()
    with store().action():
        made = markets.new_market(store(), given.shop, given.text("name"), [])
        _read(given, made)
    return jsonify(_shown(made)), 201


@trading.patch("/markets/<number_>")
def change_market(number_: str) -> ResponseReturnValue:
    """``name``, ``countries``, ``everywhere``, ``status``, ``kind``: what is not told stays."""
    given, (shop, one) = asked(), _found(number_)
    with store().action():
        _read(given, one)
        markets.market_changed(store(), shop, one)
    return jsonify(_shown(one))


@trading.delete("/markets/<number_>")
def delete_market(number_: str) -> ResponseReturnValue:
    shop, one = _found(number_)
    with store().action():
        markets.delete_market(store(), shop, one)
    return "", 204


def _read(given: Asked, one: Market) -> None:
    one.name, one.everywhere = given.text("name", one.name), given.flag("everywhere", one.everywhere)
    one.countries = [str(each).upper() for each in given.read("countries", list, one.countries)]
    one.status, one.kind = given.text("status", one.status), given.text("kind", one.kind)
    if one.status not in _STATUSES or one.kind not in _KINDS:
        raise Bad(f"status must be one of {', '.join(_STATUSES)}, kind one of {', '.join(_KINDS)}.")


def _found(text: str) -> tuple[Shop, Market]:
    return found("market", text, lambda shop: shop.markets)


def _shown(one: Market) -> dict[str, object]:
    return {"id": str(one.id), "name": one.name, "handle": one.handle, "status": one.status, "countries": one.countries,
            "everywhere": one.everywhere, "kind": one.kind}

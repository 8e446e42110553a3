"""The control API under ``/_devstore/``: JSON in, JSON out, amounts as integers in minor units, ids as texts of digits.

What Shopify has no button for happens here: placing orders straight, faults, lost webhooks, moving the clock, reading the oracle."""

from flask import Blueprint, Response, jsonify

from devstore.control.asking import Bad
from devstore.control.goods import goods
from devstore.control.orders import orders
from devstore.control.platform import platform
from devstore.control.reading import reading
from devstore.control.trading import trading
from devstore.state.cancelling import CancelRefused
from devstore.state.crediting import InsufficientFunds
from devstore.state.editing import EditRefused
from devstore.state.placing import CheckoutRefused
from devstore.state.refunding import RefundRefused
from devstore.state.store import Unknown

blueprint = Blueprint("control", __name__, url_prefix="/_devstore")
for part in (goods, orders, platform, reading, trading):
    blueprint.register_blueprint(part)


def _refused(error: Exception) -> Response:
    answer = jsonify(error=str(error) or type(error).__name__)
    answer.status_code = 404 if isinstance(error, Unknown) else 409 if isinstance(error, InsufficientFunds) else 422
    return answer


def _bad(error: Bad) -> Response:
    answer = jsonify(error=str(error))
    answer.status_code = 400
    return answer


for kind in (Unknown, RefundRefused, CancelRefused, EditRefused, CheckoutRefused, InsufficientFunds):
    blueprint.register_error_handler(kind, _refused)
blueprint.register_error_handler(Bad, _bad)

"""Discounts that a Function of the app decides: which Function, in which classes, and the metafields that configure it."""

from devstore.admin_api.call import Call
from devstore.admin_api.mutations.marks import set_metafield
from devstore.admin_api.mutations.reading import Input, Reader
from devstore.admin_api.nodes.discounts import discount_gid
from devstore.functions.extension import extensions
from devstore.state.discounts import Discount


def read_app(reader: Reader, discount: Discount) -> None:
    """``functionHandle`` and ``discountClasses``. Classes are needed when it is made; on update only what is given changes."""
    given = reader.given
    handle = given.get("functionHandle") or given.get("functionId") or discount.function
    if handle not in extensions():
        message = f"Function {handle} not found. Ensure that it is released in the current app, and that the app is installed."
        raise reader.problem("functionHandle", message, "INVALID")
    if given.get("discountClasses") is not None:
        discount.classes = [one.lower() for one in given["discountClasses"]]
    if not discount.classes:
        raise reader.problem("discountClasses", "Discount classes can't be blank", "BLANK")
    discount.function = handle
    for at, one in enumerate(given.get("metafields") or []):
        if not one.get("key") or one.get("value") is None or not one.get("type"):
            raise reader.problem(f"metafields.{at}", "Key, type and value must be given", "BLANK")


def keep_metafields(call: Call, discount: Discount, given: Input) -> None:
    for one in given.get("metafields") or []:
        set_metafield(call, {**one, "ownerId": discount_gid(discount)})

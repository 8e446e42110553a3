"""Reading the JSON of a control request, with errors that say what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request

from devstore.app import services
from devstore.state.orders import Order
from devstore.state.people import Customer
from devstore.state.shops import Shop
from devstore.state.store import Store, Unknown

_MISSING = object()
T = TypeVar("T")


class Bad(ValueError):
    """The request makes no sense. Becomes 400."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The request's JSON object."""

    fields: dict[str, Any]

    def read(self, name: str, kind: type, default: Any = _MISSING) -> Any:  # noqa: ANN401  (what ``kind`` says)
        """The field, of that type. A field without default must be there; null counts as not there."""
        value = self.fields.get(name)
        if value is None:
            if default is _MISSING:
                raise Bad(f"{name} is missing.")
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Bad(f"{name} must be {kind.__name__}, not {type(value).__name__}.")
        return value

    def text(self, name: str, default: Any = _MISSING) -> Any:  # noqa: ANN401
        return self.read(name, str, default)

    def int(self, name: str, default: Any = _MISSING) -> Any:  # noqa: ANN401
        return self.read(name, int, default)

    def flag(self, name: str, default: bool) -> bool:
        return bool(self.read(name, bool, default))

    def seconds(self, name: str, default: Any = _MISSING) -> Any:  # noqa: ANN401
        """A number of seconds, whole or not."""
        value = self.fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        return self.read(name, float, default)

    def items(self, name: str) -> "list[Asked]":
        found = self.read(name, list, [])
        if not all(isinstance(one, dict) for one in found):
            raise Bad(f"{name} must be a list of objects.")
        return [Asked(one) for one in found]

    @property
    def shop(self) -> Shop:
        return store().shop(self.text("shop"))


def asked() -> Asked:
    """The body of the current request. No body is an empty object."""
    if not request.get_data():
        return Asked({})
    body = request.get_json(silent=True, force=True)
    if not isinstance(body, dict):
        raise Bad("The body must be a JSON object.")
    return Asked(body)


def store() -> Store:
    return services().store


def number(text: str | int) -> int:
    """An id: digits, as text or number, or a gid."""
    digits = str(text).rpartition("/")[2]
    if not digits.isdecimal():
        raise Bad(f"{text} is not an id.")
    return int(digits)


def found(kind: str, text: str, kept: Callable[[Shop], Mapping[int, T]]) -> tuple[Shop, T]:
    """What has this id, and its shop: ids are unique over all shops. Raises Unknown."""
    wanted = number(text)
    for shop in store().shops.values():
        if wanted in kept(shop):
            return shop, kept(shop)[wanted]
    raise Unknown(f"There is no {kind} {text}.")


def order_of(text: str) -> tuple[Shop, Order]:
    return found("order", text, lambda shop: shop.orders)


def customer_of(text: str) -> tuple[Shop, Customer]:
    return found("customer", text, lambda shop: shop.customers)

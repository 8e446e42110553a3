"""An offer to and from a plain dict, good for JSON: ``load(dump(offer)) == offer``. What is at its default is not written.

Money is ``{"amount": "12.00", "currency": "EUR"}``, times are ISO 8601 without a zone, sets are sorted lists.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

from plugin.errors import Refused
from plugin.money import Money
from plugin.offers.rules.model import Offer

SCHEMA = 1
LONGEST_TEXT, LONGEST_LIST, LARGEST = 255, 2_000, 10**12


def dump(offer: Offer) -> dict[str, Any]:
    """With the number of the schema, so that a later one can read it."""
    return {"schema": SCHEMA, **_written(offer)}


def load(told: object) -> Offer:
    """Raises Refused("offer") with the field that is wrong: a type, a size, a word that is not known, something missing."""
    if not isinstance(told, Mapping) or told.get("schema") != SCHEMA:
        raise _wrong("schema")
    offer: Offer = _value(Offer, {name: value for name, value in told.items() if name != "schema"}, "")
    return offer


def _written(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Money):
        return {"amount": value.text(), "currency": value.currency}
    if is_dataclass(value):
        return {field.name: _written(getattr(value, field.name)) for field in fields(value)
                if getattr(value, field.name) != _default(field)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def _default(field: Field[Any]) -> object:
    """MISSING, which equals nothing, where there is none."""
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _value(kind: Any, told: object, path: str) -> Any:  # noqa: ANN401 - whatever the hint says
    """``told`` as the hint ``kind`` wants it."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if told is None else _value(next(one for one in inner if one is not NoneType), told, path)
    if origin is Literal:
        return _one_of(inner, told, path)
    if origin in (tuple, frozenset):
        if not isinstance(told, list) or len(told) > LONGEST_LIST:
            raise _wrong(path)
        return origin(_value(inner[0], one, f"{path}.{at}") for at, one in enumerate(told))
    if kind is Money:
        return _money(told, path)
    return _record(kind, told, path) if is_dataclass(kind) else _plain(kind, told, path)


def _one_of(allowed: tuple[Any, ...], told: object, path: str) -> object:
    if told not in allowed:
        raise _wrong(path)
    return told


def _record(kind: Any, told: object, path: str) -> Any:  # noqa: ANN401
    if not isinstance(told, Mapping):
        raise _wrong(path)
    hints = _hints(kind)
    unknown = sorted(str(name) for name in told if name not in hints)
    missing = [one.name for one in fields(kind) if _default(one) is MISSING and one.name not in told]
    if unknown or missing:
        raise _wrong(_joined(path, [*unknown, *missing][0]))
    return kind(**{name: _value(hints[name], value, _joined(path, name)) for name, value in told.items()})


def _money(told: object, path: str) -> Money:
    if not isinstance(told, Mapping) or set(told) != {"amount", "currency"} or not isinstance(told["currency"], str):
        raise _wrong(path)
    try:
        amount = Money.parse(told["amount"], told["currency"])
    except Refused as refused:
        raise _wrong(path) from refused
    if not 0 <= amount.amount <= LARGEST:
        raise _wrong(path)
    return amount


def _plain(kind: Any, told: object, path: str) -> object:  # noqa: ANN401
    if kind in (UUID, datetime):
        return _parsed(kind, told, path)
    if type(told) is not kind or (isinstance(told, str) and len(told) > LONGEST_TEXT):
        raise _wrong(path)
    if isinstance(told, int) and abs(told) > LARGEST:
        raise _wrong(path)
    return told


def _parsed(kind: Any, told: object, path: str) -> UUID | datetime:  # noqa: ANN401
    """An id, or a wall-clock time without a zone."""
    try:
        found: UUID | datetime = UUID(told) if kind is UUID else datetime.fromisoformat(told)  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError) as fault:
        raise _wrong(path) from fault
    if isinstance(found, datetime) and found.tzinfo is not None:
        raise _wrong(path)
    return found


@lru_cache(maxsize=32)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name[:60]


def _wrong(path: str) -> Refused:
    return Refused("offer", f"The offer's field {path or 'itself'} is not as it should be.", key="offers.refused_shape", field=path)

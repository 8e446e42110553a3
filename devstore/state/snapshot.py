"""The state as one JSON file: written at a graceful stop, read at the next start, so that a replay can resume."""

import dataclasses
import gzip
import json
import types
import typing
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from devstore.state.shops import Shop
from devstore.state.store import Store

FILE = "state.json.gz"
Reader = Callable[[Any], Any]


def save(store: Store) -> Path | None:
    """Write everything to the data folder; None without one."""
    folder = store.settings.data
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with store.lock:
        shops = [plain(shop) for shop in store.shops.values()]
        state = {"last_id": store.last_id, "shops": shops, "effects": store.effects.entries, "undelivered": store.undelivered}
    aside = folder / f"{FILE}.new"
    with gzip.open(aside, "wt", compresslevel=1) as file:
        json.dump(state, file)
    return aside.replace(folder / FILE)


def load(store: Store) -> bool:
    """Take over the data folder's snapshot; False if there is none."""
    file = store.settings.data / FILE if store.settings.data else None
    if file is None or not file.exists():
        return False
    with gzip.open(file, "rt") as opened:
        state = json.load(opened)
    read = reader(Shop)
    store.shops = {shop.handle: shop for shop in map(read, state["shops"])}
    store.last_id = state["last_id"]
    store.effects.entries = state["effects"]
    store.undelivered = state["undelivered"]
    return True


def plain(value: Any) -> Any:  # noqa: ANN401  (any state value)
    """Dataclasses as lists of their fields, times as texts, keys of mappings as they are (JSON makes them texts)."""
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return [plain(getattr(value, field.name)) for field in dataclasses.fields(value)]


@cache
def reader(kind: Any) -> Reader:  # noqa: ANN401  (any type form)
    """How to turn ``plain`` back into a value of ``kind``."""
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(typing.cast(type, kind))
    if kind is datetime:
        return datetime.fromisoformat
    if isinstance(kind, types.UnionType):
        return _optional_reader(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is dict:
        return _dict_reader(arguments[0], reader(arguments[1]))
    if origin is list:
        one = reader(arguments[0])
        return lambda value: [one(part) for part in value]
    if origin is tuple:
        parts = [reader(argument) for argument in arguments]
        return lambda value: tuple(part(item) for part, item in zip(parts, value, strict=True))
    return lambda value: value


def _dataclass_reader(kind: type) -> Reader:
    """The fields' readers are looked up at first use: dataclasses may hold each other."""
    names = [field.name for field in dataclasses.fields(kind)]
    hints = typing.get_type_hints(kind)

    def read(value: list[Any]) -> Any:  # noqa: ANN401
        return kind(*(reader(hints[name])(part) for name, part in zip(names, value, strict=True)))

    return read


def _optional_reader(kind: types.UnionType) -> Reader:
    inner = next(argument for argument in typing.get_args(kind) if argument is not type(None))
    read = reader(inner)
    return lambda value: None if value is None else read(value)


def _dict_reader(key: type, read: Reader) -> Reader:
    return lambda value: {key(name): read(one) for name, one in value.items()}

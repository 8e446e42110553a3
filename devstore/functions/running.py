"""Runs a module as Shopify does: WASI, JSON in, JSON out, so many instructions and no more."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wasmtime import Config, Engine, Func, Linker, Module, Store, Trap, WasmtimeError

from devstore.functions.wasi import SIGNATURE, WASI, Streams

FUEL = 11_000_000
MODULE_BYTES, MEMORY_BYTES = 256_000, 10_000_000
INPUT_BYTES, OUTPUT_BYTES = 128_000, 20_000
LINES = 200
"""Up to so many lines; above, fuel, input and output grow with them (``@scaleLimits(rate: 0.005)``)."""


class Failed(Exception):
    """The run ended without an answer: a trap, no fuel, too much of something. At Shopify the cart is then sold undiscounted."""


@dataclass(frozen=True, slots=True)
class Ran:
    output: bytes
    fuel: int


@cache
def _engine() -> Engine:
    config = Config()
    config.consume_fuel = True
    return Engine(config)


@cache
def _module(path: Path, _stamp: int) -> Module:
    """Compiled once for each state of the file."""
    code = path.read_bytes()
    if len(code) > MODULE_BYTES:
        raise Failed(f"{path.name} has {len(code)} bytes of {MODULE_BYTES}.")
    return Module(_engine(), code)


def run(path: Path, export: str, data: bytes, *, lines: int = 0) -> Ran:
    """Call one export on one input. ``lines``: how many the cart has. Raises Failed."""
    scale = max(lines, LINES)
    if len(data) * LINES > INPUT_BYTES * scale:
        raise Failed(f"The input has {len(data)} bytes; for {lines} lines {INPUT_BYTES * scale // LINES} are allowed.")
    allowed = FUEL * scale // LINES
    store = Store(_engine())
    store.set_limits(memory_size=MEMORY_BYTES)
    store.set_fuel(allowed)
    output = _call(store, _module(path, path.stat().st_mtime_ns), export, data)
    if len(output) * LINES > OUTPUT_BYTES * scale:
        raise Failed(f"The output has {len(output)} bytes; for {lines} lines {OUTPUT_BYTES * scale // LINES} are allowed.")
    return Ran(output, allowed - store.get_fuel())


def _call(store: Store, module: Module, export: str, data: bytes) -> bytes:
    streams = Streams(data)
    linker = Linker(_engine())
    for name in ("fd_read", "fd_write"):
        linker.define_func(WASI, name, SIGNATURE, getattr(streams, name), access_caller=True)
    try:
        called = linker.instantiate(store, module).exports(store)[export]
        if not isinstance(called, Func):
            raise Failed(f"{export} is no function of the module.")
        called(store)
    except (Trap, WasmtimeError, KeyError) as error:
        raise Failed(str(error)) from error
    return bytes(streams.output)

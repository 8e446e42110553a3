"""Runs a module as Shopify does: WASI, JSON in, JSON out, so many instructions and no more."""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wasmtime import Config, Engine, Func, Linker, Module, Store, Trap, WasiConfig, WasmtimeError

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
def _module(path: Path, _stamp: int) -> tuple[Module, Linker]:
    """Compiled once for each state of the file."""
    code = path.read_bytes()
    if len(code) > MODULE_BYTES:
        raise Failed(f"{path.name} has {len(code)} bytes of {MODULE_BYTES}.")
    linker = Linker(_engine())
    linker.define_wasi()
    return Module(_engine(), code), linker


def run(path: Path, export: str, data: bytes, *, lines: int = 0) -> Ran:
    """Call one export on one input. ``lines``: how many the cart has. Raises Failed."""
    scale = max(lines, LINES)
    if len(data) * LINES > INPUT_BYTES * scale:
        raise Failed(f"The input has {len(data)} bytes; for {lines} lines {INPUT_BYTES * scale // LINES} are allowed.")
    allowed = FUEL * scale // LINES
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        output, left = _call(path, export, Path(file.name), allowed)
    if len(output) * LINES > OUTPUT_BYTES * scale:
        raise Failed(f"The output has {len(output)} bytes; for {lines} lines {OUTPUT_BYTES * scale // LINES} are allowed.")
    return Ran(output, allowed - left)


def _call(path: Path, export: str, file: Path, fuel: int) -> tuple[bytes, int]:
    module, linker = _module(path, path.stat().st_mtime_ns)
    written: list[bytes] = []
    store = Store(_engine())
    store.set_limits(memory_size=MEMORY_BYTES)
    store.set_fuel(fuel)
    wasi = WasiConfig()
    wasi.stdin_file = str(file)
    wasi.stdout_custom = lambda data: written.append(bytes(data))
    store.set_wasi(wasi)
    try:
        called = linker.instantiate(store, module).exports(store)[export]
        if not isinstance(called, Func):
            raise Failed(f"{export} is no function of the module.")
        called(store)
    except (Trap, WasmtimeError, KeyError) as error:
        raise Failed(str(error)) from error
    return b"".join(written), store.get_fuel()

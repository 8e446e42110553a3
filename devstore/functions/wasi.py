"""The two calls of WASI preview 1 that a Function may make: read standard input, write standard output. More is not there.

wasmtime's own WASI wants files and starts threads; a run of a millisecond inside a request needs neither."""

from wasmtime import Caller, FuncType, Memory, ValType

WASI = "wasi_snapshot_preview1"
SIGNATURE = FuncType([ValType.i32()] * 4, [ValType.i32()])
"""Descriptor, address of the vectors, how many, where to put the number of bytes; answers an errno."""
_DONE, _BAD_DESCRIPTOR = 0, 8
_WORD = 4


class Streams:
    def __init__(self, given: bytes) -> None:
        self.given, self.at = given, 0
        self.output = bytearray()

    def fd_read(self, caller: Caller, *call: int) -> int:
        descriptor, vectors, count, done = call
        if descriptor != 0:
            return _BAD_DESCRIPTOR
        memory, before = _memory(caller), self.at
        for begin, length in _vectors(caller, memory, vectors, count):
            part = self.given[self.at : self.at + length]
            memory.write(caller, part, begin)
            self.at += len(part)
        memory.write(caller, (self.at - before).to_bytes(_WORD, "little"), done)
        return _DONE

    def fd_write(self, caller: Caller, *call: int) -> int:
        descriptor, vectors, count, done = call
        if descriptor != 1:
            return _BAD_DESCRIPTOR
        memory, before = _memory(caller), len(self.output)
        for begin, length in _vectors(caller, memory, vectors, count):
            self.output += memory.read(caller, begin, begin + length)
        memory.write(caller, (len(self.output) - before).to_bytes(_WORD, "little"), done)
        return _DONE


def _memory(caller: Caller) -> Memory:
    found = caller["memory"]
    if not isinstance(found, Memory):
        raise TypeError("the module exports no memory")
    return found


def _vectors(caller: Caller, memory: Memory, at: int, count: int) -> list[tuple[int, int]]:
    """Address and length of each buffer."""
    words = memory.read(caller, at, at + count * 2 * _WORD)
    numbers = [int.from_bytes(words[place : place + _WORD], "little") for place in range(0, len(words), _WORD)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))

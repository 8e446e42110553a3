"""Asking a server on loopback so many times a second, whatever it takes it: each request has its moment, and its time counts from then."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.kit.shared_cache import Answer, Headers

PATIENCE = 30.0


class Line:
    """Connections to one port, kept open and used again.

    A server closes what nobody used for a while (ours after half a minute), and says so only when it is asked: then a new one is
    opened, as browsers and proxies do (RFC 9112, 9.3.1).
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def get(self, target: str, headers: Headers) -> Answer:
        """Raises OSError or asyncio.IncompleteReadError where the server breaks off."""
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return await self._ask(reader, writer, target, headers)
            writer.close()
        return await self._ask(*await asyncio.open_connection("127.0.0.1", self._port), target, headers)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str, headers: Headers) -> Answer:
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{told}\r\n".encode())
        answer = await asyncio.wait_for(_read(reader), PATIENCE)
        self._free.append((reader, writer))
        return answer

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    status = int(head[0].split()[1])
    length = 0 if status == 304 else int(headers["content-length"])
    return Answer(status, headers, await reader.readexactly(length))


@dataclass(frozen=True, slots=True)
class Pace:
    """Milliseconds, and what went wrong how often."""

    p50: float
    p99: float
    most: float
    failed: Mapping[str, int]

    @classmethod
    def of(cls, spent: Sequence[float], failed: Mapping[str, int]) -> "Pace":
        ranked = sorted(spent) or [0.0]
        p50, p99, most = (round(ranked[min(len(ranked) - 1, len(ranked) * part // 100)] * 1000, 2) for part in (50, 99, 100))
        return cls(p50, p99, most, failed)


async def at_pace(rate: int, seconds: float, ask: Callable[[int], Awaitable[str]]) -> Pace:
    """``ask`` with 0, 1, 2 …, at its moment each, however many are still open. It says what is wrong with the answer, or nothing."""
    begun, spent, failed = time.perf_counter(), [], Counter[str]()

    async def one(number: int) -> None:
        try:
            fault = await ask(number)
        except (OSError, asyncio.IncompleteReadError) as error:
            fault = type(error).__name__
        failed.update([fault] if fault else [])
        spent.append(time.perf_counter() - begun - number / rate)

    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            group.create_task(one(number))
    return Pace.of(spent, dict(failed))

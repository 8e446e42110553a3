"""A cache that many people share, as RFC 9111 has it, strictly: what a CDN may do with our answers is what this does.

Kept are answers of 200 that say how long they are fresh and neither ``private`` nor ``no-store``, without cookies. The key is the whole
address; of one address, answers are apart by the headers that ``Vary`` names. What is stale is asked again by its ETag.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Headers = Mapping[str, str]
How = Literal["hit", "validated", "miss"]


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers`` by lower-case names."""

    status: int
    headers: Headers
    body: bytes


Ask = Callable[[Headers], Awaitable[Answer]]


@dataclass(slots=True)
class _Kept:
    answer: Answer
    until: float
    asked_with: dict[str, str]


@dataclass
class SharedCache:
    """``clock`` in seconds. ``counts``: how requests were answered."""

    clock: Callable[[], float]
    counts: dict[str, int] = field(default_factory=lambda: {"hit": 0, "validated": 0, "miss": 0})
    _kept: dict[str, list[_Kept]] = field(default_factory=dict)

    async def get(self, address: str, headers: Headers, ask: Ask) -> Answer:
        """What is kept of ``address`` for a request with these headers, else what ``ask`` says of it."""
        kept = next((one for one in self._kept.get(address, ()) if all(
            headers.get(name, "") == value for name, value in one.asked_with.items())), None)
        if kept is not None and self.clock() < kept.until:
            return self._counted("hit", kept.answer)
        tag = kept.answer.headers.get("etag") if kept else None
        answer = await ask({**headers, "if-none-match": tag} if tag else headers)
        if kept is not None and answer.status == 304:
            kept.until = self.clock() + _fresh({**kept.answer.headers, **answer.headers})
            return self._counted("validated", kept.answer)
        self._keep(address, headers, answer)
        return self._counted("miss", answer)

    def _keep(self, address: str, headers: Headers, answer: Answer) -> None:
        seconds, vary = _fresh(answer.headers), _names(answer.headers.get("vary", ""))
        if answer.status != 200 or seconds <= 0 or "*" in vary or "set-cookie" in answer.headers:
            return
        asked_with = {name: headers.get(name, "") for name in vary}
        others = [one for one in self._kept.get(address, []) if one.asked_with != asked_with]
        self._kept[address] = [*others, _Kept(answer, self.clock() + seconds, asked_with)]

    def _counted(self, how: How, answer: Answer) -> Answer:
        self.counts[how] += 1
        return answer


def _fresh(headers: Headers) -> int:
    """Seconds; what a shared cache may not keep is never fresh."""
    told = dict(one.partition("=")[::2] for one in _names(headers.get("cache-control", "")))
    if {"private", "no-store", "no-cache"} & told.keys():
        return 0
    text = told.get("s-maxage") or told.get("max-age") or "0"
    return max(0, int(text) - int(headers.get("age", "0"))) if text.isdigit() else 0


def _names(value: str) -> list[str]:
    return [one.strip().lower() for one in value.split(",") if one.strip()]

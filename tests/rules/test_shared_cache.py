"""The cache that the benchmark of what the storefront asks goes through: what it may keep, for whom, and how long."""

import asyncio

import pytest

from benchmarks.kit.shared_cache import Answer, Headers, SharedCache

DAY = {"cache-control": "public, max-age=60", "etag": '"1"'}


class Origin:
    """Answers with its ``headers``, and how often it was asked as the body; 304 to whoever knows its tag."""

    def __init__(self, headers: Headers) -> None:
        self.headers, self.asked = dict(headers), 0

    async def __call__(self, headers: Headers) -> Answer:
        self.asked += 1
        if headers.get("if-none-match") == self.headers.get("etag", ""):
            return Answer(304, self.headers, b"")
        return Answer(200, self.headers, str(self.asked).encode())


def bodies(origin: Origin, *asks: tuple[str, Headers], at: tuple[float, ...] = ()) -> list[str]:
    """``at``: seconds at which each is asked; all at once if not said."""
    now = [0.0]
    cache = SharedCache(lambda: now[0])

    async def ask() -> list[str]:
        found = []
        for number, (address, headers) in enumerate(asks):
            now[0] = at[number] if at else 0.0
            found.append((await cache.get(address, headers, origin)).body.decode())
        return found

    return asyncio.run(ask())


def test_an_answer_is_kept_for_its_address_alone() -> None:
    assert bodies(Origin(DAY), ("/a?1", {}), ("/a?1", {}), ("/a?2", {}), ("/a?1", {})) == ["1", "1", "2", "1"]


@pytest.mark.parametrize("said", [
    {}, {"cache-control": "private, max-age=60"}, {"cache-control": "public, max-age=60, no-store"}, {"cache-control": "max-age=0"},
    {**DAY, "set-cookie": "who=bob"}, {**DAY, "vary": "*"}, {**DAY, "age": "60"}, {"cache-control": "s-maxage=0, max-age=60"}])
def test_what_may_not_be_shared_is_not(said: Headers) -> None:
    assert bodies(Origin({**said, "etag": ""}), ("/a", {}), ("/a", {})) == ["1", "2"]


def test_answers_are_apart_by_what_they_vary_with() -> None:
    origin = Origin({**DAY, "vary": "Accept-Language"})
    de, en = {"accept-language": "de"}, {"accept-language": "en"}
    assert bodies(origin, ("/a", de), ("/a", en), ("/a", de), ("/a", {}), ("/a", en)) == ["1", "2", "1", "3", "2"]


def test_what_is_stale_is_asked_again_by_its_tag() -> None:
    origin = Origin(DAY)
    assert bodies(origin, *[("/a", {})] * 4, at=(0, 59, 61, 120)) == ["1"] * 4 and origin.asked == 2
    origin.headers["etag"] = '"2"'
    assert bodies(origin, *[("/a", {})] * 2, at=(0, 59)) == ["3", "3"]

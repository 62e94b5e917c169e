"""Large answers are read in another process, to the same result."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from tuireader.document.prepare import prepare
from tuireader.sync import miniflux_items
from tuireader.sync.entries import Odd
from tuireader.sync.reading import PageReader


@pytest.fixture
async def reader() -> AsyncIterator[PageReader]:
    made = PageReader("miniflux", miniflux_items.read)
    yield made
    await made.close()


def entry(number: int, **changes: Any) -> dict[str, Any]:
    """An entry of Miniflux with a long text."""
    return {
        "id": number,
        "feed_id": number % 2,
        "status": "unread",
        "starred": False,
        "title": f"Entry {number}",
        "url": f"https://site.example/{number}",
        "published_at": "2026-01-02T03:04:05Z",
        "content": f"<p>Entry {number} names <a href='https://other.example/x'>another</a>.</p>" * 60,
        **changes,
    }


def body(*more: dict[str, Any]) -> bytes:
    """An answer of over 400,000 bytes."""
    return json.dumps({"total": 900, "entries": [*map(entry, range(1, 120)), *more]}).encode()


async def test_a_large_answer_is_read_as_a_small_one_and_prepared(reader: PageReader) -> None:
    raw = body(entry(200, status="removed"), entry(201, title="", url="", content=""))
    large, small = await reader.read(raw), miniflux_items.read(raw)
    assert (
        (large.gone, large.last, large.more) == (small.gone, small.last, small.more) == (("200",), 201, True)
    )
    bare = [replace(one, keys=None, prepared=None) for one in large.entries]
    assert bare == list(small.entries[:-1])  # the last one has nothing to store
    assert [one.prepared for one in large.entries] == [prepare(one.entry) for one in bare]
    assert all(one.keys for one in large.entries)


async def test_a_large_answer_of_another_shape_is_odd(reader: PageReader) -> None:
    with pytest.raises(Odd):
        await reader.read(body(entry(200, status="new")))
    assert len((await reader.read(body())).entries) == 119  # the process goes on

"""A library that has fetched its feeds, and the story of the ticket maker that many tests let it fetch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.builders import ALL, opened, refreshed
from tuireader.library import Library
from tuireader.model import ArticleRow

LANTERN = "<p>LanternPay, a payment firm of Port Quill, bought the ticket maker Ferrygate for 40 million.</p>"


@asynccontextmanager
async def fetched(folder: Path, text: str) -> AsyncIterator[Library]:
    """A library with this configuration after its first refresh."""
    async with opened(folder, text) as library:
        await refreshed(library)
        yield library


async def all_rows(library: Library) -> list[ArticleRow]:
    """The rows of all articles, newest first."""
    return list(await library.lists.rows(await library.lists.ids(ALL)))


async def row_of(library: Library, title: str) -> ArticleRow:
    """The row of the one article whose title begins so."""
    (row,) = [row for row in await all_rows(library) if row.title.startswith(title)]
    return row

"""The demo's library: stored once a session, copied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.builders import opened_demo, paths
from tests.ui.shelf import NOW, configured
from tuireader import demo
from tuireader.library import Library


@asynccontextmanager
async def opened(
    folder: Path, clock: Callable[[], float] = lambda: NOW, *, more: str = ""
) -> AsyncIterator[Library]:
    """The library of a folder; the first time it is a copy of the demo's. `more` is further configuration."""
    database = paths(folder).database
    known = database.exists()
    if not known:
        database.write_bytes(_database())
    async with configured(folder, demo.config_text() + more, offline=True, clock=clock) as library:
        if known:
            await library.load_demo()
        yield library


@cache
def _database() -> bytes:
    with ThreadPoolExecutor(1) as thread:  # a test has an event loop already
        return thread.submit(asyncio.run, _made()).result()


async def _made() -> bytes:
    with TemporaryDirectory() as folder:
        async with opened_demo(Path(folder), clock=lambda: NOW):
            pass
        return paths(Path(folder)).database.read_bytes()

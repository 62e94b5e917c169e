"""The demo's library: stored once a session, copied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.ui.shelf import NOW
from tuireader import demo
from tuireader.config import Paths, loads
from tuireader.library import Library


@asynccontextmanager
async def opened(folder: Path, clock: Callable[[], float] = lambda: NOW) -> AsyncIterator[Library]:
    """The library of a folder; the first time it is a copy of the demo's."""
    paths = Paths(folder / "config.toml", folder / "demo.db", folder, folder)
    known = paths.database.exists()
    if not known:
        paths.database.write_bytes(_database())
    library = await _open(paths, clock)
    try:
        if known:
            await library.load_demo()
        yield library
    finally:
        await library.close()


async def _open(paths: Paths, clock: Callable[[], float]) -> Library:
    config, _ = loads(demo.config_text(), "demo")
    return await Library.open(config, paths, offline=True, clock=clock)


@cache
def _database() -> bytes:
    with ThreadPoolExecutor(1) as thread:  # a test has an event loop already
        return thread.submit(asyncio.run, _made()).result()


async def _made() -> bytes:
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = await _open(Paths(folder / "config.toml", folder / "demo.db", folder, folder), lambda: NOW)
        await library.load_demo()
        await library.close()
        return (folder / "demo.db").read_bytes()

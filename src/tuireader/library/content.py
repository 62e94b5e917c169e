"""Content on demand: comments, images, highlighted code."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from tuireader import files
from tuireader.errors import TuireaderError
from tuireader.library.context import UseCases
from tuireader.library.feeds.page_tools import PageTools
from tuireader.model import Article, Pixels, Thread

_DECODE = 5.0  # seconds to decode an image
_MEASURABLE = 20_000  # minimum bytes of an image to measure the speed of the connection
_AT_ONCE = 6  # images of an article that are fetched at the same time
_COLOUR = 2.0  # seconds to highlight a piece of code


class Content(UseCases):
    """Fetch and store the comments and images of an article for reading offline."""

    _page_tools: PageTools

    async def fetch_comments(self, article_id: int) -> Article:
        """Fetch the comments of an article from its comment feed and store them."""
        from tuireader.feeds import pages
        from tuireader.feeds.parse.workers import ParseWorker

        article = await self._context.article(article_id)
        if not article.comments_feed:
            raise TuireaderError("the feed has no comments to load")
        self._context.require_network()
        fetcher = await self._page_tools.open_fetcher()
        async with ParseWorker() as parser:
            home = await self._context.home_of(article_id, article.comments_feed)
            comments = await pages.fetch_comments(fetcher, parser, article.comments_feed, home)
        thread = Thread(self._now(), comments)
        await self._transact(lambda store: store.full_texts.keep_comments(article_id, thread))
        return await self._context.article(article_id)

    async def image(
        self, url: str, feed_id: int, width: int, height: int, ground: tuple[int, int, int] = (0, 0, 0)
    ) -> Pixels:
        """Fetch an image of an article, from the cache if possible, and scale it to fit."""
        data, speed = await self._image_file(url, feed_id)
        across, down, rgb = await self._page_tools.work(
            "picture", data, width, height, ground, seconds=_DECODE
        )
        return Pixels(across, down, rgb, speed)

    async def image_files(self, urls: Sequence[str], feed_id: int) -> dict[str, bytes]:
        """Fetch images of an article by address, from the cache if possible; those that fail are missing."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def fetch(url: str) -> bytes:
            async with turns:
                with suppress(TuireaderError):
                    return (await self._image_file(url, feed_id))[0]
            return b""

        files = zip(urls, await asyncio.gather(*map(fetch, urls)), strict=True)
        return {url: data for url, data in files if data}

    async def _image_file(self, url: str, feed_id: int) -> tuple[bytes, float | None]:
        """Fetch an image, from the cache if possible; also measures the speed of the connection.

        The demo has its own images and no network.
        """
        if self._context.offline:
            from tuireader import demo

            if (sample := demo.picture(url)) is None:
                self._context.require_network()
            return sample or b"", None
        cache = PictureCache(self._context.paths.cache / "pictures")
        data = await asyncio.to_thread(cache.get, url)
        if data is not None:
            return data, None
        # in a thread, because an import in the event loop would delay keys
        await asyncio.to_thread(import_module, "tuireader.feeds.pages")
        from tuireader.feeds import pages

        fetcher = await self._page_tools.open_fetcher()
        started = time.monotonic()
        data = await pages.fetch_picture(fetcher, url, self._context.homes.get(feed_id, ""))
        seconds = max(0.001, time.monotonic() - started)
        await asyncio.to_thread(cache.put, url, data)
        return data, len(data) / seconds if len(data) >= _MEASURABLE else None

    async def highlight_code(self, code: str, language: str) -> list[tuple[int, int, str]]:
        """Highlight code: spans of (start, end, kind); none when it cannot be parsed."""
        try:
            return list(await self._page_tools.work("colours", code, language, seconds=_COLOUR))
        except TuireaderError:
            return []


MOST = 100_000_000
"""Maximum bytes of all cached images together."""


class PictureCache:
    """Image files in a folder that is created on first use. Never raises: a failing cache is empty."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most

    def get(self, url: str) -> bytes | None:
        path = self._path(url)
        with suppress(OSError):
            os.utime(path)
            return path.read_bytes()
        return None

    def put(self, url: str, data: bytes) -> None:
        """Cache an image, and delete the least recently used ones if the cache is too large."""
        with suppress(OSError):
            files.write(self._path(url), [data], sync=False)
            self._trim()

    def _path(self, url: str) -> Path:
        return self._folder / hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def _trim(self) -> None:
        files = [(entry.stat(), entry.path) for entry in os.scandir(self._folder) if entry.is_file()]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda item: item[0].st_mtime):
            if total <= self._most:
                return
            with suppress(OSError):
                Path(path).unlink()
                total -= stat.st_size

"""Content on demand: full texts, comments, images, highlighted code."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuireader import files, ingest
from tuireader.config import Config
from tuireader.errors import TuireaderError
from tuireader.library.context import UseCases
from tuireader.model import Article, NewMatch, Pixels, TextFetched, Thread
from tuireader.subprocesses.sandbox import Failed, Sandbox
from tuireader.text import is_html, plain

if TYPE_CHECKING:
    from tuireader.feeds.fetch import Fetcher, FetchLimits

_SECONDS = 20.0  # seconds to fetch a page, comments or an image
_EXTRACT = 10.0  # seconds to find the article in a page
_DECODE = 5.0  # seconds to decode an image
_MEASURABLE = 20_000  # minimum bytes of an image to measure the speed of the connection
_COLOUR = 2.0  # seconds to highlight a piece of code
_LESS = 0.7  # a page with less than this share of the feed's text is probably a login or a consent page
_EACH = 20  # number of newest articles of a feed whose pages are fetched after a refresh ...
_AT_ONCE = 4  # ... and how many at a time, at most `per_host` from one host


class Content(UseCases):
    """Fetch and store the full text, comments and images of an article for reading offline."""

    _sandbox: Sandbox | None = None
    _fetcher: Fetcher | None = None

    async def close(self) -> None:
        """End the worker process and the connections."""
        if self._sandbox is not None:
            await self._sandbox.aclose()
        if self._fetcher is not None:
            await self._fetcher.aclose()

    async def fetch_full_text(self, article_id: int) -> Article:
        """Fetch the page of an article, store its text and display it from now on.

        Raises TuireaderError when the page cannot be fetched or has much less text than the feed.
        """
        await self._fetch_one(article_id)
        return await self._context.article(article_id)

    async def show_full_text(self, article_id: int, shown: bool) -> Article:
        """Display the full text if `shown`, else the feed's text."""
        await self._transact(lambda store: store.full_texts.show(article_id, shown))
        return await self._context.article(article_id)

    async def fetch_full_texts(
        self, feed_ids: Sequence[int] | None = None
    ) -> AsyncGenerator[TextFetched | NewMatch, None]:
        """Fetch the pages of new articles of the feeds with `full_text` in the configuration.

        Fetches a few at a time, and only for the newest articles of each feed.
        """
        wanted = {feed.url for feed in self._context.config.feeds if feed.full_text == "on"}
        if not wanted or self._context.offline:
            return
        feeds = self._context.feeds or await self._context.load_feeds()
        ids = [feed.id for feed in feeds if feed.url in wanted]
        if feed_ids is not None:
            ids = [feed_id for feed_id in ids if feed_id in feed_ids]
        missing = await self._pool.read(lambda store: store.full_texts.missing(ids, _EACH))
        for start in range(0, len(missing), _AT_ONCE):
            batch = missing[start : start + _AT_ONCE]
            answers = await asyncio.gather(
                *(self._fetch_one(article_id) for article_id, _ in batch), return_exceptions=True
            )
            for number, ((article_id, title), answer) in enumerate(
                zip(batch, answers, strict=True), start + 1
            ):
                if isinstance(answer, BaseException) and not isinstance(answer, TuireaderError):
                    raise answer
                error = answer.message if isinstance(answer, TuireaderError) else ""
                yield TextFetched(article_id, title, error, number, len(missing))
                for match in answer if isinstance(answer, list) else ():
                    yield match

    async def _fetch_one(self, article_id: int) -> list[NewMatch]:
        """Fetch a page, extract and store its text; record and raise failures."""
        article = await self._context.article(article_id)
        self._context.require_network()
        try:
            html, base_url = await self._page_text(article)
        except TuireaderError as error:
            reason, now = error.message, self._now()
            await self._transact(lambda store: store.full_texts.fail(article_id, reason, now))
            raise
        now = self._now()
        found = await self._transact(
            lambda store: ingest.record_full_text(store, article_id, html, base_url, self._context.rules, now)
        )
        return [
            NewMatch(text.id, text.title, article.feed_title, text.url, evidence) for text, evidence in found
        ]

    async def _page_text(self, article: Article) -> tuple[str, str]:
        """Return the HTML text of an article's page, and the base URL of its links."""
        from tuireader.feeds import pages

        fetcher = await self._open_fetcher()
        page, url = await pages.fetch_page(fetcher, article.url, self._feed_url(article.feed_id))
        html = page
        if is_html(page):
            html = await self._work("article", page, url, article.title, seconds=_EXTRACT)
        length = len(plain(html))
        if not length:
            raise TuireaderError("there is no text on the page")
        if length < _LESS * len(plain(article.html)):
            raise TuireaderError("the page has less text than the feed, probably a login or a consent page")
        return html, url

    async def fetch_comments(self, article_id: int) -> Article:
        """Fetch the comments of an article from its comment feed and store them."""
        from tuireader.feeds import pages
        from tuireader.feeds.workers import ParseWorker

        article = await self._context.article(article_id)
        if not article.comments_feed:
            raise TuireaderError("the feed has no comments to load")
        self._context.require_network()
        fetcher = await self._open_fetcher()
        async with ParseWorker() as parser:
            comments = await pages.fetch_comments(
                fetcher, parser, article.comments_feed, self._feed_url(article.feed_id)
            )
        thread = Thread(self._now(), comments)
        await self._transact(lambda store: store.full_texts.keep_comments(article_id, thread))
        return await self._context.article(article_id)

    async def image(
        self, url: str, feed_id: int, width: int, height: int, ground: tuple[int, int, int] = (0, 0, 0)
    ) -> Pixels:
        """Return an image from a feed's article, scaled to fit; from the cache if possible.

        The demo has its own images and no network.
        """
        speed = None
        if self._context.offline:
            from tuireader import demo

            data = demo.picture(url)
            if data is None:
                self._context.require_network()
        else:
            data, speed = await self._image_file(url, feed_id)
        found = await self._work("picture", data, width, height, ground, seconds=_DECODE)
        across, down, rgb = found
        return Pixels(across, down, rgb, speed)

    async def _image_file(self, url: str, feed_id: int) -> tuple[bytes, float | None]:
        """Return the bytes of an image, and the speed of the connection."""
        cache = PictureCache(self._context.paths.cache / "pictures")
        data = await asyncio.to_thread(cache.get, url)
        if data is not None:
            return data, None
        # in a thread, because importing in the event loop would delay keys
        await asyncio.to_thread(import_module, "tuireader.feeds.pages")
        from tuireader.feeds import pages

        fetcher = await self._open_fetcher()
        started = time.monotonic()
        data = await pages.fetch_picture(fetcher, url, self._feed_url(feed_id))
        seconds = max(0.001, time.monotonic() - started)
        await asyncio.to_thread(cache.put, url, data)
        return data, len(data) / seconds if len(data) >= _MEASURABLE else None

    async def highlight_code(self, code: str, language: str) -> list[tuple[int, int, str]]:
        """Return highlighted spans of code: (start, end, kind); none when it cannot be parsed."""
        try:
            found: list[tuple[int, int, str]] = await self._work("colours", code, language, seconds=_COLOUR)
        except TuireaderError:
            return []
        return found

    async def _work(self, job: str, *arguments: object, seconds: float) -> Any:
        """Run a job in the sandbox."""
        if self._sandbox is None:
            self._sandbox = Sandbox()
        try:
            return await self._sandbox.run(job, *arguments, deadline=seconds)
        except Failed as failed:
            raise TuireaderError(f"cannot be read: {failed}") from None

    async def _open_fetcher(self) -> Fetcher:
        """Return the shared fetcher for pages, opened on first use."""
        if self._fetcher is None:
            from tuireader.feeds import pages

            limits = pages.limited(fetch_limits(self._context.config), _SECONDS)
            fetcher = await pages.open_fetcher(limits, self._context.clock)
            if self._fetcher is None:
                self._fetcher = fetcher
            else:
                await fetcher.aclose()  # another request opened one meanwhile
        return self._fetcher

    def _feed_url(self, feed_id: int) -> str:
        """Return the address of a feed, subscribed or not."""
        return self._context.feed_names.get(feed_id, ("", "", ""))[1]


def fetch_limits(config: Config) -> FetchLimits:
    """Return the configured limits of size, time and connections."""
    from tuireader.feeds.fetch import FetchLimits

    fetch = config.fetch
    limits = FetchLimits(
        concurrency=fetch.concurrency,
        per_host=fetch.per_host,
        per_own_host=fetch.per_own_host,
        total=fetch.timeout,
        max_bytes=fetch.max_size,
        proxies=fetch.proxies,
        proxy=fetch.proxy,
        block_private=fetch.block_private,
    )
    return replace(limits, user_agent=fetch.user_agent) if fetch.user_agent else limits


MOST = 100_000_000
"""Maximum bytes of all cached images together."""


class PictureCache:
    """Image files in a folder that is created on first use. Never raises: a failing cache is empty."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most

    def get(self, url: str) -> bytes | None:
        """Return the cached image of an address, or None."""
        path = self._path(url)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, url: str, data: bytes) -> None:
        """Cache an image, and delete the least recently used ones if the cache is too large."""
        path = self._path(url)
        with suppress(OSError):
            files.write(path, [data], sync=False)
            self._trim()

    def _path(self, url: str) -> Path:
        return self._folder / hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def _trim(self) -> None:
        files = [(entry.stat(), entry.path) for entry in os.scandir(self._folder) if entry.is_file()]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda one: one[0].st_mtime):
            if total <= self._most:
                return
            with suppress(OSError):
                Path(path).unlink()
                total -= stat.st_size

"""Prepared libraries: a configuration and articles, stored once a session and copied for each test."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MethodType
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from tests import builders
from tests.builders import paths as paths_in
from tuireader import ingest
from tuireader.config import Paths, loads
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.model import (
    Article,
    Comment,
    Event,
    FeedDone,
    NewMatch,
    ParsedEntry,
    Pixels,
    RefreshDone,
    RefreshStarted,
    TextFetched,
    Thread,
    Told,
)
from tuireader.store import Store
from tuireader.watch import Matcher

K = TypeVar("K")
V = TypeVar("V")
Method = Callable[..., Awaitable[Any]]
NOW = 1_790_000_000
HOUR = 3600


@dataclass(frozen=True)
class Story:
    """An article to prepare: its feed by number, its entry, its marks, and the texts that it had before."""

    feed: int
    entry: ParsedEntry
    read: bool = False
    starred: bool = False
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shelf:
    """What a library has: feeds and watches of a configuration, articles with ids from 1 in this order.

    `more` is further configuration, `prepare` does to the store what else is wanted. Unless it `relates`,
    articles belong together only by links.
    """

    text: str = ""
    stories: tuple[Story, ...] = ()
    more: str = ""
    prepare: Callable[[Store], None] | None = None
    relates: bool = True

    @property
    def config_text(self) -> str:
        return f"{self.text}\n[fetch]\nrefresh_on_start = false\n\n{self.more}"


configured = partial(builders.opened, clock=lambda: NOW)
"""Opens the library of a folder and a configuration."""


@asynccontextmanager
async def opened(shelf: Shelf, folder: Path | None = None) -> AsyncIterator[Library]:
    """A library of its own with what is on a shelf."""
    with TemporaryDirectory() as temporary:
        paths = paths_in(folder or Path(temporary))
        paths.database.write_bytes(_database(dataclasses.replace(shelf, more="")))
        paths.config.write_text(shelf.config_text, encoding="utf-8")
        library = await _open(shelf, paths)
        try:
            yield library
        finally:
            await library.close()


async def _open(shelf: Shelf, paths: Paths) -> Library:
    config, problems = loads(shelf.config_text, "config.toml")
    return await Library.open(config, paths, problems=problems, clock=lambda: NOW)


@cache
def _database(shelf: Shelf) -> bytes:
    """The database of a shelf; made in a thread, for tests have an event loop already."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _made(shelf)).result()


async def _made(shelf: Shelf) -> bytes:
    with TemporaryDirectory() as temporary:
        paths = paths_in(Path(temporary))
        builders.create_database(paths.database)
        await (await _open(dataclasses.replace(shelf, text=shelf.text.split("[[watch]]")[0]), paths)).close()
        store = Store.open(paths.database)
        _fill(store, shelf)
        store.close()
        library = await _open(shelf, paths)
        async for _ in library.watches.apply():
            pass
        if shelf.relates:
            async for _ in library.refresh.relate():
                pass
        await library.close()
        return paths.database.read_bytes()


def _fill(store: Store, shelf: Shelf) -> None:
    with store.transaction():
        for number, story in enumerate(shelf.stories, 1):
            _save(store, story)
            for mark, value in (("read", story.read), ("starred", story.starred)):
                if value:
                    store.marks.set(mark, [number], True, now=NOW, journal=False)
        if shelf.prepare is not None:
            shelf.prepare(store)


def _save(store: Store, story: Story) -> None:
    nobody, now = ingest.Rules(Matcher([]), {}), story.entry.published or NOW
    for html in (*story.before, story.entry.content_html):
        saved = store.entries.save(story.feed, [replace(story.entry, content_html=html)], now)
        ingest.record_new(store, saved.new, nobody, now)
        ingest.record_changed(store, saved.changed, nobody, now)


@contextmanager
def written(library: Library) -> Iterator[Store]:
    """Write to the database of a library as another program would."""
    store = Store.open(library.paths.database, prepare=False)
    try:
        with store.transaction():
            yield store
    finally:
        store.close()


def arrive(library: Library, *stories: Story) -> None:
    """Store articles; no watch is asked."""
    with written(library) as store:
        for story in stories:
            _save(store, story)


def refreshes_here(library: Library) -> None:
    """Let refreshes run in this process, where no second one has to import the program."""
    vars(library.refresh)["run_in_subprocess"] = library.refresh.run


class Server:
    """What feeds answer instead of servers: the library's refresh asks it, in this process."""

    def __init__(self, library: Library, *fresh: Story) -> None:
        self.asked: list[Sequence[int] | None] = []
        self.fresh = fresh
        self.errors: dict[int, str] = {}
        self.told: tuple[Told, ...] = ()
        self.pages: dict[int, str] = {}  # full texts of articles, fetched after the feeds
        self.matches: tuple[NewMatch, ...] = ()  # found in them
        self._library = library
        vars(library.refresh)["run_in_subprocess"] = self.refresh

    async def refresh(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True
    ) -> AsyncIterator[Event]:
        """Store what is fresh of some feeds."""
        self.asked.append(feed_ids)
        feeds = [feed for feed in await self._library.feeds.all() if feed_ids is None or feed.id in feed_ids]
        yield RefreshStarted(len(feeds))
        arrive(self._library, *self.fresh)
        for done, feed in enumerate(feeds, 1):
            new, error = sum(one.feed == feed.id for one in self.fresh), self.errors.get(feed.id, "")
            yield FeedDone(feed.id, feed.title, new=new, error=error, done=done, total=len(feeds))
        yield RefreshDone(len(feeds), len(self.errors), len(self.fresh), 0, 0.1)
        self.fresh = ()
        for done, (article_id, html) in enumerate(self.pages.items(), 1):
            with written(self._library) as store:
                store.full_texts.keep(article_id, html, "", NOW)
            yield TextFetched(article_id, f"Article {article_id}", "", done, len(self.pages))
        for match in self.matches:
            yield match
        for told in self.told:
            yield told


class Site:
    """What the web has for articles: pages, comments, pictures. What is asked for is stored as ever."""

    def __init__(self, library: Library) -> None:
        self.pages: dict[int, str] = {}
        self.threads: dict[int, tuple[Comment, ...]] = {}
        self.pictures: dict[str, Pixels] = {}
        self.asked: list[str] = []
        self._library = library
        vars(library.full_texts).update(fetch=self.full_text)
        vars(library.content).update(fetch_comments=self.comments, image=self.picture)

    async def full_text(self, article_id: int) -> Article:
        html = _there(self.pages, article_id)
        return await self._keep(article_id, lambda store: store.full_texts.keep(article_id, html, "", NOW))

    async def comments(self, article_id: int) -> Article:
        thread = Thread(NOW, _there(self.threads, article_id))
        return await self._keep(article_id, lambda store: store.full_texts.keep_comments(article_id, thread))

    async def picture(self, url: str, feed_id: int, width: int, *_: object) -> Pixels:
        self.asked.append(url)
        await asyncio.sleep(0)
        return _there(self.pictures, url)

    async def _keep(self, article_id: int, keep: Callable[[Store], None]) -> Article:
        with written(self._library) as store:
            keep(store)
        article = await self._library.articles.get(article_id)
        assert article is not None
        return article


def _there(answers: Mapping[K, V], key: K) -> V:
    if key not in answers:
        raise TuireaderError("HTTP 404: not found")
    return answers[key]


@contextmanager
def failing(error: Exception, *methods: Method) -> Iterator[None]:
    """Let the calls of some methods fail."""

    async def fail(*_: object, **__: object) -> Any:
        raise error

    with ExitStack() as stack:
        for method in methods:
            stack.enter_context(replaced(method, fail))
        yield


@contextmanager
def replaced(method: Callable[..., object], other: Callable[..., object]) -> Iterator[None]:
    """Let another function answer the calls of a method of one object."""
    owner, name = vars(cast(MethodType, method).__self__), method.__name__
    before = owner.get(name)  # there, if it is replaced already
    owner[name] = other
    try:
        yield
    finally:
        del owner[name]
        if before is not None:
            owner[name] = before


def story(
    number: int, feed: int, title: str, hours: float, html: str = "<p>Nothing more.</p>", **more: Any
) -> Story:
    """An article of `hours` ago; `more` belongs to it, or to its entry."""
    own = {name: more.pop(name) for name in ("read", "starred", "before") if name in more}
    entry = ParsedEntry(
        guid=str(number),
        title=title,
        url=f"https://news.example/{number}",
        author="Ada Quist",
        published=NOW - int(hours * HOUR),
        content_html=html,
        base_url=f"https://news.example/{number}",
    )
    return Story(feed, replace(entry, **more), **own)


def many(count: int) -> Shelf:
    """`count` unread articles in ten feeds."""
    feeds = "".join(
        f'[[feeds]]\nurl = "https://feed{n}.example/rss"\ntitle = "Feed {n}"\n' for n in range(1, 11)
    )
    stories = (
        story(n, n % 10 + 1, f"Article {n}", (count - n) / 60, f"<p>Text {n}.</p>")
        for n in range(1, count + 1)
    )
    return Shelf(feeds, tuple(stories), relates=False)

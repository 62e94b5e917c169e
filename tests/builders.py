"""Builders for tests: feed documents, entries, stores and libraries, with sensible words in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from tuireader import demo, ingest
from tuireader.config import Config, FeedConfig, Paths, loads
from tuireader.library import Library
from tuireader.model import Event, ParsedEntry, RefreshDone, View, ViewKind
from tuireader.store import Store
from tuireader.store.upkeep.older_versions import Missing

NOW = 1_700_000_000


def entry(number: int = 1, **changes: object) -> ParsedEntry:
    """An entry that differs from those of other numbers in guid, title, address and text."""
    plain = ParsedEntry(
        guid=f"guid-{number}",
        title=f"Title number {number}",
        url=f"https://news.example.org/{number}",
        author="A. Writer",
        published=NOW - 60 * number,
        content_html=f"<p>The text of article {number}.</p>",
    )
    return replace(plain, **changes)


@cache
def _empty_database() -> bytes:
    with TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "new.db")
        store.close()
        return store.path.read_bytes()


def create_database(path: Path) -> None:
    """Create a database without feeds, if the file is not there: a copy, as its tables take 20 ms."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_empty_database())


def open_store(folder: Path, feeds: int = 2) -> Store:
    """A new store with some subscribed feeds, ids from 1."""
    create_database(folder / "test.db")
    store = Store.open(folder / "test.db")
    with store.transaction():
        store.feeds.sync(
            [FeedConfig(f"https://feed{n}.example.org/rss", f"Feed {n}", "News") for n in range(1, feeds + 1)]
        )
    return store


def save(store: Store, feed_id: int, *entries: ParsedEntry, now: int = NOW) -> tuple[list[int], list[int]]:
    """Save entries; the ids of the new and of the changed articles."""
    with store.transaction():
        saved = store.entries.save(feed_id, entries, now)
    return [text.id for text in saved.new], [text.id for _, text in saved.changed]


def item(
    guid: str,
    title: str,
    html: str = "<p>Some text.</p>",
    *,
    url: str = "",
    time: int = 1_700_000_000,
    more: str = "",
) -> str:
    """One RSS item; `more` is further XML."""
    when = format_datetime(datetime.fromtimestamp(time, UTC))
    return (
        f"<item><guid isPermaLink='false'>{escape(guid)}</guid><title>{escape(title)}</title>"
        f"<link>{escape(url or f'https://site.example.org/{guid}')}</link><pubDate>{when}</pubDate>"
        f"<description>{escape(html)}</description>{more}</item>"
    )


def rss(title: str, items: Sequence[str]) -> bytes:
    """An RSS 2.0 document."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel>'
        f"<title>{escape(title)}</title><link>https://site.example.org/</link>"
        f"<description>d</description>{''.join(items)}</channel></rss>"
    ).encode()


CLOCK = 1_700_003_600


@dataclass(slots=True)
class Clock:
    """A clock that a test sets."""

    now: float = CLOCK

    def time(self) -> float:
        """The time now."""
        return self.now


ALL = View(ViewKind.ALL)


WATCHES = """
[[watch]]
name = "WeChat"
any = ["WeChat", "微信"]
color = "green"
[[watch]]
name = "PIPL"
any = ["Personal Information Protection Law", "PIPL"]
"""


def paths(folder: Path) -> Paths:
    return Paths(folder / "config.toml", folder / "news.db", folder, folder)


def config(text: str) -> Config:
    made, problems = loads(text, "config.toml")
    assert problems == ()
    return made


def feeds(*urls: str, pages: bool = False) -> str:
    """Feeds of a configuration; the pages of their articles are fetched only if there are any."""
    more = "" if pages else "full_text = false\n"
    return "".join(f'[[feeds]]\nurl = "{url}"\n{more}' for url in urls)


@asynccontextmanager
async def opened(folder: Path, text: str, **options: object) -> AsyncIterator[Library]:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    create_database(paths(folder).database)
    library = await Library.open(config(text), paths(folder), **{"clock": lambda: CLOCK, **options})  # type: ignore[arg-type]
    try:
        yield library
    finally:
        await library.close()


async def refreshed(library: Library, ids: Sequence[int] | None = None, *, force: bool = True) -> list[Event]:
    async with aclosing(library.refresh.run(ids, force=force)) as events:
        return [event async for event in events]


def ended(events: Sequence[Event]) -> RefreshDone:
    (done,) = [event for event in events if isinstance(event, RefreshDone)]
    return done


async def titles(library: Library, view: View = ALL) -> list[str]:
    return [row.title for row in await library.lists.rows(await library.lists.ids(view))]


@asynccontextmanager
async def opened_demo(folder: Path, clock: Callable[[], float] = lambda: NOW) -> AsyncIterator[Library]:
    async with opened(folder, demo.config_text(), offline=True, clock=clock) as library:
        await library.load_demo()
        yield library


TWO_FEEDS = feeds("https://a.example.org/feed", "https://b.example.org/feed")


async def fill(library: Library, feed_id: int, *entries: ParsedEntry, now: int = CLOCK) -> None:
    """Store articles as a refresh would."""

    def save(store: Store) -> None:
        with store.transaction():
            saved = store.entries.save(feed_id, entries, now)
            ingest.record_new(store, saved.new, library.context.rules, now)
            ingest.record_changed(store, saved.changed, library.context.rules, now)
            ingest.record_carried(store, saved.carried, library.context.rules, now)

    await library.context.pool.write(save)
    async for _ in library.refresh.relate():
        pass


async def applied(library: Library) -> list[tuple[int, int]]:
    async with aclosing(library.watches.apply()) as steps:
        return [step async for step in steps]


def written(folder: Path) -> str:
    return (folder / "config.toml").read_text(encoding="utf-8")


def as_before_languages(store: Store) -> None:
    """Relate all articles as a version did that knew no languages; needs a transaction."""
    ingest.Relater().step(store, 1_000)
    store.conn.execute("UPDATE article SET language = ''")
    store.conn.execute("DELETE FROM fact WHERE name = ?", (Missing.LANGUAGES,))

"""Import and export subscriptions and marks: OPML, JSON, URL lists, newsboat's `urls`, web pages."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tuireader import files
from tuireader.config import FeedConfig, ViewConfig
from tuireader.errors import TuireaderError
from tuireader.library.context import Context, UseCases, address_key
from tuireader.library.feeds.feeds import Feeds
from tuireader.library.feeds.page_tools import fetch_limits
from tuireader.model import Fetched, FetchFailed, FetchJob, MarkedArticle
from tuireader.store import Store
from tuireader.text import without_password
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.newsboat.outcomes import Outcome


@dataclass(slots=True)
class Imported:
    """Result of an import."""

    feeds: Annotated[int, "Feeds found in the import."] = 0
    new: Annotated[int, "Newly subscribed feeds."] = 0
    views: Annotated[int, "New saved searches."] = 0
    marked: Annotated[int, "Articles that became read, starred or labelled."] = 0
    noted: Annotated[int, "Articles that will be marked when they arrive."] = 0
    skipped: Annotated[tuple[str, ...], "Parts that were skipped, with the reason."] = ()


class Exchange(UseCases):
    """Import and export subscriptions or marks as one file."""

    def __init__(self, context: Context, feeds: Feeds) -> None:
        super().__init__(context)
        self._feeds = feeds

    async def import_file(self, path: Path, *, programs: bool = False) -> Imported:
        """Import a file in any format that `import_data` supports."""
        return await self.import_data(await asyncio.to_thread(_bytes, path), path.name, programs=programs)

    async def import_data(self, data: bytes, name: str = "the list", *, programs: bool = False) -> Imported:
        """Import OPML, tuireader's JSON, or a list of addresses, one per line, with tags as in newsboat.

        Feeds that run programs are skipped unless `programs`. Raises TuireaderError for anything else.
        """
        self._context.require_own_feeds()
        from tuireader.exchange import documents
        from tuireader.feeds import opml
        from tuireader.feeds.parse import charset
        from tuireader.newsboat import urls
        from tuireader.newsboat.outcomes import Consent

        text = await asyncio.to_thread(charset.decode, data)
        start = text[:4096].lstrip("\ufeff\0 \t\r\n").lower()
        if start.startswith("<") or "<opml" in start:
            outlines, skipped = await asyncio.to_thread(opml.load, data)
            subscriptions = [
                FeedConfig(outline.url, outline.title, outline.folder, labels=outline.labels)
                for outline in outlines
            ]
            return await self._subscribe(subscriptions, skipped=skipped)
        if start.startswith("{"):
            feeds, views, marks, bad = await asyncio.to_thread(documents.load, text, programs)
            if marks:
                return await self._mark_all(marks, bad)
            return await self._subscribe(feeds, views, skipped=bad)
        listed = urls.read(text, name, [Consent.PROGRAMS] if programs else [])
        if not listed.feeds and not listed.views:
            reasons = "; ".join(map(_remark, listed.remarks[:3]))
            raise TuireaderError(
                f"{name} contains no feed{': ' if reasons else ''}{reasons}",
                "use OPML, or one address per line",
            )
        return await self._subscribe(listed.feeds, listed.views, skipped=list(map(_remark, listed.remarks)))

    async def import_page(self, url: str) -> Imported:
        """Subscribe to the feeds at an address: a web page, a feed, or an OPML file."""
        self._context.require_own_feeds()
        from tuireader.feeds.find.discover import unreadable
        from tuireader.feeds.http.fetch import Fetcher
        from tuireader.feeds.parse import charset

        async with Fetcher(fetch_limits(self._context.config)) as fetcher:
            answer = await fetcher.fetch(FetchJob(0, url.strip()))
        if isinstance(answer, Fetched) and "<opml" in charset.decode(answer.body[:8192]).lower():
            return await self.import_data(answer.body, url)
        if isinstance(answer, FetchFailed):
            raise unreadable(answer)
        feeds = await self._feeds.discover(url)
        if not feeds:
            raise TuireaderError(f"no feed was found at {url}", "give the address of the feed itself")
        return await self._subscribe([FeedConfig(feed.url) for feed in feeds])

    async def _subscribe(
        self, feeds: Sequence[FeedConfig], views: Sequence[ViewConfig] = (), skipped: Sequence[str] = ()
    ) -> Imported:
        from tuireader.exchange.merge import merge

        done = Imported(feeds=len(feeds), skipped=tuple(skipped))
        # exported addresses have no passwords, but identify the same feeds
        own = {without_password(feed.url): feed.url for feed in self._context.config.feeds}
        feeds = [replace(feed, url=own.get(feed.url, feed.url)) for feed in feeds]
        known = set(own.values())
        if all(feed.url in known and not (feed.folder or feed.labels) for feed in feeds) and not views:
            return done

        def edit(text: str) -> str:
            merged = merge(text, feeds, views, keys=False)
            done.new, done.views = merged.added["feeds"], merged.added["view"]
            return merged.text

        await self._context.change_config(edit)
        return done

    async def _mark_all(self, marks: Sequence[MarkedArticle], skipped: Sequence[str]) -> Imported:
        # a local feed, which comes first, wins over one of an account
        ids = {address_key(feed.address): feed.id for feed in reversed(self._context.feeds)}
        done = Imported(skipped=tuple(skipped))
        for feed, group in groupby(marks, lambda mark: mark.feed):
            of_feed = list(group)
            feed_id = ids.get(address_key(feed))
            if feed_id is None:
                number = counted(len(of_feed), "article")
                done.skipped += (f"{without_password(feed)}: {number} skipped, not subscribed to the feed",)
                continue
            changed, noted = await self._transact(partial(self._set_marks, feed_id=feed_id, marks=of_feed))
            done.marked += changed
            done.noted += noted
        return done

    def _set_marks(self, store: Store, *, feed_id: int, marks: Sequence[MarkedArticle]) -> tuple[int, int]:
        return store.exchange.set_marks(feed_id, marks, self._now())

    def left_out(self, form: str) -> list[FeedConfig]:
        """Feeds that only tuireader can fetch, which OPML exports leave out."""
        return [
            feed
            for feed in self._context.config.feeds
            if form == "opml"
            and not (feed.url.startswith("http") and feed.kind == "feed" and not (feed.filter or feed.items))
        ]

    async def export(self, form: str) -> Iterator[str]:
        """Write subscriptions (`opml`, `json`, `newsboat`) or marks (`state`) as pieces of text."""
        from tuireader.exchange import documents
        from tuireader.feeds import opml
        from tuireader.newsboat import urls

        config = self._context.config
        if form == "state":
            return documents.dump_marks(
                await self._pool.read(lambda store: list(store.exchange.marked_articles()))
            )
        if form == "json":
            return iter([documents.dump_feeds(config.feeds, config.views)])
        if form == "newsboat":
            return iter([urls.write(config.feeds)])
        configs = self._context.feed_configs
        only_here = {feed.url for feed in self.left_out(form)}
        outlines = [
            opml.OpmlFeed(
                without_password(feed.address),
                title=feed.title,
                folder=feed.folder,
                site_url=feed.site_url,
                labels=configs[feed.url].labels if feed.url in configs else (),
            )
            for feed in await self._context.load_feeds()
            if feed.url not in only_here
        ]
        return iter([opml.dump(outlines)])


def _remark(outcome: Outcome) -> str:
    return f"{outcome}{f'; import it with --accept {outcome.consent}' if outcome.consent else ''}"


def _bytes(path: Path) -> bytes:
    try:
        return files.read(path)
    except OSError as error:
        advice = (
            "pass a pipe as standard input: … | tuireader import -"
            if error.errno == errno.EINVAL
            else "check the path"
        )
        raise TuireaderError(f"{path} cannot be read: {error.strerror}", advice) from None

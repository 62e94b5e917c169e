"""Import and export subscriptions and marks: OPML, JSON, URL lists, newsboat's `urls`, web pages."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from msgspec import Struct
from msgspec.structs import replace

from tuireader import files
from tuireader.config import FeedConfig, RuleConfig, ViewConfig
from tuireader.config import edit as config_edit
from tuireader.errors import IsOpmlError, TuireaderError
from tuireader.library.context import UseCases, address_key
from tuireader.library.feeds.feeds import Feeds
from tuireader.model import MarkedArticle
from tuireader.store import Store
from tuireader.text import clean, feed_key, without_password
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.exchange.nearby import Nearby
    from tuireader.newsboat.outcomes import Outcome


class Imported(Struct):
    """Result of an import."""

    feeds: Annotated[int, "Feeds found in the import."] = 0
    new: Annotated[int, "Newly subscribed feeds."] = 0
    views: Annotated[int, "New saved searches."] = 0
    rules: Annotated[int, "New rules, from filters of FreshRSS."] = 0
    marked: Annotated[int, "Articles that became read, starred or labelled."] = 0
    noted: Annotated[int, "Articles that will be marked when they arrive."] = 0
    skipped: Annotated[tuple[str, ...], "Parts that were skipped, with the reason."] = ()


class Plan(Struct, frozen=True):
    """Contents of a file before they are imported; `skipped` are its other parts, with the reason."""

    feeds: Sequence[FeedConfig] = ()
    views: Sequence[ViewConfig] = ()
    marks: Sequence[MarkedArticle] = ()
    skipped: Sequence[str] = ()
    rules: Sequence[RuleConfig] = ()


class Exchange(UseCases):
    """Import and export subscriptions or marks as one file."""

    _feeds: Feeds

    async def import_file(self, path: Path, *, programs: bool = False) -> Imported:
        """Import a file in any format that `read_data` supports."""
        return await self.import_plan(await self.read_file(path, programs=programs))

    async def import_data(self, data: bytes, name: str = "the list", *, programs: bool = False) -> Imported:
        return await self.import_plan(await self.read_data(data, name, programs=programs))

    async def import_page(self, url: str) -> Imported:
        """Subscribe to the feeds at an address: a web page, a feed, or an OPML file."""
        self._context.require_own_feeds()
        try:
            feeds = await self._feeds.discover(url.strip())
        except IsOpmlError as opml:
            return await self.import_data(opml.data, url)
        if not feeds:
            raise TuireaderError(f"no feed was found at {url}", "give the address of the feed itself")
        return await self.import_plan(Plan([FeedConfig(feed.url) for feed in feeds]))

    async def import_plan(self, plan: Plan) -> Imported:
        """Import what was read, as one undo step."""
        self._context.require_own_feeds()
        return await (self._mark_all if plan.marks else self._subscribe)(plan)

    async def nearby(self, patience: float = 1.0) -> list[Nearby]:
        """List files to import, found by name; none if the folders take longer than `patience` seconds."""
        from tuireader.exchange.nearby import nearby

        with suppress(OSError):  # including a timeout, or a current folder that is gone
            async with asyncio.timeout(patience):
                return await asyncio.to_thread(lambda: nearby(os.environ, Path.cwd()))
        return []

    async def split(self, plan: Plan) -> tuple[list[FeedConfig], list[FeedConfig]]:
        """Split the feeds of a plan into new ones and subscribed ones."""
        own = [feed.url for feed in self._context.config.feeds]
        subscribed = set(map(feed_key, (*own, *map(without_password, own))))  # as exported, too
        keys = await asyncio.to_thread(lambda: [feed_key(feed.url) for feed in plan.feeds])
        split: tuple[list[FeedConfig], list[FeedConfig]] = [], []
        for feed, key in zip(plan.feeds, keys, strict=True):
            split[key in subscribed].append(feed)
        return split

    async def read_file(self, path: Path, *, programs: bool = False, most: int = -1) -> Plan:
        """Read a file in any format that `read_data` supports, of at most `most` bytes."""
        return await self.read_data(await asyncio.to_thread(_bytes, path, most), path.name, programs=programs)

    async def read_data(self, data: bytes, name: str, *, programs: bool = False) -> Plan:
        """Read OPML, tuireader's JSON, or a list of addresses, one per line, with tags as in newsboat.

        Feeds that run programs are skipped unless `programs`. Raises TuireaderError for anything else.
        """
        self._context.require_own_feeds()
        return await asyncio.to_thread(_plan, data, name, programs)

    async def _subscribe(self, plan: Plan) -> Imported:
        from tuireader.exchange.merge import merge

        done = Imported(feeds=len(plan.feeds), skipped=tuple(plan.skipped))
        # exported addresses have no passwords, but identify the same feeds
        own = {without_password(feed.url): feed.url for feed in self._context.config.feeds}
        feeds = [replace(feed, url=own.get(feed.url, feed.url)) for feed in plan.feeds]
        known = set(own.values())
        taken = {rule.name.casefold() for rule in self._context.config.rules}
        rules = [rule for rule in plan.rules if rule.name.casefold() not in taken]
        nothing_else = not plan.views and not rules
        if all(feed.url in known and not (feed.folder or feed.labels) for feed in feeds) and nothing_else:
            return done

        def edit(text: str) -> str:
            merged = merge(text, feeds, plan.views, keys=False)
            done.new, done.views, done.rules = merged.added["feeds"], merged.added["view"], len(rules)
            return config_edit.add(merged.text, *rules)

        await self._context.change_config(edit)
        return done

    async def _mark_all(self, plan: Plan) -> Imported:
        # a local feed, which comes first, wins over one of an account
        ids = {address_key(feed.address): feed.id for feed in reversed(self._context.feeds)}
        done = Imported(skipped=tuple(plan.skipped))
        for feed, group in groupby(plan.marks, lambda mark: mark.feed):
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

    async def export(
        self, form: str, *, only: Container[int] | None = None, labels: bool = True
    ) -> Iterator[str]:
        """Write subscriptions (`opml`, `json`, `newsboat`) or marks (`state`) as pieces of text.

        OPML has `only` some feeds if these are given, and their `labels`.
        """
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
                labels=configs[feed.url].labels if labels and feed.url in configs else (),
            )
            for feed in await self._context.load_feeds()
            if feed.url not in only_here and (only is None or feed.id in only)
        ]
        return iter([opml.dump(outlines)])


def _remark(outcome: Outcome) -> str:
    return f"{outcome}{f'; import it with --accept {outcome.consent}' if outcome.consent else ''}"


def _plan(data: bytes, name: str, programs: bool) -> Plan:
    from tuireader.exchange import documents
    from tuireader.exchange.filters import freshrss_rule
    from tuireader.feeds import opml
    from tuireader.feeds.parse import charset
    from tuireader.newsboat import urls
    from tuireader.newsboat.outcomes import Consent

    text = charset.decode(data)
    start = text[:4096].lstrip("\ufeff\0 \t\r\n").lower()
    if start.startswith("<") or "<opml" in start:
        outlines, skipped = opml.load(data)
        rules: list[RuleConfig] = []
        for outline in outlines:
            rule, wrong = freshrss_rule(outline.reads, outline.title, outline.url)
            rules += [rule] if rule else []
            skipped += tuple(
                f"{outline.title or outline.url}: the filter {clean(text, 80)}" for text in wrong
            )
        subscriptions = [
            FeedConfig(outline.url, outline.title, outline.folder, labels=outline.labels)
            for outline in outlines
        ]
        return Plan(subscriptions, skipped=skipped, rules=rules)
    if start.startswith("{"):
        return Plan(*documents.load(text, programs))
    listed = urls.read(text, name, [Consent.PROGRAMS] if programs else [])
    if not listed.feeds and not listed.views:
        reasons = "; ".join(map(_remark, listed.remarks[:3]))
        raise TuireaderError(
            f"{name} contains no feed{': ' if reasons else ''}{reasons}",
            "use OPML, or one address per line",
        )
    return Plan(listed.feeds, listed.views, skipped=list(map(_remark, listed.remarks)))


def _bytes(path: Path, most: int) -> bytes:
    try:
        data = files.read(path, most + 1 if most >= 0 else most)
    except OSError as error:
        advice = (
            "pass a pipe as standard input: … | tuireader import -"
            if error.errno == errno.EINVAL
            else "check the path"
        )
        raise TuireaderError(f"{path} cannot be read: {error.strerror}", advice) from None
    if 0 <= most < len(data):
        raise TuireaderError(f"{path} is larger than {most // 1_000_000} MB", "check the path")
    return data

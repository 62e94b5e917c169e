"""Moving in from newsboat: its feeds and settings into the configuration, its articles into the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

from tuireader import ingest
from tuireader.errors import UnreadableError
from tuireader.library import newsboat_files
from tuireader.library.context import Context, address_key
from tuireader.library.newsboat_compare import Comparing
from tuireader.library.watches import Watches
from tuireader.newsboat.outcomes import Consent, Outcome
from tuireader.store import Store
from tuireader.text import clean, safe_url

if TYPE_CHECKING:
    from tuireader.newsboat.profile import Places, Profile
    from tuireader.store.exchange import ImportedArticle, ImportResult
    from tuireader.store.newsboat import NewsboatCache

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Moved:
    """Result of an import from newsboat, or of a dry run; `outcomes` has one for each line."""

    feeds: Annotated[int, "Feeds of newsboat that can be followed here."] = 0
    articles: Annotated[int, "Articles that newsboat has of them."] = 0
    new: Annotated[int, "Articles that were not stored here."] = 0
    read: Annotated[int, "Articles read in newsboat."] = 0
    starred: Annotated[int, "Articles flagged in newsboat; they are starred here."] = 0
    deleted: Annotated[int, "Articles deleted in newsboat; they are read here."] = 0
    marked: Annotated[int, "Articles stored here before that are now read or starred."] = 0
    others: Annotated[int, "Articles of feeds that were left out or that newsboat no longer follows."] = 0
    too_large: Annotated[int, "Articles left out because they are larger than 10 MB."] = 0
    added: Annotated[dict[str, int], "New tables and keys of tables in the configuration."] = field(
        default_factory=dict
    )
    kept: Annotated[tuple[str, ...], "What stays unchanged in the configuration, beside the lines."] = ()
    outcomes: tuple[Outcome, ...] = ()
    trouble: Annotated[str, "Why not all articles could be read, or nothing."] = ""


class Newsboat(Comparing):
    """Import a newsboat, or compare with one."""

    def __init__(self, context: Context, watches: Watches) -> None:
        super().__init__(context)
        self._watches = watches

    async def import_profile(
        self,
        found: Places,
        *,
        accept: Collection[Consent] = (),
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Moved:
        """Import feeds, tags, searches, settings, articles and marks of a newsboat profile.

        Idempotent; nothing here changes except that marks are added. Programs, proxies and folders are only
        imported when they are in `accept`, or set here already. Calls `progress` with (feeds done, all
        feeds). Raises TuireaderError, ConfigError.
        """
        self._context.require_own_feeds()
        profile = await asyncio.to_thread(newsboat_files.profile_of, found)
        asked = await self._asks(found, profile)
        accepted = {*accept, *(consent for consent in profile.asked if consent not in asked)}
        if accepted:
            profile = await asyncio.to_thread(newsboat_files.profile_of, found, accepted, profile)
        async with newsboat_files.cache_of(profile.cache) as cache:  # before anything is written
            moved = await self._configure(profile, dry_run)
            if cache is not None:
                try:
                    await self._bring(profile, cache, moved, dry_run, progress)
                except UnreadableError as error:  # articles that came before it stay
                    moved.trouble = str(error)
        if not dry_run:
            async for _ in self._watches.apply():
                pass
        return moved

    async def _configure(self, profile: Profile, dry_run: bool) -> Moved:
        from tuireader.exchange.merge import Merged, merge
        from tuireader.newsboat.outcomes import settled

        feeds = profile.subscriptions.feeds
        done = [Merged("")]

        def edit(text: str) -> str:
            done[0] = merge(text, feeds, profile.views, profile.settings)
            return done[0].text

        if dry_run:
            text = await asyncio.to_thread(newsboat_files.text_of, self._context.paths.config)
            await asyncio.to_thread(edit, text)
        else:
            await self._context.change_config(edit)
        made = {made for one in profile.outcomes for made in one.makes}
        kept = dict.fromkeys(reason for name, reason in done[0].kept.items() if name not in made)
        outcomes = settled(profile.outcomes, done[0].kept)
        return Moved(feeds=len(feeds), added=done[0].added, kept=tuple(kept), outcomes=outcomes)

    async def _bring(
        self, profile: Profile, cache: NewsboatCache, moved: Moved, dry_run: bool, progress: Progress | None
    ) -> None:
        ids = {address_key(feed.url): feed.id for feed in self._context.feeds}
        urls = [feed.url for feed in profile.subscriptions.feeds]
        counts, followed = cache.counts(), set(urls)
        moved.others = sum(count for url, count in counts.items() if url not in followed)
        if not dry_run:
            found = await asyncio.to_thread(cache.feeds)
            names = [(ids[address_key(url)], *found[url]) for url in urls if url in found]
            await self._context.transact(partial(_name, names=names))
        for done, url in enumerate(urls, 1):
            feed_id = ids.get(address_key(url))
            if url in counts:
                async for batch in newsboat_files.batches(cache, url):
                    items = [item for item, _ in batch]
                    moved.articles += len(items)
                    moved.read += sum(item.read for item in items)
                    moved.starred += sum(item.starred for item in items)
                    moved.deleted += sum(cached.deleted for _, cached in batch)
                    await self._take_in(feed_id, items, moved, dry_run)
            if progress is not None:
                progress(done, len(urls))
        moved.too_large = cache.too_large

    async def _take_in(
        self, feed_id: int | None, items: list[ImportedArticle], moved: Moved, dry_run: bool
    ) -> None:
        if feed_id is None:  # a dry run of a feed that is not subscribed to yet
            moved.new += len(items)
        elif dry_run:
            known = await self._pool.read(partial(_known, feed_id=feed_id, items=items))
            moved.new += len(items) - known
        else:
            brought = await self._context.transact(partial(self._store, feed_id=feed_id, items=items))
            await self._pool.write(lambda store: store.train_dictionary())
            moved.new += len(items) - brought.known
            moved.marked += len({*brought.read, *brought.starred})

    def _store(self, store: Store, *, feed_id: int, items: list[ImportedArticle]) -> ImportResult:
        now = self._context.now()
        brought = store.exchange.add_articles(feed_id, items, now)
        # none of it is news: no watch tells of it
        rules = replace(self._context.rules, notify=())
        ingest.record_new(store, brought.new, rules, now)
        before, after = ([pair[side] for pair in brought.carried] for side in (0, 1))
        ingest.record_changed(store, after, rules, now, before)
        return brought


def _known(store: Store, *, feed_id: int, items: Sequence[ImportedArticle]) -> int:
    return store.exchange.count_known(feed_id, [item.keys.guid for item in items])


def _name(store: Store, *, names: Sequence[tuple[int, str, str]]) -> None:
    for feed_id, title, site in names:
        store.exchange.set_feed_name(feed_id, clean(title), safe_url(site))
